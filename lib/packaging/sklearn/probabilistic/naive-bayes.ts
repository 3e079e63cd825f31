/**
 * `sklearn.naive_bayes`: the class with the largest joint log-likelihood.
 *
 * GaussianNB called its variances `sigma_` until 1.0. CategoricalNB raises for a category beyond those it knows,
 * so the columns of the request must be able to refuse it.
 */

import { type Classes, classesOf } from '../../estimator/classes';
import type { Converter, Prediction } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { type Features, refuseMissing } from '../../estimator/features';
import { shaped, shapedList } from '../../estimator/parameters';
import { transpose } from '../../graph-parts/linear-score';
import { largest } from '../../graph-parts/probability';
import { NumpyArray } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';

/** Joint log-likelihoods, shape `[rows, classes]`. */
type LogLikelihood = (graph: GraphBuilder, estimator: Estimator, input: Features, classes: number) => Value<'float64'>;

function answersOf(graph: GraphBuilder, classes: Classes, likelihood: Value<'float64'>): Prediction {
  // in scikit-learn's own order of operations, which shows in the last digits where likelihoods are far below 0
  const most = graph.max(likelihood, 1, true);
  const total = graph.sum(graph.exp(graph.subtract(likelihood, most)), 1, true);
  const probability = graph.exp(graph.subtract(likelihood, graph.add(graph.log(total), most)));
  return {
    outputs: {
      predict: largest(graph, classes, likelihood),
      predict_proba: { value: probability, width: classes.labels.length },
    },
    classes: classes.labels,
    computeClass: 'scalar',
  };
}

/** Attributes that each reads. */
const READS = {
  GaussianNB: ['class_prior_', 'theta_', 'var_', 'sigma_'],
  MultinomialNB: ['class_log_prior_', 'feature_log_prob_'],
  ComplementNB: ['feature_log_prob_'],
  CategoricalNB: ['class_log_prior_', 'feature_log_prob_'],
  BernoulliNB: ['class_log_prior_', 'feature_log_prob_', 'binarize'],
} as const;

function naiveBayes(className: keyof typeof READS, likelihoodOf: LogLikelihood): Converter {
  return {
    classNames: [`sklearn.naive_bayes.${className}`],
    reads: READS[className],
    predict(estimator, input, { graph }) {
      const classes = classesOf(estimator);
      refuseMissing(input);
      return answersOf(graph, classes, likelihoodOf(graph, estimator, input, classes.labels.length));
    },
  };
}

/** Logarithms of the probabilities of features, shape `[classes, features]`. */
function logProbabilities(estimator: Estimator, name: string, shape: readonly number[]): Float64Array {
  const { values } = estimator.numbers(name, shape.length);
  if (values.includes(Number.NEGATIVE_INFINITY)) {
    throw estimator.unsupported(
      `(${estimator.className}) gives some feature or class a probability of 0, which makes it answer NaN; fit it with alpha > 0`,
    );
  }
  return shaped(estimator, name, shape);
}

export const gaussianNaiveBayes = naiveBayes('GaussianNB', (graph, estimator, input, classes) => {
  const width = input.columns.length;
  const means = shaped(estimator, 'theta_', [classes, width]);
  const variances = shaped(estimator, estimator.get('var_') === undefined ? 'sigma_' : 'var_', [classes, width]);
  const priors = shaped(estimator, 'class_prior_', [classes]);
  const constants = Array.from({ length: classes }, (_, i) => {
    const own = variances.subarray(i * width, (i + 1) * width);
    return -0.5 * own.reduce((sum, variance) => sum + Math.log(2 * Math.PI * variance), 0);
  });
  const each = graph.reshape(input.value, [-1, 1, width]);
  const deviation = graph.subtract(each, graph.doubles(means, [classes, width]));
  const squares = graph.divide(graph.multiply(deviation, deviation), graph.doubles(variances, [classes, width]));
  const exponent = graph.multiply(graph.sum(squares, 2, false), graph.doubles([0.5]));
  const density = graph.subtract(graph.doubles(constants), exponent);
  return graph.add(graph.doubles(priors.map(Math.log)), density);
});

export const multinomialNaiveBayes = naiveBayes('MultinomialNB', (graph, estimator, input, classes) => {
  const width = input.columns.length;
  const weights = transpose(logProbabilities(estimator, 'feature_log_prob_', [classes, width]), classes, width);
  const priors = logProbabilities(estimator, 'class_log_prior_', [classes]);
  return graph.add(graph.matmul(input.value, graph.doubles(weights, [width, classes])), graph.doubles(priors));
});

export const complementNaiveBayes = naiveBayes('ComplementNB', (graph, estimator, input, classes) => {
  const width = input.columns.length;
  const weights = transpose(logProbabilities(estimator, 'feature_log_prob_', [classes, width]), classes, width);
  return graph.matmul(input.value, graph.doubles(weights, [width, classes]));
});

/** scikit-learn cuts 1.5 down to the category 1; here only whole numbers are categories. */
export const categoricalNaiveBayes = naiveBayes('CategoricalNB', (graph, estimator, input, classes) => {
  const width = input.columns.length;
  const tables = estimator.list('feature_log_prob_').map((array) => {
    if (array instanceof NumpyArray && array.shape.length === 2) return array.shape[1]!;
    throw estimator.damaged('feature_log_prob_ has something else than matrices in it');
  });
  if (tables.length !== width) throw estimator.damaged(`feature_log_prob_ has ${tables.length} matrices`);
  const logarithms = shapedList(
    estimator,
    'feature_log_prob_',
    tables.map((categories) => [classes, categories]),
  );
  input.columns.forEach((column, i) => {
    const known = new Set(Array.from({ length: tables[i]! }, (_, category) => category));
    if (column.allowOnly(known, false)) return;
    throw estimator.unsupported(
      `(${estimator.className}) is given column ${i} from a step before it that can give a category beyond the ${tables[i]} that it knows; encode with OrdinalEncoder(handle_unknown="error")`,
    );
  });
  let total = 0;
  const offsets = tables.map((categories) => {
    total += categories;
    return total - categories;
  });
  const all = new Float64Array(total * classes);
  logarithms.forEach((own, i) => {
    all.set(transpose(own, classes, tables[i]!), offsets[i]! * classes);
  });
  const places = graph.node('Add', [graph.cast(input.value, 'int64'), graph.integers(offsets)], 'int64');
  const each = graph.gather(graph.doubles(all, [total, classes]), places); // [rows, columns, classes]
  const priors = logProbabilities(estimator, 'class_log_prior_', [classes]);
  return graph.add(graph.sum(each, 1, false), graph.doubles(priors));
});

export const bernoulliNaiveBayes = naiveBayes('BernoulliNB', (graph, estimator, input, classes) => {
  const width = input.columns.length;
  const present = logProbabilities(estimator, 'feature_log_prob_', [classes, width]);
  const absent = present.map((logarithm) => Math.log(1 - Math.exp(logarithm)));
  const weights = present.map((logarithm, i) => logarithm - absent[i]!);
  const priors = logProbabilities(estimator, 'class_log_prior_', [classes]);
  const constants = priors.map((prior, i) =>
    absent.subarray(i * width, (i + 1) * width).reduce((sum, value) => sum + value, prior),
  );
  if (!weights.every(Number.isFinite)) {
    throw estimator.unsupported(
      `(${estimator.className}) gives some feature a probability of 1, which makes it answer NaN; fit it with alpha > 0`,
    );
  }
  const threshold = estimator.get('binarize') === null ? undefined : estimator.number('binarize');
  const X =
    threshold === undefined
      ? input.value
      : graph.cast(graph.greater(input.value, graph.doubles([threshold])), 'float64');
  const score = graph.matmul(X, graph.doubles(transpose(weights, classes, width), [width, classes]));
  return graph.add(score, graph.doubles(constants));
});
