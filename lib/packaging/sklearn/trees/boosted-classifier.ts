/** From the sums of boosted trees to labels and probabilities. */

import type { Classes } from '../../estimator/classes';
import type { Prediction } from '../../estimator/converter';
import { expit, withOpposite } from '../../graph-parts/probability';
import type { GraphBuilder, Value } from '../../onnx';

export interface Decision {
  /** What the label is read from: the sums themselves, or the probabilities. */
  readonly by: 'sums' | 'probabilities';
  /** Which of two classes a sum of exactly 0 means, where the label is read from the sums. */
  readonly zero: 0 | 1;
  /** The sum is half of the log odds, as the exponential loss has it. */
  readonly half: boolean;
}

/** @param sums shape `[rows, 1]` for two classes, otherwise `[rows, classes]` */
export function boostedClassifier(
  graph: GraphBuilder,
  classes: Classes,
  sums: Value<'float64'>,
  { by, zero, half }: Decision,
): Prediction {
  const count = classes.labels.length;
  const binary = count === 2;
  const odds = half ? graph.multiply(sums, graph.doubles([2])) : sums;
  const probability = binary ? withOpposite(graph, expit(graph, odds)) : graph.softmax(sums);
  const decision = binary ? graph.reshape(sums, [-1]) : sums;
  const index = () => {
    if (by === 'probabilities') return graph.argmax(probability);
    if (!binary) return graph.argmax(sums);
    const none = graph.doubles([0]);
    if (zero === 0) return graph.cast(graph.greater(decision, none), 'int64');
    return graph.gather(graph.integers([1, 0]), graph.cast(graph.less(decision, none), 'int64'));
  };
  return {
    outputs: {
      predict: { value: classes.at(graph, index()), width: 1 },
      predict_proba: { value: probability, width: count },
      decision_function: { value: decision, width: binary ? 1 : count },
    },
    classes: classes.labels,
    computeClass: 'tree',
  };
}
