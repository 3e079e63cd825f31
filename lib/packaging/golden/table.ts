/** Tables as people keep them beside a model: CSV or Parquet. */
import { basename, extname } from 'node:path';
import { type ErrorCode, SlipwayError } from '../../model/error';
import { MIB } from '../../model/units';
import { readFileBytes } from '../joblib';
import type { Cell } from './cell';
import { parseCsv } from './csv';
import { parseParquet } from './parquet';

export interface Table {
  /** Base name of its file. */
  readonly file: string;
  /** Whether all cells are text, which says nothing of what they mean. */
  readonly untyped: boolean;
  readonly columns: readonly { readonly name: string; readonly cells: readonly Cell[] }[];
  readonly rows: number;
}

/** Golden and training rows need not be many; more than this is a mistake, or means harm. */
const MAXIMUM_BYTES = 64 * MIB;
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
    throw damaged(
      `has ${first.cells.length} rows of ${columns.length} columns; at most ${MAXIMUM_CELLS} values are read, since golden and training rows need not be many`,
    );
  }
  // an index that was written along has no name of its own
  const own = columns.filter(({ name }) => name !== '' && !name.startsWith('__index_level_'));
  return { file, untyped: !parquet, columns: own, rows: first.cells.length };
}
