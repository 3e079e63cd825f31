/**
 * Classifiers that decide by linear scores: SGD, perceptron, passive-aggressive, ridge, linear support vectors,
 * linear discriminants.
 */

import { type Classes, classesOf } from '../../estimator/classes';
import type { Converter, Prediction } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { type Features, refuseMissing } from '../../estimator/features';
import { shaped } from '../../estimator/parameters';
import { testedVersion } from '../../estimator/version';
import { linearScores } from '../../graph-parts/linear-score';
import { decide, expit, normalise, withOpposite } from '../../graph-parts/probability';
import { PyObject } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';
import { componentsFrom, projectedFeatures } from '../decomposition/decomposition';

type Probabilities = (graph: GraphBuilder, score: Value<'float64'>, classes: number) => Value<'float64'>;

/**
 * @param classes those of the estimator, where it has them itself
 * @param probabilities of the scores; absent where there is no `predict_proba`
 */
function predictLinear(
  graph: GraphBuilder,
  estimator: Estimator,
  input: Features,
  {
    classes = classesOf(estimator),
    probabilities,
  }: { readonly classes?: Classes; readonly probabilities?: Probabilities | undefined } = {},
): Prediction {
  refuseMissing(input);
  const count = classes.labels.length;
  const { value, outputs } = linearScores(graph, estimator, input);
  if (outputs !== (count === 2 ? 1 : count)) {
    throw estimator.damaged(`coef_ has ${outputs} rows for ${count} classes`);
  }
  return decide(graph, classes, value, probabilities?.(graph, value, count));
}

const logistic: Probabilities = (graph, score, classes) => {
  const each = expit(graph, score);
  return classes === 2 ? withOpposite(graph, each) : normalise(graph, each, classes, false);
};

/** As above since scikit-learn 1.9, where rows whose scores are all far below 0 get uniform probabilities. */
const logisticOrUniform: Probabilities = (graph, score, classes) => {
  const each = expit(graph, score);
  return classes === 2 ? withOpposite(graph, each) : normalise(graph, each, classes, true);
};

const modifiedHuber: Probabilities = (graph, score, classes) => {
  const clipped = graph.node('Clip', [score, graph.doubles([-1], []), graph.doubles([1], [])], 'float64');
  const each = graph.divide(graph.add(clipped, graph.doubles([1])), graph.doubles([2]));
  return classes === 2 ? withOpposite(graph, each) : normalise(graph, each, classes, true);
};

const softmax: Probabilities = (graph, score, classes) =>
  classes === 2 ? withOpposite(graph, expit(graph, score)) : graph.softmax(score);

export const linearClassifier: Converter = {
  classNames: [
    'sklearn.linear_model._perceptron.Perceptron',
    'sklearn.linear_model._passive_aggressive.PassiveAggressiveClassifier',
    'sklearn.svm._classes.LinearSVC',
  ],
  reads: [],
  predict: (estimator, input, { graph }) => predictLinear(graph, estimator, input),
};

export const sgdClassifier: Converter = {
  classNames: ['sklearn.linear_model._stochastic_gradient.SGDClassifier'],
  reads: ['loss'],

  predict(estimator, input, { graph }) {
    const loss = estimator.get('loss');
    const uniform = testedVersion(estimator).minor >= 9;
    const probabilities =
      loss === 'log_loss' || loss === 'log'
        ? uniform
          ? logisticOrUniform
          : logistic
        : loss === 'modified_huber'
          ? modifiedHuber
          : undefined;
    return predictLinear(graph, estimator, input, { probabilities });
  },
};

export const ridgeClassifier: Converter = {
  classNames: ['sklearn.linear_model._ridge.RidgeClassifier', 'sklearn.linear_model._ridge.RidgeClassifierCV'],
  reads: ['_label_binarizer', 'y_type_'],

  predict(estimator, input, { graph }) {
    const binarizer = estimator.fitted('_label_binarizer'); // holds the classes
    if (!(binarizer instanceof PyObject)) throw estimator.damaged('_label_binarizer is not an object');
    const labels = estimator.child(binarizer);
    const target = labels.get('y_type_');
    if (target !== 'binary' && target !== 'multiclass') {
      throw estimator.unsupported(
        `(${estimator.className}) predicts several labels at once, which is not converted; fit one model for each`,
      );
    }
    return predictLinear(graph, estimator, input, { classes: classesOf(labels) });
  },
};

export const linearDiscriminant: Converter = {
  classNames: ['sklearn.discriminant_analysis.LinearDiscriminantAnalysis'],
  reads: ['solver', 'scalings_', 'xbar_', '_max_components'],
  predict: (estimator, input, { graph }) => predictLinear(graph, estimator, input, { probabilities: softmax }),

  /** `(X - xbar_) @ scalings_`, or without the mean where generalised eigenvectors were sought. */
  transform(estimator, input, { graph }) {
    refuseMissing(input);
    const width = input.columns.length;
    const solver = estimator.option('solver', ['svd', 'eigen'], 'scikit-learn has no transform for it: use "svd"');
    const { values, shape } = estimator.finite('scalings_', 2);
    const [columns = 0, all = 0] = shape;
    const count = Math.min(all, estimator.integer('_max_components'));
    if (columns !== width || count < 1) throw estimator.damaged(`scalings_ has ${columns} rows, and ${width} come in`);
    const components = componentsFrom(
      Float64Array.from({ length: width * count }, (_, i) => values[Math.floor(i / count) * all + (i % count)]!),
      count,
    );
    const mean = solver === 'svd' ? shaped(estimator, 'xbar_', [width]) : undefined;
    const centred = mean ? graph.subtract(input.value, graph.doubles(mean)) : input.value;
    const value = graph.matmul(centred, graph.doubles(components.transposed, [width, count]));
    return projectedFeatures(input, value, components, { mean });
  },
};
