/** A cell of a table, and what it means. */

/** A cell: text as it stands in a CSV file, or a value of Parquet; null where there is none. */
export type Cell = string | number | boolean | null;

const MISSING = new Set(['', 'nan', 'NaN', 'NA', '<NA>', 'null', 'None']);

/** Whether a cell of a column of numbers stands for a missing value. */
export function isMissing(cell: Cell): boolean {
  return (
    cell === null || (typeof cell === 'number' ? Number.isNaN(cell) : typeof cell === 'string' && MISSING.has(cell))
  );
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

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
