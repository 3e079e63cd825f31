/** Rows that somebody gives to hold two models against each other: CSV, Parquet, or JSON; with the truth in a column, or without. */
import { basename } from 'node:path';
import { SlipwayError } from '../model/error';
import { readRegularFile } from '../model/files/read-file';
import { withoutByteOrderMark } from '../model/formats/byte-order-mark';
import { isRecord } from '../model/formats/json';
import { parsePythonJson } from '../model/formats/python-json';
import { type Label, outputOf, type Signature } from '../model/rows/signature';
import { MIB } from '../model/units';
import { type Cell, isMissing, numberOf, truthOf } from '../packaging/golden/cell';
import { columnsFor, inputRows, spellings } from '../packaging/golden/golden-table';
import { isTableFile, readTable, type Table } from '../packaging/golden/table';

const MAXIMUM_BYTES = 64 * MIB;

export interface DataRows {
  readonly table: Table;
  /** The column of the truth. @default - none */
  readonly target?: Table['columns'][number];
}

/**
 * Read rows. JSON is an array of objects.
 *
 * @param signatures of the models that they are for
 * @param target name of the column with the truth. @default - the one that no model takes, if there is one
 * @throws SlipwayError E_FILE, E_LIMIT; E_INPUT for what holds no rows; E_USAGE when the column is not to be told
 */
export async function readDataRows(path: string, signatures: readonly Signature[], target?: string): Promise<DataRows> {
  const table = isTableFile(path) ? await readTable(path, 'E_INPUT') : jsonTable(path);
  const names = table.columns.map(({ name }) => name);
  if (target !== undefined) {
    const column = table.columns.find(({ name }) => name === target);
    if (column) return { table, target: column };
    throw new SlipwayError('E_USAGE', `${table.file}: has no column "${target}"; it has ${names.join(', ')}`);
  }
  const known = new Set(signatures.flatMap(({ columns }) => columns.map(({ name }) => name)));
  const others = table.columns.filter(({ name }) => !known.has(name));
  if (others.length <= 1) return { table, ...(others[0] && { target: others[0] }) };
  if (signatures.every((signature) => columnsFor(signature, table.columns).inOrder)) return { table };
  throw new SlipwayError(
    'E_USAGE',
    `${table.file}: ${others.length} of its columns are none of the model; name the one with the truth: --target ${others[0]!.name}`,
    { problems: [`columns that the model does not take: ${others.map(({ name }) => name).join(', ')}`] },
  );
}

function jsonTable(path: string): Table {
  const file = basename(path);
  const wrong = (what: string) => new SlipwayError('E_INPUT', `${file}: ${what}`);
  const text = readRegularFile(path, MAXIMUM_BYTES).toString('utf8');
  let document: unknown;
  try {
    document = parsePythonJson(withoutByteOrderMark(text), 'number');
  } catch (cause) {
    throw wrong(`is neither a table (.csv, .parquet) nor JSON (${(cause as Error).message})`);
  }
  if (!Array.isArray(document) || document.length === 0 || !document.every(isRecord)) {
    throw wrong('must be an array of objects, one for each row: [{"age": 41, "target": 1}, ...]');
  }
  const rows = document as Record<string, unknown>[];
  const names = [...new Set(rows.flatMap(Object.keys))];
  const columns = names.map((name) => ({
    name,
    cells: rows.map((row, i): Cell => {
      const value = row[name] ?? null;
      if (value !== null && typeof value === 'object') throw wrong(`row ${i}, "${name}": must be a single value`);
      return value as Cell;
    }),
  }));
  return { file, untyped: false, columns, rows: rows.length };
}

/** The rows as a model takes them, or the names of what it misses. */
export function rowsFor(signature: Signature, { table, target }: DataRows): unknown[] | { missing: string[] } {
  const given = table.columns.filter((column) => column !== target);
  const { found, missing } = columnsFor(signature, given);
  return missing.length > 0 ? { missing } : inputRows(table, signature, found);
}

/** What a model should answer to each row: undefined where nobody says it; `unknown` is a label that the model does not have. */
export interface Truth {
  readonly labels: readonly (Label | undefined)[];
  readonly unknown: readonly boolean[];
}

export function truthFor(signature: Signature, { cells }: NonNullable<DataRows['target']>): Truth {
  const type = outputOf(signature, 'predict')?.type;
  const read = (cell: Cell): Label | undefined => {
    if (signature.classes) {
      return signature.classes.find((label) => spellings(label).includes(String(cell)) || numberOf(cell) === label);
    }
    if (type === 'string') return String(cell);
    return type === 'bool' ? truthOf(cell) : numberOf(cell);
  };
  const labels = cells.map((cell) => (isMissing(cell) ? undefined : read(cell)));
  return { labels, unknown: cells.map((cell, i) => !isMissing(cell) && labels[i] === undefined) };
}
