/** Projections onto components: `PCA` and its kin, `TruncatedSVD`, `FastICA` and random ones. */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { computedColumn } from '../../estimator/feature-column';
import { type Features, numericFeatures, refuseMissing, stored } from '../../estimator/features';
import { matrixOf } from '../../estimator/sparse-matrix';
import { trainedOn } from '../../estimator/trained-on';
import { testedVersion } from '../../estimator/version';
import { transpose } from '../../graph-parts/linear-score';
import type { Value } from '../../onnx';
import { perColumn } from '../scaling/standard-scaler';

interface Components {
  /** Shape `[columns, count]`, row-major: transposed, as a matrix product wants it. */
  readonly transposed: Float64Array;
  readonly count: number;
  /** For each component, the sum of its magnitudes. */
  readonly sums: readonly number[];
}

function componentsOf(estimator: Estimator, width: number): Components {
  const { values, shape } = matrixOf(estimator, 'components_'); // sparse of SparseRandomProjection
  const [count = 0, columns = 0] = shape;
  if (columns !== width || count === 0) {
    throw estimator.damaged(`components_ are ${count} of ${columns} columns, and ${width} come in`);
  }
  return componentsFrom(transpose(values, count, columns), count);
}

/** Components as they are multiplied with. @param transposed shape `[columns, count]`, row-major */
export function componentsFrom(transposed: Float64Array, count: number): Components {
  const sums = new Array<number>(count).fill(0);
  transposed.forEach((value, i) => {
    sums[i % count]! += Math.abs(value);
  });
  return { transposed, count, sums };
}

/** Keeps the rounding of the sums on the safe side. */
const SAFETY = 1 - 2 ** -20;

/**
 * Every component is computed from every column, so that one column stands for all of them.
 *
 * @param mean what is taken off each column first
 * @param scale what each component is divided by
 */
export function projectedFeatures(
  input: Features,
  value: Value<'float64'>,
  { sums, count }: Components,
  { mean, scale }: { readonly mean?: Float64Array | undefined; readonly scale?: Float64Array | undefined } = {},
): Features {
  const centre = mean?.reduce((largest, number) => Math.max(largest, Math.abs(number)), 0) ?? 0;
  const growth = sums.reduce((most, sum, i) => Math.max(most, sum / (scale?.[i] ?? 1)), Number.MIN_VALUE);
  const column = computedColumn(input.columns, (maximum) =>
    Math.max((maximum / growth - centre) * SAFETY, Number.MIN_VALUE),
  );
  return numericFeatures(value, new Array(count).fill(column));
}

/** What `whiten` divides by: standard deviations along the components. */
function deviations(estimator: Estimator, count: number): Float64Array {
  const { values } = estimator.finite('explained_variance_', 1);
  if (values.length !== count) throw estimator.damaged('explained_variance_ does not fit components_');
  const least = testedVersion(estimator).minor >= 5 ? Number.EPSILON : 0;
  const scale = values.map((variance) => Math.max(Math.sqrt(variance), least));
  if (!scale.every((deviation) => deviation > 0)) {
    throw estimator.unsupported(`(${estimator.className}) whitens a component without variance; fit fewer components`);
  }
  return scale;
}

export const pca: Converter = {
  classNames: ['sklearn.decomposition._pca.PCA', 'sklearn.decomposition._incremental_pca.IncrementalPCA'],
  reads: ['components_', 'mean_', 'whiten', 'explained_variance_'],

  transform(estimator, input, { graph }) {
    const { value } = input;
    const width = input.columns.length;
    const components = componentsOf(estimator, width);
    const { transposed, count } = components;
    const mean = (estimator.get('mean_') ?? null) === null ? undefined : perColumn(estimator, 'mean_', input);
    refuseMissing(input);
    const matrix = graph.doubles(transposed, [width, count]);
    let projected: Value<'float64'>;
    if (!mean) projected = graph.matmul(value, matrix);
    else if (testedVersion(estimator).minor < 5) {
      projected = graph.matmul(graph.subtract(value, graph.doubles(mean)), matrix);
    } else {
      // since 1.5 the mean is taken off behind the projection
      const shift = graph.matmul(graph.doubles(mean, [1, width]), matrix);
      projected = graph.subtract(graph.matmul(value, matrix), shift);
    }
    const scale = estimator.boolean('whiten') ? deviations(estimator, count) : undefined;
    if (scale) projected = graph.divide(projected, graph.doubles(scale));
    return projectedFeatures(input, projected, components, { mean, scale });
  },
};

export const truncatedSvd: Converter = {
  classNames: ['sklearn.decomposition._truncated_svd.TruncatedSVD'],
  reads: ['components_'],

  transform(estimator, input, { graph }) {
    const { value } = input;
    const components = componentsOf(estimator, input.columns.length);
    refuseMissing(input);
    const matrix = graph.doubles(components.transposed, [input.columns.length, components.count]);
    return projectedFeatures(input, graph.matmul(value, matrix), components);
  },
};

export const fastIca: Converter = {
  classNames: ['sklearn.decomposition._fastica.FastICA'],
  reads: ['components_', 'mean_', 'whiten'],

  transform(estimator, input, { graph }) {
    const { value } = input;
    const width = input.columns.length;
    const components = componentsOf(estimator, width);
    refuseMissing(input);
    const mean = estimator.get('whiten') === false ? undefined : perColumn(estimator, 'mean_', input);
    const centred = mean ? graph.subtract(value, graph.doubles(mean)) : value;
    const matrix = graph.doubles(components.transposed, [width, components.count]);
    return projectedFeatures(input, graph.matmul(centred, matrix), components, { mean });
  },
};

export const randomProjection: Converter = {
  classNames: [
    'sklearn.random_projection.GaussianRandomProjection',
    'sklearn.random_projection.SparseRandomProjection',
  ],
  reads: ['n_features_in_', 'components_', 'dense_output'],
  trainedOn: (estimator) =>
    estimator.get('n_features_in_') === undefined
      ? { width: matrixOf(estimator, 'components_').shape[1] }
      : trainedOn(estimator),

  transform(estimator, input, { graph }) {
    const { value } = input;
    const components = componentsOf(estimator, input.columns.length);
    refuseMissing(input);
    const matrix = graph.doubles(components.transposed, [input.columns.length, components.count]);
    const projected = projectedFeatures(input, graph.matmul(value, matrix), components);
    const sparse = input.sparse !== undefined && estimator.get('dense_output') === false;
    return stored(projected, sparse);
  },
};
