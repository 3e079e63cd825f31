/** What looks at each row, or each number, by itself and learns nothing: `Normalizer` and `Binarizer`. */
import type { GraphBuilder, Value } from '../onnx';
import type { Converter } from './converter';
import type { Estimator } from './estimator';
import { BOUNDED, INDICATOR, numericFeatures, refuseMissing } from './features';

/** Norms up to this are taken for 0, and such a row is left as it is: ten times numpy's epsilon. */
const ZERO_NORM = 10 * Number.EPSILON;

function norms(estimator: Estimator, graph: GraphBuilder, value: Value<'float64'>): Value<'float64'> {
  switch (estimator.option('norm', ['l1', 'l2', 'max'], 'use l1, l2 or max')) {
    case 'l1':
      return graph.sum(graph.abs(value), 1, true);
    case 'l2':
      return graph.node('Sqrt', [graph.sum(graph.multiply(value, value), 1, true)], 'float64');
    default:
      return graph.max(graph.abs(value), 1, true);
  }
}

export const normalizer: Converter = {
  classNames: ['sklearn.preprocessing._data.Normalizer', 'sklearn.preprocessing.data.Normalizer'],
  reads: ['norm'],

  transform(estimator, input, { graph }) {
    const { value } = input;
    refuseMissing(input);
    const norm = norms(estimator, graph, value);
    const divisor = graph.where(graph.less(norm, graph.doubles([ZERO_NORM])), graph.doubles([1]), norm);
    return numericFeatures(
      graph.divide(value, divisor),
      input.columns.map(() => BOUNDED),
    );
  },
};

/** 1 above the threshold, otherwise 0. */
export const binarizer: Converter = {
  classNames: ['sklearn.preprocessing._data.Binarizer', 'sklearn.preprocessing.data.Binarizer'],
  reads: ['threshold'],

  transform(estimator, input, { graph }) {
    const above = graph.greater(input.value, graph.doubles([estimator.number('threshold')]));
    refuseMissing(input);
    return numericFeatures(
      graph.cast(above, 'float64'),
      input.columns.map(() => INDICATOR),
    );
  },
};
