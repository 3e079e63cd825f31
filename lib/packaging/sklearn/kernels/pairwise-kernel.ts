/** Kernels of `sklearn.metrics.pairwise`, between rows and the rows of training. */

import type { Estimator, Reader } from '../../estimator/estimator';
import type { Features } from '../../estimator/features';
import { limitNumbers } from '../../estimator/parameters';
import { matrixOf } from '../../estimator/sparse-matrix';
import { distances } from '../../graph-parts/distance';
import { transpose } from '../../graph-parts/linear-score';
import type { GraphBuilder, Value } from '../../onnx';

const KERNELS = ['linear', 'poly', 'polynomial', 'rbf', 'laplacian', 'sigmoid'] as const;

const KERNEL: Reader = { reads: ['kernel', 'gamma', 'degree', 'coef0'] };

/** An option that None leaves to the kernel. */
function numberOr(estimator: Estimator, name: string, otherwise: number): number {
  return (estimator.get(name) ?? null) === null ? otherwise : estimator.number(name);
}

/**
 * The kernel of each row with each row of training.
 *
 * @param rows the attribute that holds those, which is the caller's to declare
 * @returns shape `[rows, count]`, and `count`
 * @throws SlipwayError E_UNSUPPORTED for a kernel that is a function, precomputed or another than these
 */
export function pairwiseKernel(
  graph: GraphBuilder,
  model: Estimator,
  rows: string,
  input: Features,
): { readonly value: Value<'float64'>; readonly count: number } {
  const estimator = model.readBy(KERNEL);
  const kernel = estimator.option('kernel', KERNELS, `use one of ${KERNELS.join(', ')}`);
  const width = input.columns.length;
  const { values, shape } = matrixOf(model, rows);
  const [count] = shape;
  if (count === 0 || shape[1] !== width) {
    throw estimator.damaged(`${rows} has shape ${shape.join(' x ')}, and ${width} columns come in`);
  }
  limitNumbers(estimator, values.length);
  const gamma = kernel === 'linear' ? 1 : numberOr(estimator, 'gamma', 1 / width);
  if (kernel === 'rbf' || kernel === 'laplacian') {
    const metric = kernel === 'rbf' ? 'squared-euclidean' : 'manhattan';
    const distance = distances(graph, input.value, { values, count, width }, { metric });
    return { value: graph.exp(graph.multiply(distance, graph.doubles([-gamma]))), count };
  }
  // gamma goes into the rows, so that ONNX Runtime does not keep it as the float32 of one operator (see kernel.ts)
  const weights = transpose(values, count, width).map((value) => gamma * value);
  const product = graph.matmul(input.value, graph.doubles(weights, [width, count]));
  if (kernel === 'linear') return { value: product, count };
  const shifted = graph.add(product, graph.doubles([numberOr(estimator, 'coef0', 1)]));
  if (kernel === 'sigmoid') return { value: graph.node('Tanh', [shifted], 'float64'), count };
  return { value: graph.node('Pow', [shifted, graph.doubles([numberOr(estimator, 'degree', 3)])], 'float64'), count };
}

/** The largest magnitude that `pairwiseKernel` has for a row of training and itself. */
export function largestKernel(model: Estimator, rows: string): number {
  const estimator = model.readBy(KERNEL);
  const kernel = estimator.get('kernel');
  const { values, shape } = matrixOf(model, rows);
  const [count, width] = shape;
  if (!['linear', 'poly', 'polynomial'].includes(kernel as string)) return 1;
  let square = 0;
  for (let row = 0; row < count; row++) {
    const own = values.subarray(row * width, (row + 1) * width);
    square = Math.max(
      square,
      own.reduce((sum, value) => sum + value * value, 0),
    );
  }
  if (kernel === 'linear') return square;
  const shifted = numberOr(estimator, 'gamma', 1 / width) * square + numberOr(estimator, 'coef0', 1);
  return Math.abs(shifted) ** numberOr(estimator, 'degree', 3);
}
