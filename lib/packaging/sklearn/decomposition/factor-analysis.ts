/**
 * `sklearn.decomposition.FactorAnalysis`: the factors that a row is expected to have, given its values and their noise.
 *
 *     (X - mean_) @ V' @ inverse(I + V @ components_'), V = components_ / noise_variance_
 */
import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { computedColumn, numericFeatures, refuseMissing } from '../../estimator/features';
import { shaped } from '../../estimator/parameters';

/** The inverse of a symmetric, positive definite matrix, by elimination, which needs no pivots there. */
function inverse(matrix: Float64Array, size: number, estimator: Estimator): Float64Array {
  const left = matrix.slice();
  const right = new Float64Array(size * size);
  for (let i = 0; i < size; i++) right[i * size + i] = 1;
  for (let pivot = 0; pivot < size; pivot++) {
    const by = left[pivot * size + pivot]!;
    if (!(by > 0)) throw estimator.damaged('its factors have no covariance');
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue;
      const factor = left[row * size + pivot]! / by;
      for (let column = 0; column < size; column++) {
        left[row * size + column]! -= factor * left[pivot * size + column]!;
        right[row * size + column]! -= factor * right[pivot * size + column]!;
      }
    }
  }
  return right.map((value, i) => value / left[Math.floor(i / size) * (size + 1)]!);
}

/** More than anybody has: the inverse takes the cube of it. */
const MAXIMUM_FACTORS = 1000;

export const factorAnalysis: Converter = {
  classNames: ['sklearn.decomposition._factor_analysis.FactorAnalysis'],
  reads: ['components_', 'mean_', 'noise_variance_'],

  transform(estimator, input, { graph }) {
    refuseMissing(input);
    const width = input.columns.length;
    const count = estimator.finite('components_', 2).shape[0]!;
    if (count === 0 || count > MAXIMUM_FACTORS) {
      throw estimator.unsupported(
        `(${estimator.className}) has ${count} factors; from 1 to ${MAXIMUM_FACTORS} are converted`,
      );
    }
    const components = shaped(estimator, 'components_', [count, width]);
    const noise = shaped(estimator, 'noise_variance_', [width]);
    const mean = shaped(estimator, 'mean_', [width]);
    if (!noise.every((variance) => variance > 0)) throw estimator.damaged('noise_variance_ has a 0 in it');
    const weights = components.map((value, i) => value / noise[i % width]!); // [count, width]
    const transposed = Float64Array.from(
      { length: width * count },
      (_, i) => weights[(i % count) * width + Math.floor(i / count)]!,
    );
    const precision = new Float64Array(count * count);
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < count; column++) {
        let sum = row === column ? 1 : 0;
        for (let i = 0; i < width; i++) sum += weights[row * width + i]! * components[column * width + i]!;
        precision[row * count + column] = sum;
      }
    }
    const covariance = graph.doubles(inverse(precision, count, estimator), [count, count]);
    const centred = graph.subtract(input.value, graph.doubles(mean));
    const factors = graph.matmul(graph.matmul(centred, graph.doubles(transposed, [width, count])), covariance);
    const column = computedColumn(input.columns, (maximum) => Math.sqrt(Math.sqrt(maximum)));
    return numericFeatures(factors, new Array(count).fill(column));
  },
};
