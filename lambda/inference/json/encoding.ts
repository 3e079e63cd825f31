/** Rows as tensors, many of them in turns of the event loop. */
import {
  encodeRows,
  InputError,
  type InputProblem,
  type Locate,
  locateBelow,
  MAXIMUM_PROBLEMS,
  valueIn,
} from '../../../lib/model/rows/row';
import type { Signature } from '../../../lib/model/rows/signature';
import type { Tensors } from '../../../lib/model/rows/tensor';
import { joinRows } from './tensors';
import { Turn } from './turns';

/** Rows, and values of them, that are encoded between two glances at the clock; fewer are encoded at once. */
const PIECE_ROWS = 128;
const PIECE_VALUES = 4096;

/** Characters of texts that are to be parted into words, likewise. */
const PIECE_CHARACTERS = 16_384;

/** Rows that are there, as in an array, or are made of what was sent as they are asked for: once, and in their order. */
export interface RowSource {
  readonly length: number;
  /** @throws where what was sent cannot be made rows of */
  slice(from: number, to: number): readonly unknown[];
}

/** Rows from `from` on that are encoded at once: a part of `most`, where they have long texts. */
function take(signature: Signature, rows: RowSource, from: number, most: number): readonly unknown[] {
  const to = Math.min(from + most, rows.length);
  if (!hasTexts(signature)) return rows.slice(from, to);
  const taken: unknown[] = [];
  let characters = 0;
  for (let row = from; row < to && characters < PIECE_CHARACTERS; row++) {
    const [next] = rows.slice(row, row + 1);
    taken.push(next);
    characters += charactersOf(next, signature);
  }
  return taken;
}

function hasTexts({ columns }: Signature): boolean {
  return columns.some(({ tokens }) => tokens !== undefined);
}

function charactersOf(row: unknown, signature: Signature): number {
  if (typeof row === 'string') return row.length;
  if (typeof row !== 'object' || row === null) return 0;
  return signature.columns.reduce((sum, { tokens }, column) => {
    const value = tokens && valueIn(row, signature, column);
    return typeof value === 'string' ? sum + value.length : sum;
  }, 0);
}

/**
 * As `encodeRows`, with the same problems told.
 *
 * @throws InputError, and as the rows
 */
export async function encodeInTurns(signature: Signature, rows: RowSource, where: Locate | string): Promise<Tensors> {
  const most = Math.min(PIECE_ROWS, Math.ceil(PIECE_VALUES / signature.columns.length));
  if (rows.length <= 1 || (rows.length <= most && !hasTexts(signature))) {
    return encodeRows(signature, Array.isArray(rows) ? rows : rows.slice(0, rows.length), where);
  }
  const locate = typeof where === 'string' ? locateBelow(where) : where;
  const parts: Tensors[] = [];
  const problems: InputProblem[] = [];
  const turn = new Turn();
  for (let from = 0; from < rows.length && problems.length < MAXIMUM_PROBLEMS; ) {
    const first = from;
    const here: Locate = (row, field) => locate(row === undefined ? row : first + row, field);
    try {
      const piece = take(signature, rows, first, most);
      from += piece.length;
      parts.push(encodeRows(signature, piece, here));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (from === first) from += most; // the rows could not be made
      problems.push(...error.fields);
    }
    if (turn.over) await turn.next();
  }
  if (problems.length > 0) throw new InputError(problems);
  return joinRows(parts);
}
