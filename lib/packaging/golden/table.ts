/** Tables as people keep them beside a model: CSV or Parquet. */
import { basename, extname } from 'node:path';
import { type ErrorCode, SlipwayError } from '../../model/error';
import { limitError, readFileBytes } from '../joblib';
import { parseCsv } from './csv';
import { parseParquet } from './parquet';

/** A cell: text as it stands in a CSV file, or a value of Parquet; null where there is none. */
export type Cell = string | number | boolean | null;

export interface Table {
  /** Base name of its file. */
  readonly file: string;
  /** Whether all cells are text, which says nothing of what they mean. */
  readonly untyped: boolean;
  readonly columns: readonly { readonly name: string; readonly cells: readonly Cell[] }[];
  readonly rows: number;
}

/** Golden and training rows need not be many; more than this is a mistake, or means harm. */
const MAXIMUM_BYTES = 64 * 1024 * 1024;
const MAXIMUM_CELLS = 5_000_000;

/** Whether a file is a table, by its name: the content of a CSV file says nothing. */
export function isTableFile(path: string): boolean {
  return ['.csv', '.parquet'].includes(extname(path).toLowerCase());
}

/**
 * Read a table.
 *
 * @param code of the error when the table is wrong in itself
 * @throws SlipwayError E_FILE, E_LIMIT or `code`
 */
export async function readTable(path: string, code: ErrorCode): Promise<Table> {
  const file = basename(path);
  const bytes = await readFileBytes(path, { fileBytes: MAXIMUM_BYTES });
  const damaged = (what: string) => new SlipwayError(code, `${file}: ${what}`);
  const parquet = bytes.toString('latin1', 0, 4) === 'PAR1';
  const columns = parquet
    ? await parseParquet(bytes, MAXIMUM_CELLS, damaged)
    : parseCsv(bytes.toString('utf8'), MAXIMUM_CELLS, damaged);
  const [first] = columns;
  if (!first || first.cells.length === 0) throw damaged('has no rows');
  const names = new Set(columns.map(({ name }) => name));
  if (names.size < columns.length) throw damaged('has two columns of one name');
  if (columns.length * first.cells.length > MAXIMUM_CELLS) {
    throw limitError(file, `has ${columns.length * first.cells.length} cells`, `${MAXIMUM_CELLS}`);
  }
  // an index that was written along has no name of its own
  const own = columns.filter(({ name }) => name !== '' && !name.startsWith('__index_level_'));
  return { file, untyped: !parquet, columns: own, rows: first.cells.length };
}

const MISSING = new Set(['', 'nan', 'NaN', 'NA', '<NA>', 'null', 'None']);

/** Whether a cell of a column of numbers stands for a missing value. */
export function isMissing(cell: Cell): boolean {
  return (
    cell === null || (typeof cell === 'number' ? Number.isNaN(cell) : typeof cell === 'string' && MISSING.has(cell))
  );
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A cell as a number; undefined when it is none. True and False are 1 and 0, as in numpy. */
export function numberOf(cell: Cell): number | undefined {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'boolean') return Number(cell);
  if (cell === null) return undefined;
  const text = cell.trim();
  if (NUMBER.test(text)) return Number(text);
  const truth = truthOf(text);
  if (truth !== undefined) return Number(truth);
  const [, sign] = /^([+-]?)inf(inity)?$/i.exec(text) ?? [];
  return sign === undefined ? undefined : sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

export function truthOf(cell: Cell): boolean | undefined {
  if (typeof cell === 'boolean') return cell;
  if (cell === 'True' || cell === 'true') return true;
  return cell === 'False' || cell === 'false' ? false : undefined;
}
