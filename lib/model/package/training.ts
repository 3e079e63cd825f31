/**
 * What the columns of X looked like in training: enough to say how far live data has moved, and no more. Numbers are kept as
 * quantiles, texts as shares; no row of the training data can be read back.
 */
import * as z from 'zod'; // its parts, not all of it: the bundle holds what is used
import type { Label } from '../rows/signature';

export interface NumberDistribution {
  readonly kind: 'number';
  readonly minimum: number;
  readonly maximum: number;
  /** Ascending and unlike; bin `i` holds the values up to and including `edges[i]`, the last bin those above the last edge. */
  readonly edges: readonly number[];
  /** Share of the rows in each bin, `edges.length + 1` of them. */
  readonly shares: readonly number[];
  /** Share of the rows without a value. */
  readonly missing: number;
}

export interface CategoryDistribution {
  readonly kind: 'category';
  readonly values: readonly Label[];
  /** Share of the rows with each of the values; those of rarer ones are left to `others`. */
  readonly shares: readonly number[];
  /** Share of the rows with a value that is not listed. */
  readonly others: number;
  readonly missing: number;
}

export type ColumnDistribution = NumberDistribution | CategoryDistribution;

export interface TrainingDistribution {
  /** Rows that it was made from. */
  readonly rows: number;
  /** In the order of the signature's columns; null for one that the model does not look at, or that had no value. */
  readonly columns: readonly (ColumnDistribution | null)[];
}

const share = z.number().min(0).max(1);

export const trainingSchema: z.ZodType<TrainingDistribution> = z.strictObject({
  rows: z.number().int().positive(),
  columns: z.array(
    z.nullable(
      z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('number'),
          minimum: z.number(),
          maximum: z.number(),
          edges: z.array(z.number()),
          shares: z.array(share).min(1),
          missing: share,
        }),
        z.strictObject({
          kind: z.literal('category'),
          values: z.array(z.union([z.number(), z.string(), z.boolean()])),
          shares: z.array(share),
          others: share,
          missing: share,
        }),
      ]),
    ),
  ),
});

/** The bins of a distribution as shares that add up to 1: the bins or values, the others of a category, and missing values last. */
export function expectedShares(column: ColumnDistribution): readonly number[] {
  return column.kind === 'number'
    ? [...column.shares, column.missing]
    : [...column.shares, column.others, column.missing];
}

/**
 * Population stability index of what was counted against what was expected: the sum over the bins of
 * `(live - expected) * ln(live / expected)`. By common convention below 0.1 nothing moved, and from 0.25 on the data is
 * another than the model knows. Half a row is added to every bin on both sides, so that an empty one is not infinitely far.
 *
 * @param counts rows by bin
 * @param expected shares by bin
 * @param trainingRows rows that the expected shares were made from
 */
export function populationStabilityIndex(
  counts: ArrayLike<number>,
  expected: readonly number[],
  trainingRows: number,
): number {
  const bins = expected.length;
  let rows = 0;
  for (let bin = 0; bin < bins; bin++) rows += counts[bin]!;
  let index = 0;
  for (let bin = 0; bin < bins; bin++) {
    const live = (counts[bin]! + 0.5) / (rows + 0.5 * bins);
    const known = (expected[bin]! * trainingRows + 0.5) / (trainingRows + 0.5 * bins);
    index += (live - known) * Math.log(live / known);
  }
  return index;
}
