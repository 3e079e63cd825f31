/** How right answers are, as scikit-learn's metrics of the same names compute it. */
import type { Label } from '../model/rows/signature';

export interface ClassMetrics {
  readonly kind: 'classes';
  /** Share of the rows with the right label. */
  readonly accuracy: number;
  /** Mean of -ln of the probability of the right class. @default - the model gives none, or a label is none of its classes */
  readonly logLoss?: number;
  /** Area under the ROC curve; of several classes the mean of each against the rest. @default - a class is missing in the rows */
  readonly auc?: number;
}

export interface NumberMetrics {
  readonly kind: 'numbers';
  readonly rmse: number;
  readonly mae: number;
  /** Coefficient of determination. @default - all rows have the same number */
  readonly r2?: number;
}

export type Metrics = ClassMetrics | NumberMetrics;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param truth as many as answers, at least one */
export function numberMetrics(truth: readonly number[], answers: readonly number[]): NumberMetrics {
  const errors = truth.map((value, i) => answers[i]! - value);
  const middle = mean(truth);
  const squares = mean(errors.map((error) => error ** 2));
  const variance = mean(truth.map((value) => (value - middle) ** 2));
  return {
    kind: 'numbers',
    rmse: Math.sqrt(squares),
    mae: mean(errors.map(Math.abs)),
    ...(variance > 0 && { r2: 1 - squares / variance }),
  };
}

export interface ClassAnswers {
  readonly labels: readonly Label[];
  readonly classes: readonly Label[];
  /** One for each class and row. */
  readonly probabilities?: readonly (readonly number[])[];
  /** What ranks the rows where there are no probabilities: one for each class, or one alone for the second of two. */
  readonly scores?: readonly (number | readonly number[])[];
}

/** @param truth as many as labels, at least one; undefined is a label that the model does not have */
export function classMetrics(truth: readonly (Label | undefined)[], answers: ClassAnswers): ClassMetrics {
  const { labels, classes, probabilities } = answers;
  const accuracy = mean(truth.map((label, i) => (label === labels[i] ? 1 : 0)));
  const places = truth.map((label) => (label === undefined ? -1 : classes.indexOf(label)));
  if (places.includes(-1)) return { kind: 'classes', accuracy };
  const auc = areaUnderCurve(places, answers);
  return {
    kind: 'classes',
    accuracy,
    ...(probabilities && { logLoss: mean(places.map((place, i) => -Math.log(clipped(probabilities[i]![place]!)))) }),
    ...(auc !== undefined && { auc }),
  };
}

const clipped = (probability: number) => Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON);

function areaUnderCurve(
  places: readonly number[],
  { classes, probabilities, scores }: ClassAnswers,
): number | undefined {
  const given = probabilities ?? scores;
  if (!given || classes.length < 2 || new Set(places).size < classes.length) return undefined;
  const of = (place: number) => given.map((row) => (typeof row === 'number' ? row : row[place]!));
  if (classes.length === 2) {
    return area(
      places.map((place) => place === 1),
      of(1),
    );
  }
  return mean(
    classes.map((_, own) =>
      area(
        places.map((place) => place === own),
        of(own),
      ),
    ),
  );
}

/** Share of the pairs of one row each that the score puts in their order; equal scores count half. */
function area(isPositive: readonly boolean[], scores: readonly number[]): number {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let ranks = 0;
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    for (const i of order.slice(from, to)) if (isPositive[i]) ranks += (from + to + 1) / 2;
    from = to;
  }
  const positive = isPositive.filter(Boolean).length;
  return (ranks - (positive * (positive + 1)) / 2) / (positive * (isPositive.length - positive));
}
