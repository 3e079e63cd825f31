/** Rows as tensors, many of them in turns of the event loop. */
import {
  encodeRows,
  InputError,
  type InputProblem,
  type Locate,
  locateBelow,
  MAXIMUM_PROBLEMS,
} from '../../lib/model/row';
import type { Signature } from '../../lib/model/signature';
import type { Tensors } from '../../lib/model/tensor';
import { joinRows } from './tensors';
import { Turn } from './turns';

/** Rows that are encoded between two glances at the clock; fewer are encoded at once. */
const PIECE_ROWS = 128;

/**
 * As `encodeRows`, with the same problems told.
 *
 * @throws InputError
 */
export async function encodeInTurns(
  signature: Signature,
  rows: readonly unknown[],
  where: Locate | string,
): Promise<Tensors> {
  if (rows.length <= PIECE_ROWS) return encodeRows(signature, rows, where);
  const locate = typeof where === 'string' ? locateBelow(where) : where;
  const parts: Tensors[] = [];
  const problems: InputProblem[] = [];
  const turn = new Turn();
  for (let from = 0; from < rows.length && problems.length < MAXIMUM_PROBLEMS; from += PIECE_ROWS) {
    const here: Locate = (row, field) => locate(row === undefined ? row : from + row, field);
    try {
      parts.push(encodeRows(signature, rows.slice(from, from + PIECE_ROWS), here));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.fields);
    }
    if (turn.over) await turn.next();
  }
  if (problems.length > 0) throw new InputError(problems.slice(0, MAXIMUM_PROBLEMS));
  return joinRows(parts);
}
