/** Training rows -> the distribution of each column, against which the handler holds what it is sent. */
import type { ColumnDistribution, TrainingDistribution } from '../../model/package/training';
import type { Column, Label, Signature } from '../../model/rows/signature';
import { type Cell, isMissing, numberOf, truthOf } from './cell';
import type { Table } from './table';

/** Bins of a column of numbers, each with about as many training rows. */
const BINS = 10;
/** Values of a column of text that are counted one by one: the most frequent. */
const VALUES = 50;

const rounded = (share: number) => Number(share.toFixed(6));

function ofNumbers(cells: readonly Cell[]): ColumnDistribution | null {
  const present = cells.filter((cell) => !isMissing(cell));
  // infinity is in no range, and JSON has no word for it
  const sorted = Float64Array.from(present.map((cell) => numberOf(cell)!).filter(Number.isFinite)).sort();
  if (sorted.length === 0) return null;
  const quantiles = Array.from(
    { length: BINS - 1 },
    (_, i) => sorted[Math.ceil(((i + 1) * sorted.length) / BINS) - 1]!,
  );
  // the largest value is no edge: nothing in training lies above it
  const edges = [...new Set(quantiles)].filter((edge) => edge < sorted.at(-1)!);
  const counts = new Array<number>(edges.length + 1).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < edges.length && value > edges[bin]!) bin++;
    counts[bin]!++;
  }
  return {
    kind: 'number',
    minimum: sorted[0]!,
    maximum: sorted.at(-1)!,
    edges,
    shares: counts.map((count) => rounded(count / cells.length)),
    missing: rounded(1 - present.length / cells.length),
  };
}

function ofCategories(labels: readonly (Label | undefined)[]): ColumnDistribution | null {
  const counts = new Map<Label, number>();
  for (const label of labels) if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  if (counts.size === 0) return null;
  // the order of the file decides between equally frequent ones
  const frequent = [...counts].sort(([, a], [, b]) => b - a).slice(0, VALUES);
  const present = [...counts.values()].reduce((a, b) => a + b);
  const listed = frequent.reduce((sum, [, count]) => sum + count, 0);
  return {
    kind: 'category',
    values: frequent.map(([value]) => value),
    shares: frequent.map(([, count]) => rounded(count / labels.length)),
    others: rounded((present - listed) / labels.length),
    missing: rounded(1 - present / labels.length),
  };
}

function ofColumn({ type, categories }: Column, cells: readonly Cell[], { untyped }: Table): ColumnDistribution | null {
  if (type === 'string') {
    return ofCategories(cells.map((cell) => (cell === null || (untyped && cell === '') ? undefined : String(cell))));
  }
  if (type === 'bool') {
    const truth = (cell: Cell) => truthOf(cell) ?? (numberOf(cell) === undefined ? undefined : numberOf(cell) !== 0);
    return ofCategories(cells.map((cell) => (isMissing(cell) ? undefined : Number(truth(cell)))));
  }
  if (categories) return ofCategories(cells.map((cell) => (isMissing(cell) ? undefined : numberOf(cell))));
  return ofNumbers(cells);
}

/**
 * @param signature completed by the same table, so that every column that the model looks at is in it by its name
 */
export function trainingDistribution({ columns }: Signature, table: Table): TrainingDistribution {
  const cells = new Map(table.columns.map((column) => [column.name, column.cells]));
  return {
    rows: table.rows,
    columns: columns.map((column) => {
      const found = column.unused ? undefined : cells.get(column.name);
      return found ? ofColumn(column, found, table) : null;
    }),
  };
}
