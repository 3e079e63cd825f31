/** `sklearn.cluster`: the nearest of the centres. */
import { NumpyArray } from '../joblib';
import type { Converter } from './converter';
import type { Estimator } from './estimator';
import { refuseMissing } from './features';
import { transpose } from './linear-score';
import { shaped } from './parameters';

/** @throws SlipwayError E_UNSUPPORTED when the centres are in single precision */
export function refuseSingle(estimator: Estimator): void {
  const array = estimator.fitted('cluster_centers_');
  if (array instanceof NumpyArray && array.dtype?.itemSize === 4) {
    throw estimator.unsupported(
      `(${estimator.className}) was fitted with float32, where rounding decides between clusters; fit it with X in float64`,
    );
  }
}

export const kMeans: Converter = {
  classNames: ['sklearn.cluster._kmeans.KMeans', 'sklearn.cluster._kmeans.MiniBatchKMeans'],
  reads: ['cluster_centers_'],

  predict(estimator, input, { graph }) {
    refuseSingle(estimator);
    const width = input.columns.length;
    const count = estimator.finite('cluster_centers_', 2).shape[0]!;
    if (count === 0) throw estimator.damaged('cluster_centers_ is empty');
    const centres = shaped(estimator, 'cluster_centers_', [count, width]);
    refuseMissing(input);
    // |x - c|^2 without |x|^2, which is the same for all: this is how scikit-learn compares, so ties come out alike
    const norms = Float64Array.from({ length: count }, (_, i) =>
      centres.subarray(i * width, (i + 1) * width).reduce((sum, value) => sum + value * value, 0),
    );
    const products = graph.matmul(
      input.value,
      graph.doubles(
        transpose(centres, count, width).map((value) => 2 * value),
        [width, count],
      ),
    );
    const nearness = graph.subtract(products, graph.doubles(norms));
    return { outputs: { predict: { value: graph.argmax(nearness), width: 1 } }, computeClass: 'scalar' };
  },
};
