/** Two models held against the truth, on the rows that both answer. */
import type { Answer } from '../model/package/agreement';
import { type Label, outputOf, type Signature } from '../model/rows/signature';
import type { Truth } from './data-rows';
import type { Evaluated } from './evaluate';
import { classMetrics, type Metrics, numberMetrics } from './metrics';

export interface Judged {
  /** Rows with a truth that both models answer, or the one that can be run. */
  readonly rows: number;
  readonly base?: Metrics;
  readonly head?: Metrics;
  /** Rows that only one of them labels right. */
  readonly rightInHeadOnly?: number;
  readonly rightInBaseOnly?: number;
  /** Rows whose label is none of the classes of the head, or is no number. */
  readonly unknownLabels: number;
}

export interface JudgedSide {
  readonly signature: Signature;
  readonly evaluated: Evaluated;
  readonly truth: Truth;
}

/** @returns undefined where nothing can be judged: no row has a truth, or the models answer several values to a row */
export function judge(head: JudgedSide | undefined, base: JudgedSide | undefined): Judged | undefined {
  const sides = [head, base].filter((side) => side !== undefined);
  const [first] = sides;
  if (!first || sides.some(({ signature }) => outputOf(signature, 'predict')?.width !== 1)) return undefined;
  const places = first.truth.labels.flatMap((_, i) =>
    sides.every((side) => side.evaluated.answered[i] && isJudged(side, i)) ? [i] : [],
  );
  if (places.length === 0) return undefined;
  const [ofHead, ofBase] = [head, base].map((side) => side && metricsOf(side, places));
  const right = ({ evaluated, truth }: JudgedSide, i: number) => evaluated.answers.predict![i] === truth.labels[i];
  const only = (one: JudgedSide, other: JudgedSide) => places.filter((i) => right(one, i) && !right(other, i)).length;
  return {
    rows: places.length,
    ...(ofBase && { base: ofBase }),
    ...(ofHead && { head: ofHead }),
    ...(head &&
      base &&
      ofHead?.kind === 'classes' &&
      ofBase?.kind === 'classes' && { rightInHeadOnly: only(head, base), rightInBaseOnly: only(base, head) }),
    unknownLabels: first.truth.unknown.filter(Boolean).length,
  };
}

/** A label that a model does not have is one that it got wrong; a text is no number that it could be away from. */
const isJudged = (side: JudgedSide, i: number) =>
  side.truth.labels[i] !== undefined || (side.truth.unknown[i] && !isNumeric(side.signature));

function isNumeric(signature: Signature): boolean {
  const type = outputOf(signature, 'predict')?.type;
  return signature.classes === undefined && (type === 'float64' || type === 'float32');
}

function metricsOf({ signature, evaluated: { answers }, truth }: JudgedSide, places: readonly number[]): Metrics {
  const at = <T>(values: readonly T[]) => places.map((place) => values[place]!);
  const labels = places.map((place) => truth.labels[place]);
  const predict = at(answers.predict!) as Label[];
  if (isNumeric(signature)) return numberMetrics(labels as number[], predict as number[]);
  const { predict_proba: probabilities, decision_function: scores } = answers;
  return classMetrics(labels, {
    labels: predict,
    classes: signature.classes ?? [],
    ...(probabilities && { probabilities: at(probabilities) as number[][] }),
    ...(scores && { scores: at(scores as readonly Answer[]) as (number | number[])[] }),
  });
}
