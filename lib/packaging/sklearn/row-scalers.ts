/** What looks at each row, or each number, by itself and learns nothing: `Normalizer` and `Binarizer`. */
import type { GraphBuilder, Value } from '../onnx';
import type { Converter } from './converter';
import type { Estimator } from './estimator';
import { BOUNDED, INDICATOR, numericFeatures, refuseMissing } from './features';
import { testedVersion } from './version';

/** Whether an estimator is of one of these kinds. */
export function isRowScaler({ className }: Estimator): boolean {
  return normalizer.classNames.includes(className) || binarizer.classNames.includes(className);
}

/** Norms below this are taken for 0, and such a row is left as it is: ten times numpy's epsilon. */
const ZERO_NORM = 10 * Number.EPSILON;

function norms(estimator: Estimator, graph: GraphBuilder, value: Value<'float64'>): Value<'float64'> {
  switch (estimator.option('norm', ['l1', 'l2', 'max'], 'use l1, l2 or max')) {
    case 'l1':
      return graph.sum(graph.abs(value), 1, true);
    case 'l2':
      return graph.node('Sqrt', [graph.sum(graph.multiply(value, value), 1, true)], 'float64');
    default:
      // 0.22 takes the largest number, not the largest magnitude
      return graph.max(testedVersion(estimator).minor < -2 ? value : graph.abs(value), 1, true);
  }
}

export const normalizer: Converter = {
  classNames: ['sklearn.preprocessing._data.Normalizer', 'sklearn.preprocessing.data.Normalizer'],
  reads: ['norm'],

  transform(estimator, input, { graph }) {
    const { value } = input;
    refuseMissing(input);
    const norm = norms(estimator, graph, value);
    // until 0.24 nothing but 0 itself is
    const zero =
      testedVersion(estimator).minor < 0
        ? graph.equal(norm, graph.doubles([0]))
        : graph.less(norm, graph.doubles([ZERO_NORM]));
    const divisor = graph.where(zero, graph.doubles([1]), norm);
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
