/** Golden rows as the packed model must answer them: with the labels and the threshold that it was packed with. */
import type { GoldenRows } from '../../model/package/golden-file';
import type { Label } from '../../model/rows/signature';
import type { Relabelling } from './relabel';

/**
 * Golden rows are recorded where the model was trained, which is before labels and threshold; or with both.
 * Labels of the model itself become those of the package; all others are left as they are.
 *
 * @param before class labels of the model
 * @param after class labels of the package, in the same order
 */
export function finalGolden(
  golden: GoldenRows,
  before: readonly Label[] | undefined,
  after: readonly Label[] | undefined,
  { labels, threshold }: Relabelling,
): GoldenRows {
  if (!before || !after) return golden;
  let { predict } = golden;
  const all = (known: readonly unknown[]) => predict.every((label) => known.includes(label));
  if (labels && all(before) && !all(after)) {
    predict = predict.map((label) => after[(before as readonly unknown[]).indexOf(label)]!);
  }
  const { predict_proba: probabilities } = golden;
  if (threshold !== undefined && probabilities?.every((row) => row.length === 2)) {
    // only where the recorded labels are what the model's own rule gives: otherwise they say what was meant
    const own = probabilities.map(([first, second]) => after[second! > first! ? 1 : 0]!);
    if (own.every((label, row) => label === predict[row])) {
      predict = probabilities.map(([, second]) => after[second! >= threshold ? 1 : 0]!);
    }
  }
  return { ...golden, predict };
}
