/**
 * `sklearn.svm.SVC` and `NuSVC`: one decision for each pair of classes, and votes.
 *
 * The decision of a pair is `k(X, support_vectors_) @ weights + _intercept_`, with weights for the support vectors of its
 * two classes alone. Since the vectors stand by class, one matrix `[vectors, pairs]` has them all.
 *
 * The label comes from the votes, also where there are probabilities: the two may disagree, and do in
 * scikit-learn. `_dual_coef_` and `_intercept_` are as libsvm has them; those without the underscore in front
 * have the other sign when there are two classes.
 */

import { classesOf } from '../../estimator/classes';
import type { Converter, Output } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { type Features, refuseMissing } from '../../estimator/features';
import { limitNumbers, shaped } from '../../estimator/parameters';
import { shapedMatrix } from '../../estimator/sparse-matrix';
import { largest } from '../../graph-parts/probability';
import type { GraphBuilder, Value } from '../../onnx';
import { kernelValues } from './libsvm-kernel';
import { coupledProbabilities, hasSigmoids, type Pairing } from './pairwise-coupling';

/** Pairs of classes in libsvm's order: 0 1, 0 2, ..., 1 2, ... A positive decision is for the first of a pair. */
function pairingOf(classes: number): Pairing {
  const pairs: [number, number][] = [];
  for (let i = 0; i < classes; i++) for (let j = i + 1; j < classes; j++) pairs.push([i, j]);
  return { classes, pairs };
}

/** The decision for each pair, shape `[rows, pairs]`. */
function decisions(
  graph: GraphBuilder,
  estimator: Estimator,
  input: Features,
  { classes, pairs }: Pairing,
): Value<'float64'> {
  const { value: kernel, count } = kernelValues(graph, estimator, input);
  const coefficients = shapedMatrix(estimator, '_dual_coef_', classes - 1, count);
  const intercepts = shaped(estimator, '_intercept_', [pairs.length]);
  const members = shaped(estimator, '_n_support', [classes]);
  if (members.some((number) => number < 0) || members.reduce((sum, number) => sum + number, 0) !== count) {
    throw estimator.damaged(`_n_support does not add up to its ${count} support vectors`);
  }
  limitNumbers(estimator, Math.max(count, classes) * pairs.length);
  const first = members.map((_, i) => members.subarray(0, i).reduce((sum, number) => sum + number, 0));
  const weights = new Float64Array(count * pairs.length);
  pairs.forEach(([i, j], pair) => {
    for (const [own, row] of [
      [i, j - 1],
      [j, i],
    ] as const) {
      for (let vector = first[own]!; vector < first[own]! + members[own]!; vector++) {
        weights[vector * pairs.length + pair] = coefficients[row * count + vector]!;
      }
    }
  });
  return graph.add(graph.matmul(kernel, graph.doubles(weights, [count, pairs.length])), graph.doubles(intercepts));
}

/** A matrix `[pairs, classes]` that gives what a pair has to its first class, and takes it from its second. */
function balance(graph: GraphBuilder, { classes, pairs }: Pairing): Value<'float64'> {
  const matrix = new Float64Array(pairs.length * classes);
  pairs.forEach(([i, j], pair) => {
    matrix[pair * classes + i] = 1;
    matrix[pair * classes + j] = -1;
  });
  return graph.doubles(matrix, [pairs.length, classes]);
}

/**
 * Votes for each class, shape `[rows, classes]`.
 *
 * @param forFirst which pairs are decided for their first class
 */
function votes(graph: GraphBuilder, forFirst: Value<'bool'>, pairing: Pairing): Value<'float64'> {
  const seconds = new Float64Array(pairing.classes);
  for (const [, j] of pairing.pairs) seconds[j]!++;
  const moved = graph.matmul(graph.cast(forFirst, 'float64'), balance(graph, pairing));
  return graph.add(moved, graph.doubles(seconds));
}

/** One score for each class: its votes, and less than a third of a vote by how clear the decisions were. */
function oneVersusRest(graph: GraphBuilder, decision: Value<'float64'>, pairing: Pairing): Value<'float64'> {
  const forFirst = graph.node('Not', [graph.less(decision, graph.doubles([0]))], 'bool');
  const confidence = graph.matmul(decision, balance(graph, pairing));
  const bound = graph.multiply(graph.add(graph.abs(confidence), graph.doubles([1])), graph.doubles([3]));
  return graph.add(votes(graph, forFirst, pairing), graph.divide(confidence, bound));
}

function hasProbabilities(estimator: Estimator): boolean {
  const asked = estimator.get('probability'); // 'deprecated' since 1.9 when it was not asked for
  return (asked === true || asked === 1) && hasSigmoids(estimator);
}

export const supportVectorClassifier: Converter = {
  classNames: ['sklearn.svm._classes.SVC', 'sklearn.svm._classes.NuSVC'],
  reads: ['probability', 'decision_function_shape', 'break_ties', '_dual_coef_', '_intercept_', '_n_support'],

  predict(estimator, input, { graph }) {
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const decided = estimator.finite('_intercept_', 1).shape[0]!;
    if (decided !== (count * (count - 1)) / 2) {
      throw estimator.damaged(`_intercept_ has ${decided} values for ${count} classes`);
    }
    const pairing = pairingOf(count);
    const shape = estimator.option('decision_function_shape', ['ovr', 'ovo'], 'use "ovr" or "ovo"');
    const breakTies = estimator.boolean('break_ties');
    if (breakTies && shape === 'ovo') {
      throw estimator.unsupported(
        `(${estimator.className}) has break_ties=True with decision_function_shape="ovo", for which scikit-learn does not predict; use "ovr"`,
      );
    }
    refuseMissing(input);
    const decision = decisions(graph, estimator, input, pairing);
    const scores: Output =
      count === 2
        ? { value: graph.reshape(graph.negate(decision), [-1]), width: 1 }
        : shape === 'ovr'
          ? { value: oneVersusRest(graph, decision, pairing), width: count }
          : { value: decision, width: pairing.pairs.length };
    const deciding =
      breakTies && count > 2 ? scores.value : votes(graph, graph.greater(decision, graph.doubles([0])), pairing);
    return {
      outputs: {
        predict: largest(graph, classes, deciding as Value<'float64'>),
        ...(hasProbabilities(estimator) && {
          predict_proba: { value: coupledProbabilities(graph, estimator, decision, pairing), width: count },
        }),
        decision_function: scores,
      },
      classes: classes.labels,
      computeClass: 'scalar',
    };
  },
};
