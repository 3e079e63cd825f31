/**
 * `sklearn.kernel_ridge.KernelRidge` and `sklearn.kernel_approximation.Nystroem`: products with kernels of training rows.
 *
 *     KernelRidge  k(X, X_fit_) @ dual_coef_
 *     Nystroem     k(X, components_) @ normalization_'
 */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { computedColumn, numericFeatures, refuseMissing } from '../../estimator/features';
import { shaped } from '../../estimator/parameters';
import { matrixOf } from '../../estimator/sparse-matrix';
import { trainedOn } from '../../estimator/trained-on';
import { transpose } from '../../graph-parts/linear-score';
import { NumpyArray } from '../../joblib';
import { largestKernel, pairwiseKernel } from './pairwise-kernel';

export const kernelRidge: Converter = {
  classNames: ['sklearn.kernel_ridge.KernelRidge'],
  reads: ['n_features_in_', 'X_fit_', 'dual_coef_'],

  trainedOn: (estimator) =>
    estimator.get('n_features_in_') === undefined
      ? { width: matrixOf(estimator, 'X_fit_').shape[1] }
      : trainedOn(estimator),

  predict(estimator, input, { graph }) {
    refuseMissing(input);
    const { value, count } = pairwiseKernel(graph, estimator, 'X_fit_', input);
    const weights = estimator.fitted('dual_coef_');
    const single = weights instanceof NumpyArray && weights.shape.length === 1;
    const targets = single ? 1 : estimator.finite('dual_coef_', 2).shape[1]!;
    const dual = shaped(estimator, 'dual_coef_', single ? [count] : [count, targets]);
    const sum = graph.matmul(value, graph.doubles(dual, [count, targets]));
    return {
      outputs: { predict: { value: targets === 1 ? graph.reshape(sum, [-1]) : sum, width: targets } },
      computeClass: 'gemm',
    };
  },
};

/**
 * What rounding of the kernel may make of a component, relative to the largest one. Measured on scikit-learn: beyond
 * it the answers of a pipeline differ by 1e-9 and more between a row that is asked alone and one among others.
 */
const CERTAIN = 1e-11;

/**
 * A component in which the kernel has nothing but rounding is divided by that rounding.
 *
 * @param rows the attribute that holds the rows of training
 * @param axes what their kernels are multiplied with: directions of length 1, each divided by the root of its size
 */
export function refuseEmptyDirections(estimator: Estimator, rows: string, axes: Float64Array): void {
  const norm = Math.sqrt(axes.reduce((sum, value) => sum + value * value, 0));
  const uncertain = Number.EPSILON * norm * Math.sqrt(largestKernel(estimator, rows));
  if (uncertain <= CERTAIN) return;
  throw estimator.unsupported(
    `(${estimator.className}) has more components than its kernel has directions: what the others hold is rounding, of which scikit-learn makes another answer for a row alone than among others. Ways out: fit it with a smaller n_components, or scale the columns and use a larger gamma`,
  );
}

export const nystroem: Converter = {
  classNames: ['sklearn.kernel_approximation.Nystroem'],
  reads: ['n_features_in_', 'components_', 'normalization_'],

  trainedOn: (estimator) =>
    estimator.get('n_features_in_') === undefined
      ? { width: matrixOf(estimator, 'components_').shape[1] }
      : trainedOn(estimator),

  transform(estimator, input, { graph }) {
    refuseMissing(input);
    const { value, count } = pairwiseKernel(graph, estimator, 'components_', input);
    const normalization = shaped(estimator, 'normalization_', [count, count]);
    refuseEmptyDirections(estimator, 'components_', normalization);
    const weights = transpose(normalization, count, count);
    const column = computedColumn(input.columns, (maximum) => Math.sqrt(Math.sqrt(maximum)));
    return numericFeatures(graph.matmul(value, graph.doubles(weights, [count, count])), new Array(count).fill(column));
  },
};
