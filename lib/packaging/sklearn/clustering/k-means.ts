/** `sklearn.cluster`: the nearest of the centres, and how far each is. */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { computedColumn } from '../../estimator/feature-column';
import { type Features, numericFeatures, refuseMissing } from '../../estimator/features';
import { shaped } from '../../estimator/parameters';
import { transpose } from '../../graph-parts/linear-score';
import { NumpyArray } from '../../joblib';
import type { GraphBuilder } from '../../onnx';

/** @throws SlipwayError E_UNSUPPORTED when the centres are in single precision */
export function refuseSingle(estimator: Estimator): void {
  const array = estimator.fitted('cluster_centers_');
  if (array instanceof NumpyArray && array.dtype?.itemSize === 4) {
    throw estimator.unsupported(
      `(${estimator.className}) was fitted with float32, where rounding decides between clusters; fit it with X in float64`,
    );
  }
}

function centresOf(estimator: Estimator, width: number): { readonly centres: Float64Array; readonly count: number } {
  const count = estimator.finite('cluster_centers_', 2).shape[0]!;
  if (count === 0) throw estimator.damaged('cluster_centers_ is empty');
  return { centres: shaped(estimator, 'cluster_centers_', [count, width]), count };
}

/** Columns of the matrix `centres` transposed, and the squares of its rows. */
function products(graph: GraphBuilder, input: Features, centres: Float64Array, count: number) {
  const width = input.columns.length;
  const norms = Float64Array.from({ length: count }, (_, i) =>
    centres.subarray(i * width, (i + 1) * width).reduce((sum, value) => sum + value * value, 0),
  );
  const doubled = transpose(centres, count, width).map((value) => 2 * value);
  return {
    products: graph.matmul(input.value, graph.doubles(doubled, [width, count])),
    norms: graph.doubles(norms),
  };
}

/** Distances to the centres, from products of matrices as scikit-learn has them: rounding is alike where rows are near. */
export function distancesToCentres(graph: GraphBuilder, estimator: Estimator, input: Features): Features {
  refuseSingle(estimator);
  refuseMissing(input);
  const width = input.columns.length;
  const { centres, count } = centresOf(estimator, width);
  const { products: double, norms } = products(graph, input, centres, count);
  const own = graph.sum(graph.multiply(input.value, input.value), 1, true);
  const squares = graph.add(graph.subtract(own, double), norms);
  const value = graph.node('Sqrt', [graph.node('Max', [squares, graph.doubles([0])], 'float64')], 'float64');
  const farthest = centres.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
  const reach = (maximum: number) => Math.max(Math.min(maximum, 1e150) / (2 * width) - farthest, Number.MIN_VALUE);
  return numericFeatures(value, new Array(count).fill(computedColumn(input.columns, reach)));
}

export const kMeans: Converter = {
  classNames: ['sklearn.cluster._kmeans.KMeans', 'sklearn.cluster._kmeans.MiniBatchKMeans'],
  reads: ['cluster_centers_'],

  transform: (estimator, input, { graph }) => distancesToCentres(graph, estimator, input),

  predict(estimator, input, { graph }) {
    refuseSingle(estimator);
    const { centres, count } = centresOf(estimator, input.columns.length);
    refuseMissing(input);
    // |x - c|^2 without |x|^2, which is the same for all: this is how scikit-learn compares, so ties come out alike
    const { products: double, norms } = products(graph, input, centres, count);
    const nearness = graph.subtract(double, norms);
    return { outputs: { predict: { value: graph.argmax(nearness), width: 1 } }, computeClass: 'scalar' };
  },
};
