/** `sklearn.dummy`: answers that do not depend on X. */

import { classesOf } from '../estimator/classes';
import type { Converter } from '../estimator/converter';
import type { Estimator } from '../estimator/estimator';
import { type Features, gatherColumns } from '../estimator/features';
import type { GraphBuilder, Value } from '../onnx';

export const DUMMY_CLASSIFIER = 'sklearn.dummy.DummyClassifier';
export const DUMMY_REGRESSOR = 'sklearn.dummy.DummyRegressor';

/** What `dummyProbabilities` reads. */
export const DUMMY_CLASSIFIER_READS: readonly string[] = ['class_prior_', 'strategy'];
/** What `dummyValues` reads. */
export const DUMMY_REGRESSOR_READS: readonly string[] = ['constant_'];

/** The probability that a DummyClassifier gives each class. @param classes how many there are */
export function dummyProbabilities(estimator: Estimator, classes: number): Float64Array {
  const prior = estimator.finite('class_prior_', 1).values;
  if (prior.length !== classes)
    throw estimator.damaged(`class_prior_ has ${prior.length} values for ${classes} classes`);
  const strategy = estimator.get('strategy');
  if (strategy === 'prior') return prior;
  if (strategy === 'most_frequent') {
    const first = prior.indexOf(Math.max(...prior));
    return prior.map((_, i) => Number(i === first));
  }
  throw estimator.unsupported(
    `(${estimator.className}) has strategy=${String(strategy)}, which is not converted; use "prior" or "most_frequent"`,
  );
}

/** What a DummyRegressor answers for each target. */
export function dummyValues(estimator: Estimator): Float64Array {
  return estimator.finite('constant_', 2).values;
}

/** One row of a table for every row of X. @param table shape `[1]` or `[1, width]` */
function repeated(graph: GraphBuilder, input: Features, table: Value<'float64'>): Value<'float64'> {
  return graph.gather(table, zeros(graph, input));
}

/** Shape `[rows]`, and 0 also where X is NaN. */
function zeros(graph: GraphBuilder, input: Features): Value<'int64'> {
  const first = graph.reshape(gatherColumns(graph, input.value, [0], input.columns.length), [-1]);
  return graph.cast(graph.less(first, first), 'int64');
}

export const dummyClassifier: Converter = {
  classNames: [DUMMY_CLASSIFIER],
  reads: ['classes_', ...DUMMY_CLASSIFIER_READS],

  predict(estimator, input, { graph }) {
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const probabilities = dummyProbabilities(estimator, count);
    const best = graph.integers([probabilities.indexOf(Math.max(...probabilities))]);
    return {
      outputs: {
        predict: { value: classes.at(graph, graph.gather(best, zeros(graph, input))), width: 1 },
        predict_proba: { value: repeated(graph, input, graph.doubles(probabilities, [1, count])), width: count },
      },
      classes: classes.labels,
      computeClass: 'scalar',
    };
  },
};

export const dummyRegressor: Converter = {
  classNames: [DUMMY_REGRESSOR],
  reads: DUMMY_REGRESSOR_READS,

  predict(estimator, input, { graph }) {
    const values = dummyValues(estimator);
    const width = values.length;
    const table = graph.doubles(values, width === 1 ? [1] : [1, width]);
    return { outputs: { predict: { value: repeated(graph, input, table), width } }, computeClass: 'scalar' };
  },
};
