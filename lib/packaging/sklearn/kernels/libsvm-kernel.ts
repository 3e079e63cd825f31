/** The kernels of libsvm: how alike a row and a support vector are. */

import type { Estimator, Reader } from '../../estimator/estimator';
import type { Features } from '../../estimator/features';
import { matrixOf, shapedMatrix } from '../../estimator/sparse-matrix';
import { distances } from '../../graph-parts/distance';
import { transpose } from '../../graph-parts/linear-score';
import type { GraphBuilder, Value } from '../../onnx';

const KERNELS = ['linear', 'poly', 'rbf', 'sigmoid'] as const;

const KERNEL: Reader = { reads: ['kernel', 'support_vectors_', '_gamma', 'coef0', 'degree'] };

/**
 * The kernel of each row with each support vector.
 *
 * @returns shape `[rows, count]`, and `count`
 * @throws SlipwayError E_UNSUPPORTED for a kernel that is a function or precomputed
 */
export function kernelValues(
  graph: GraphBuilder,
  model: Estimator,
  input: Features,
): { readonly value: Value<'float64'>; readonly count: number } {
  const estimator = model.readBy(KERNEL);
  const kernel = estimator.option('kernel', KERNELS, `use one of ${KERNELS.join(', ')}`);
  const width = input.columns.length;
  const count = matrixOf(estimator, 'support_vectors_').shape[0];
  if (count === 0) throw estimator.damaged('it has no support vectors');
  const vectors = shapedMatrix(estimator, 'support_vectors_', count, width);
  if (kernel === 'rbf') {
    const distance = distances(graph, input.value, { values: vectors, count, width }, { metric: 'squared-euclidean' });
    return { value: graph.exp(graph.multiply(distance, graph.doubles([-estimator.number('_gamma')]))), count };
  }
  // gamma goes into the vectors: a product of matrices times a number is one operator to ONNX Runtime's optimiser
  // (MatMulScaleFusion), which keeps that number as a float32
  const gamma = kernel === 'linear' ? 1 : estimator.number('_gamma');
  const weights = transpose(vectors, count, width).map((value) => gamma * value);
  const product = graph.matmul(input.value, graph.doubles(weights, [width, count]));
  if (kernel === 'linear') return { value: product, count };
  const scaled = graph.add(product, graph.doubles([estimator.number('coef0')]));
  if (kernel === 'sigmoid') return { value: graph.node('Tanh', [scaled], 'float64'), count };
  const degree = Math.max(0, estimator.integer('degree')); // as libsvm's loop of multiplications has it
  return { value: graph.node('Pow', [scaled, graph.doubles([degree])], 'float64'), count };
}
