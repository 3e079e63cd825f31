/** A row that a model accepts, made up where nobody has recorded one: to warm up with, to see that it runs. */
import type { Column, Signature } from './signature';

/** A value that the column accepts: an allowed one, or a number near 0, or no text. */
export function neutralValue(column: Column): number | string {
  const [first] = column.categories ?? [];
  if (first !== undefined) return typeof first === 'boolean' ? Number(first) : first;
  if (column.type === 'string') return '';
  const value = column.above === undefined || column.above < 0 ? 0 : column.above + Math.max(1, column.above);
  return value === column.except ? value + 1 : value;
}

/** One such value a column, in their order. */
export function neutralRow({ columns }: Signature): (number | string)[] {
  return columns.map(neutralValue);
}
