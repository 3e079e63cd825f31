/** Input tensors -> rows, as they could have been sent. */
import { type Label, MISSING_TEXT, type Signature } from './signature';
import type { Tensors } from './tensor';

/**
 * The rows of tensors that fit the signature, as records by column name. A missing value is `null`; columns that the model
 * does not look at are in no tensor, and so in no row.
 *
 * @param from first row, @param to the row behind the last
 */
export function decodeRows(
  { inputs, columns }: Signature,
  tensors: Tensors,
  from: number,
  to: number,
): Record<string, Label | null>[] {
  const rows = Array.from({ length: to - from }, (): Record<string, Label | null> => ({}));
  for (const input of inputs) {
    const { type, data } = tensors[input.name]!;
    const width = input.columns.length;
    for (const [position, column] of input.columns.entries()) {
      const { name } = columns[column]!;
      for (let row = from; row < to; row++) {
        const value = data[row * width + position]!;
        const record = rows[row - from]!;
        if (type === 'string') record[name] = value === MISSING_TEXT ? null : (value as string);
        else if (type === 'bool') record[name] = value !== 0;
        else record[name] = Number.isNaN(Number(value)) ? null : Number(value);
      }
    }
  }
  return rows;
}
