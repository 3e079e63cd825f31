/** A row that a model accepts, made up where nobody has recorded one: to warm up with, to see that it runs. */
import type { Column, Signature } from './signature';

/** A value that the column accepts: an allowed one, or a number near 0, or no text. */
function neutralValue(column: Column): number | string {
  const [first] = column.categories ?? [];
  if (first !== undefined) return typeof first === 'boolean' ? Number(first) : first;
  if (column.type === 'string') return '';
  const value = column.above === undefined || column.above < 0 ? 0 : column.above + Math.max(1, column.above);
  return value === column.except ? value + 1 : value;
}

/** Numbers that no data have in common, so that a model that leaves one row to rounding does not leave another. */
const SHIFTS = [0, 0.1234567, 0.7654321, -0.3219281, 2.8073549];

/** Several such rows: a model may have no answer to the first, as where rows of training are equally near. */
export function neutralRows(signature: Signature): (number | string)[][] {
  const shifted = (
    value: number | string,
    { maximum = Number.POSITIVE_INFINITY, above, categories }: Column,
    by: number,
  ) =>
    typeof value === 'number' && categories === undefined && maximum > 1000
      ? value + (above === undefined ? by : Math.abs(by))
      : value;
  const neutral = neutralRow(signature);
  return SHIFTS.map((shift) =>
    neutral.map((value, i) => shifted(value, signature.columns[i]!, shift * (1 + (i % 100) * 0.37))),
  );
}

/** One such value a column, in their order. */
export function neutralRow({ columns }: Signature): (number | string)[] {
  return columns.map(neutralValue);
}
