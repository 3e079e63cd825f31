/** From scores to labels and probabilities, as scikit-learn's classifiers do it. */

import type { Classes } from '../estimator/classes';
import type { Output, Prediction } from '../estimator/converter';
import type { GraphBuilder, Value } from '../onnx';

/**
 * `1 / (1 + exp(-x))`, with a small relative error also where it is near 0.
 *
 * ONNX Runtime's Sigmoid takes a difference to 1 there, which leaves no digit: of no account for two
 * classes, but dividing by the sum over several brings it out.
 */
export function expit(graph: GraphBuilder, value: Value<'float64'>): Value<'float64'> {
  const one = graph.doubles([1]);
  const small = graph.exp(graph.negate(graph.abs(value)));
  const numerator = graph.where(graph.less(value, graph.doubles([0])), small, one);
  return graph.divide(numerator, graph.add(one, small));
}

/** Probabilities of two classes from that of the second. @param second shape `[rows, 1]` */
export function withOpposite(graph: GraphBuilder, second: Value<'float64'>): Value<'float64'> {
  return graph.concat([graph.subtract(graph.doubles([1]), second), second], 1);
}

/** Each row divided by its sum. A row of zeros becomes a uniform one, where `uniform` asks for it. */
export function normalise(
  graph: GraphBuilder,
  value: Value<'float64'>,
  classes: number,
  uniform: boolean,
): Value<'float64'> {
  const total = graph.sum(value, 1, true);
  if (!uniform) return graph.divide(value, total);
  const some = graph.greater(total, graph.doubles([0]));
  const one = graph.doubles([1]);
  return graph.divide(graph.where(some, value, one), graph.where(some, total, graph.doubles([classes])));
}

/** The label of the largest score in each row, the first of equal ones. @param scores shape `[rows, classes]` */
export function largest(graph: GraphBuilder, classes: Classes, scores: Value<'float64'>): Output {
  return { value: classes.at(graph, graph.argmax(scores)), width: 1 };
}

/**
 * The answers of a classifier that decides by its scores: by the sign of one, or by the largest of several.
 *
 * @param scores shape `[rows, 1]` for two classes, otherwise `[rows, classes]`
 * @param probabilities shape `[rows, classes]`; absent where there is no `predict_proba`
 */
export function decide(
  graph: GraphBuilder,
  classes: Classes,
  scores: Value<'float64'>,
  probabilities?: Value<'float64'>,
): Prediction {
  const count = classes.labels.length;
  const binary = count === 2;
  const decision = binary ? graph.reshape(scores, [-1]) : scores;
  const index = binary ? graph.cast(graph.greater(decision, graph.doubles([0])), 'int64') : graph.argmax(scores);
  return {
    outputs: {
      predict: { value: classes.at(graph, index), width: 1 },
      ...(probabilities && { predict_proba: { value: probabilities, width: count } }),
      decision_function: { value: decision, width: binary ? 1 : count },
    },
    classes: classes.labels,
    computeClass: 'scalar',
  };
}
