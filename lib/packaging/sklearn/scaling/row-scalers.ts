/** What looks at each row, or each number, by itself and learns nothing: `Normalizer` and `Binarizer`. */
import { UNDECIDED } from '../../../model/rows/undecided-row';
import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { BOUNDED, INDICATOR, numericFeatures, refuseMissing } from '../../estimator/features';
import { testedVersion } from '../../estimator/version';
import { decided } from '../../graph-parts/undecided';
import type { GraphBuilder, Value } from '../../onnx';

/** Whether an estimator is of one of these kinds. */
export function isRowScaler({ className }: Estimator): boolean {
  return normalizer.classNames.includes(className) || binarizer.classNames.includes(className);
}

/** Norms below ten times numpy's epsilon are taken for 0; in a sparse matrix, and until 0.24, 0 alone is. */
const LEAST_NORM = 10 * Number.EPSILON;

/** What a row is divided by; 'largest' is its largest number, where 'max' is its largest magnitude. */
type Norm = 'l1' | 'l2' | 'max' | 'largest';

function normOf(graph: GraphBuilder, value: Value<'float64'>, norm: Norm): Value<'float64'> {
  switch (norm) {
    case 'l1':
      return graph.sum(graph.abs(value), 1, true);
    case 'l2':
      return graph.node('Sqrt', [graph.sum(graph.multiply(value, value), 1, true)], 'float64');
    case 'max':
      return graph.max(graph.abs(value), 1, true);
    case 'largest':
      return graph.max(value, 1, true);
  }
}

/**
 * Values of a sparse matrix, in a graph that answers no row whose norm overflows: what is divided by infinity is a zero
 * that the matrix stores, where one that it does not store may mean something else behind it, as to XGBoost.
 */
export function storable(graph: GraphBuilder, value: Value<'float64'>, norm: Norm): Value<'float64'> {
  const endless = graph.greater(normOf(graph, value, norm), graph.doubles([Number.MAX_VALUE]));
  return decided(graph, endless, value, UNDECIDED.component);
}

/** Each row divided by its norm. A row of norm 0 is left as it is. @param least norms below this are taken for 0 */
export function normalised(graph: GraphBuilder, value: Value<'float64'>, norm: Norm, least: number): Value<'float64'> {
  const norms = normOf(graph, value, norm);
  const isZero = least > 0 ? graph.less(norms, graph.doubles([least])) : graph.equal(norms, graph.doubles([0]));
  return graph.divide(value, graph.where(isZero, graph.doubles([1]), norms));
}

export const normalizer: Converter = {
  classNames: ['sklearn.preprocessing._data.Normalizer'],
  reads: ['norm'],

  transform(estimator, input, { graph }) {
    const { value, sparse = false } = input;
    refuseMissing(input);
    const { minor } = testedVersion(estimator);
    const option = estimator.option('norm', ['l1', 'l2', 'max'], 'use l1, l2 or max');
    const norm: Norm = option === 'max' && minor < -2 ? 'largest' : option;
    const divided = sparse ? storable(graph, value, norm) : value;
    return numericFeatures(
      normalised(graph, divided, norm, sparse || minor < 0 ? 0 : LEAST_NORM),
      input.columns.map(() => BOUNDED),
      sparse,
    );
  },
};

/** 1 above the threshold, otherwise 0. */
export const binarizer: Converter = {
  classNames: ['sklearn.preprocessing._data.Binarizer'],
  reads: ['threshold'],

  transform(estimator, input, { graph }) {
    const above = graph.greater(input.value, graph.doubles([estimator.number('threshold')]));
    refuseMissing(input);
    return numericFeatures(
      graph.cast(above, 'float64'),
      input.columns.map(() => INDICATOR),
      input.sparse,
    );
  },
};
