/** A golden row that does not hold, in words. */
import { printable } from '../text/printable';
import type { GoldenDifference } from './golden-replay';

/** @param classes names of the columns of an answer, where it has several */
export function differenceText({ row, method, expected, got }: GoldenDifference, classes?: readonly unknown[]): string {
  const column = farthest(expected, got);
  const name = column === undefined ? undefined : classes?.[column];
  const where = column === undefined ? '' : `, column ${column}${name === undefined ? '' : ` (${name})`}`;
  return printable(`row ${row}, ${method}${where}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`);
}

/** Index of the value of a row that differs most; undefined where the answer is one value, or of another form. */
function farthest(expected: unknown, got: unknown): number | undefined {
  if (!Array.isArray(expected) || !Array.isArray(got) || expected.length !== got.length) return undefined;
  const distances = expected.map((value, i) => {
    if (value === got[i]) return 0;
    return typeof value === 'number' && typeof got[i] === 'number'
      ? Math.abs(value - got[i])
      : Number.POSITIVE_INFINITY;
  });
  return distances.indexOf(Math.max(...distances));
}
