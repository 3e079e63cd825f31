/** `sklearn.dummy`: answers that do not depend on X. */

import { classesOf } from '../../estimator/classes';
import type { Converter } from '../../estimator/converter';
import { type Features, gatherColumns } from '../../estimator/features';
import { DUMMY_CLASSIFIER, DUMMY_REGRESSOR, dummyProbabilities, dummyValues } from '../../graph-parts/constant-answer';
import type { GraphBuilder, Value } from '../../onnx';

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
  reads: [],

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
  reads: [],

  predict(estimator, input, { graph }) {
    const values = dummyValues(estimator);
    const width = values.length;
    const table = graph.doubles(values, width === 1 ? [1] : [1, width]);
    return { outputs: { predict: { value: repeated(graph, input, table), width } }, computeClass: 'scalar' };
  },
};
