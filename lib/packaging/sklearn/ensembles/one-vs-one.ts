/**
 * `sklearn.multiclass.OneVsOneClassifier`: a classifier for each pair of classes, whose votes are counted.
 *
 * A class has its votes and, to tell equal ones apart, `s / (3 (|s| + 1))` of the confidences s that add up for it.
 */

import { classesOf } from '../../estimator/classes';
import type { Converter, Prediction } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { answerOf, asMatrix, computeClassOf, givenToAll, listedMembers, sumInOrder } from '../../estimator/members';
import { testedVersion } from '../../estimator/version';
import type { GraphBuilder, Value } from '../../onnx';

interface Duel {
  /** 1 where the second class wins, otherwise 0. Shape `[rows, 1]`, as the next. */
  readonly winner: Value<'float64'>;
  /** How sure the classifier is of the second class. */
  readonly confidence: Value<'float64'>;
}

function duelOf(graph: GraphBuilder, prediction: Prediction, of: Estimator): Duel {
  if (prediction.classes?.join() !== '0,1') {
    throw of.unsupported(`(${of.className}) does not tell two classes apart, which is what is converted here`);
  }
  const { predict, decision_function: decision } = prediction.outputs;
  const probabilities = () =>
    asMatrix(graph, answerOf(prediction, 'predict_proba', of, 'breaking ties of votes needs'));
  return {
    winner: asMatrix(graph, predict),
    confidence: decision
      ? asMatrix(graph, decision)
      : graph.node('Gather', [probabilities(), graph.integers([1])], 'float64', { axis: 1 }),
  };
}

/** Votes for each class, and what tells equal ones apart: the confidences, brought between -1/3 and 1/3. */
function decisionOf(graph: GraphBuilder, duels: readonly Duel[], classes: number): Value<'float64'> {
  const one = graph.doubles([1]);
  const votes: Value<'float64'>[][] = Array.from({ length: classes }, () => []);
  const confidences: Value<'float64'>[][] = Array.from({ length: classes }, () => []);
  let next = 0;
  for (let first = 0; first < classes; first++) {
    for (let second = first + 1; second < classes; second++) {
      const { winner, confidence } = duels[next++]!;
      votes[first]!.push(graph.subtract(one, winner));
      votes[second]!.push(winner);
      confidences[first]!.push(graph.negate(confidence));
      confidences[second]!.push(confidence);
    }
  }
  const sums = (of: readonly Value<'float64'>[][]) =>
    graph.concat(
      of.map((each) => sumInOrder(graph, each)),
      1,
    );
  const confidence = sums(confidences);
  const bound = graph.multiply(graph.add(graph.abs(confidence), one), graph.doubles([3]));
  return graph.add(sums(votes), graph.divide(confidence, bound));
}

export const oneVsOne: Converter = {
  classNames: ['sklearn.multiclass.OneVsOneClassifier'],
  reads: ['estimators_', 'pairwise_indices_'],
  ...givenToAll((estimator) => listedMembers(estimator, 'estimators_')),

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const members = listedMembers(estimator, 'estimators_');
    if (members.length !== (count * (count - 1)) / 2) {
      throw estimator.damaged(`it has ${members.length} classifiers for ${count} classes`);
    }
    estimator.option('pairwise_indices_', [null], 'give it an estimator that takes X itself');
    const predictions = members.map((member) => conversion.predict(member, input));
    const duels = predictions.map((prediction, i) => duelOf(graph, prediction, members[i]!));
    const all = decisionOf(graph, duels, count);
    const single = count === 2;
    const decision = single
      ? graph.reshape(graph.node('Gather', [all, graph.integers([1])], 'float64', { axis: 1 }), [-1])
      : all;
    // of two classes the decision includes the vote, and is compared with the threshold of the classifier, with 0 until 1.0
    const always0 = testedVersion(estimator).minor < 1 || predictions[0]!.outputs.decision_function;
    const threshold = always0 ? 0 : 0.5;
    const index = single ? graph.cast(graph.greater(decision, graph.doubles([threshold])), 'int64') : graph.argmax(all);
    return {
      outputs: {
        predict: { value: classes.at(graph, index), width: 1 },
        decision_function: { value: decision, width: single ? 1 : count },
      },
      classes: classes.labels,
      computeClass: computeClassOf(predictions),
    };
  },
};
