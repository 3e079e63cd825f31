/** Rows to measure with: golden rows, which are the nearest there is to real traffic, or rows made from the signature. */
import type { GoldenRows } from '../model/package/golden-file';
import type { Column, Signature } from '../model/rows/signature';

/** Rows that are made when there are no golden ones; enough that no branch predictor learns them. */
const MADE_ROWS = 64;

/** Words of a made text: a paragraph. */
const MADE_WORDS = 60;

/** Values with as many digits as real measurements have, the same in every run. */
function madeValue(column: Column, row: number): number | string | boolean {
  if (column.categories) return column.categories[row % column.categories.length]!;
  const turn = (row * 0.6180339887498949) % 1; // golden ratio: fills the interval evenly
  switch (column.type) {
    case 'string':
      if (column.tokens) return Array.from({ length: MADE_WORDS }, (_, i) => `word${(row * 17 + i) % 999}`).join(' ');
      return `value-${row % 8}`;
    case 'bool':
      return row % 2 === 1;
    case 'int64':
      return row % 100;
    default: {
      const value = Number(((turn - 0.5) * Math.min(column.maximum ?? 100, 100)).toPrecision(8));
      return column.above === undefined || value > column.above ? value : column.above + 1 + Math.abs(value);
    }
  }
}

/** At least one row that fits the signature, as arrays in column order or, for golden rows, in the form they were given. */
export function sampleRows(signature: Signature, golden?: GoldenRows): readonly unknown[] {
  if (golden) return golden.inputs;
  return Array.from({ length: MADE_ROWS }, (_, row) =>
    signature.columns.map((column, c) => madeValue(column, row * signature.columns.length + c)),
  );
}

/** `count` rows from `from` on, beginning again where they end. */
export function batchOf(rows: readonly unknown[], from: number, count: number): unknown[] {
  return Array.from({ length: count }, (_, i) => rows[(from + i) % rows.length]);
}
