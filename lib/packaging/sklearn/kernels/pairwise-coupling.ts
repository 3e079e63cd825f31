/**
 * libsvm's probabilities: a sigmoid for each pair of classes (Platt), and from these, by iteration, one
 * probability for each class.
 *
 * The method is the second of Wu, Lin and Weng, "Probability estimates for multi-class classification by
 * pairwise coupling" (JMLR 5, 2004). It stops early, so the numbers depend on the steps themselves: those of
 * `multiclass_probability` in libsvm, which is in scikit-learn at `sklearn/svm/src/libsvm/svm.cpp`.
 */

import type { Estimator, Reader } from '../../estimator/estimator';
import { shaped } from '../../estimator/parameters';
import { expit } from '../../graph-parts/probability';
import { NumpyArray } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';

/** The nearest that a pair's probability comes to 0 and to 1. */
const MINIMUM = 1e-7;

const SIGMOIDS: Reader = { reads: ['_probA', '_probB', 'probA_', 'probB_'] };

/** Attributes with the slopes and offsets of the sigmoids. */
function scalingNames(estimator: Estimator): readonly [slopes: string, offsets: string] {
  return estimator.get('_probA') === undefined ? ['probA_', 'probB_'] : ['_probA', '_probB']; // until 0.22, and since
}

/** Each two of the classes. */
export interface Pairing {
  readonly classes: number;
  readonly pairs: readonly (readonly [number, number])[];
}

/** Whether fitting made the sigmoids. */
export function hasSigmoids(model: Estimator): boolean {
  const estimator = model.readBy(SIGMOIDS);
  const slopes = estimator.get(scalingNames(estimator)[0]);
  return slopes instanceof NumpyArray && slopes.size > 0;
}

/**
 * @param decision for each pair, shape `[rows, pairs]`
 * @returns shape `[rows, classes]`
 */
export function coupledProbabilities(
  graph: GraphBuilder,
  model: Estimator,
  decision: Value<'float64'>,
  pairing: Pairing,
): Value<'float64'> {
  const { pairs } = pairing;
  const estimator = model.readBy(SIGMOIDS);
  const [slope, offset] = scalingNames(estimator);
  const slopes = graph.doubles(shaped(estimator, slope, [pairs.length]));
  const offsets = graph.doubles(shaped(estimator, offset, [pairs.length]));
  const exponent = graph.add(graph.multiply(decision, slopes), offsets);
  const sigmoid = expit(graph, graph.negate(exponent));
  const [least, most] = [MINIMUM, 1 - MINIMUM].map((limit) => graph.doubles([limit])) as [
    Value<'float64'>,
    Value<'float64'>,
  ];
  // a decision that overflows to NaN has the least probability, as libsvm compares
  const raised = graph.where(graph.greater(sigmoid, least), sigmoid, least);
  const first = graph.where(graph.less(raised, most), raised, most);
  return couple(graph, first, pairing);
}

/** @param first probability of the first class of each pair, shape `[rows, pairs]` */
function couple(graph: GraphBuilder, first: Value<'float64'>, { pairs, classes }: Pairing): Value<'float64'> {
  // r[t, j] is the probability of t against j: a place in [first, 1 - first, 0]
  const place = Array.from({ length: classes }, () => new Array<number>(classes).fill(2 * pairs.length));
  pairs.forEach(([i, j], pair) => {
    place[i]![j] = pair;
    place[j]![i] = pairs.length + pair;
  });
  const nothing = graph.multiply(take(graph, first, [0]), graph.doubles([0]));
  const all = graph.concat([first, graph.subtract(graph.doubles([1]), first), nothing], 1);
  const rows = place.map((own) => take(graph, all, own));
  const columns = place.map((_, t) =>
    take(
      graph,
      all,
      place.map((own) => own[t]!),
    ),
  );

  // Q[t, t] is the sum of r[j, t]^2, Q[t, j] is -r[j, t] r[t, j]
  const diagonal = columns.map((column) => graph.sum(graph.multiply(column, column), 1, true));
  const Q = diagonal.map((own, t) =>
    graph.subtract(graph.multiply(own, unit(graph, t, classes)), graph.multiply(columns[t]!, rows[t]!)),
  );
  const uniform = graph.add(graph.multiply(nothing, unit(graph, 0, classes)), graph.doubles([1 / classes]));
  return graph.loop(Math.max(100, classes), uniform, (body, value) => step(body, value, { Q, diagonal }));
}

/** One round over all classes, for the rows that are not near enough to the solution yet. */
function step(
  graph: GraphBuilder,
  before: Value<'float64'>,
  { Q, diagonal }: Record<'Q' | 'diagonal', readonly Value<'float64'>[]>,
): { next: Value<'float64'>; again: Value<'bool'> } {
  const classes = Q.length;
  let p = before;
  let Qp = graph.concat(
    Q.map((row) => graph.sum(graph.multiply(row, p), 1, true)),
    1,
  );
  let pQp = graph.sum(graph.multiply(p, Qp), 1, true);
  const error = graph.max(graph.abs(graph.subtract(Qp, pQp)), 1, true);
  const near = graph.less(error, graph.doubles([0.005 / classes]));
  const one = graph.doubles([1]);
  for (let t = 0; t < classes; t++) {
    const own = take(graph, Qp, [t]);
    const difference = graph.divide(graph.subtract(pQp, own), diagonal[t]!);
    const scale = graph.add(difference, one);
    const twice = graph.multiply(own, graph.doubles([2]));
    const growth = graph.multiply(difference, graph.add(graph.multiply(difference, diagonal[t]!), twice));
    pQp = graph.divide(graph.divide(graph.add(pQp, growth), scale), scale);
    Qp = graph.divide(graph.add(Qp, graph.multiply(difference, Q[t]!)), scale);
    p = graph.divide(graph.add(p, graph.multiply(difference, unit(graph, t, classes))), scale);
  }
  const far = graph.cast(graph.node('Not', [near], 'bool'), 'float64');
  const again = graph.greater(graph.reshape(graph.max(far, 0, false), [1]), graph.doubles([0]));
  return { next: graph.where(near, before, p), again };
}

/** Columns of a matrix. */
function take(graph: GraphBuilder, value: Value<'float64'>, columns: readonly number[]): Value<'float64'> {
  return graph.node('Gather', [value, graph.integers(columns)], 'float64', { axis: 1 });
}

/** A row with 1 at `t` and 0 elsewhere. */
function unit(graph: GraphBuilder, t: number, classes: number): Value<'float64'> {
  return graph.doubles(
    Array.from({ length: classes }, (_, i) => Number(i === t)),
    [1, classes],
  );
}
