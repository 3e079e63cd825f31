/**
 * `sklearn.decomposition.KernelPCA`: projections onto the principal axes of a kernel, centred as in training.
 *
 *     (k(X, X_fit_) - K_fit_rows_ - mean of each row of k + K_fit_all_) @ (eigenvectors_ / sqrt(eigenvalues_))
 */
import type { Converter } from '../../estimator/converter';
import { computedColumn, numericFeatures, refuseMissing } from '../../estimator/features';
import { memberIn } from '../../estimator/members';
import { shaped } from '../../estimator/parameters';
import { matrixOf } from '../../estimator/sparse-matrix';
import { trainedOn } from '../../estimator/trained-on';
import { refuseEmptyDirections } from './kernel-machines';
import { pairwiseKernel } from './pairwise-kernel';

export const kernelPca: Converter = {
  classNames: ['sklearn.decomposition._kernel_pca.KernelPCA'],
  reads: [
    ...['n_features_in_', 'X_fit_', '_centerer', 'K_fit_rows_', 'K_fit_all_'],
    ...['eigenvalues_', 'eigenvectors_', 'lambdas_', 'alphas_'],
  ],
  trainedOn: (estimator) =>
    estimator.get('n_features_in_') === undefined
      ? { width: matrixOf(estimator, 'X_fit_').shape[1] }
      : trainedOn(estimator),

  transform(estimator, input, { graph }) {
    refuseMissing(input);
    const { value, count } = pairwiseKernel(graph, estimator, 'X_fit_', input);
    // their names until 0.24
    const [values, vectors] =
      estimator.get('eigenvalues_') === undefined ? ['lambdas_', 'alphas_'] : ['eigenvalues_', 'eigenvectors_'];
    const eigenvalues = estimator.finite(values, 1).values;
    const width = eigenvalues.length;
    if (width === 0) throw estimator.damaged(`${values} is empty`);
    if (eigenvalues.some((eigenvalue) => eigenvalue < 0)) throw estimator.damaged(`${values} has negative ones`);
    const axes = shaped(estimator, vectors, [count, width]).map((part, i) => {
      const eigenvalue = eigenvalues[i % width]!;
      return eigenvalue === 0 ? 0 : part / Math.sqrt(eigenvalue);
    });
    refuseEmptyDirections(estimator, 'X_fit_', axes);

    const centerer = memberIn(estimator, '_centerer');
    const means = shaped(centerer, 'K_fit_rows_', [count]);
    const own = graph.divide(graph.sum(value, 1, true), graph.doubles([count]));
    const centred = graph.add(
      graph.subtract(graph.subtract(value, graph.doubles(means)), own),
      graph.doubles([centerer.number('K_fit_all_')]),
    );
    const column = computedColumn(input.columns, (maximum) => Math.sqrt(Math.sqrt(maximum)));
    return numericFeatures(graph.matmul(centred, graph.doubles(axes, [count, width])), new Array(width).fill(column));
  },
};
