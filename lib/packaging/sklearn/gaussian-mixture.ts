/**
 * `sklearn.mixture.GaussianMixture`: the component that a row most likely comes from. The labels are the numbers
 * of the components.
 */
import type { GraphBuilder, Value } from '../onnx';
import type { Converter } from './converter';
import type { Estimator } from './estimator';
import { type Features, refuseMissing } from './features';
import { transpose } from './linear-score';
import { shaped } from './parameters';

interface Mixture {
  readonly input: Value<'float64'>;
  /** Components and columns. */
  readonly count: number;
  readonly width: number;
  readonly means: Float64Array;
}

/** Squared Mahalanobis distances to the components, shape `[rows, count]`, and half the logarithms of the precisions' determinants. */
interface Densities {
  readonly distances: Value<'float64'>;
  readonly determinants: readonly number[];
}

/** A Cholesky factor of the precision for each component, shape `[count, width, width]`, or one for all of them. */
function withMatrices(factors: Float64Array, shared: boolean, mixture: Mixture, graph: GraphBuilder): Densities {
  const { input, count, width, means } = mixture;
  const size = width * width;
  const each = Array.from({ length: count }, (_, k) => {
    const factor = shared ? factors : factors.subarray(k * size, (k + 1) * size);
    const centre = Float64Array.from({ length: width }, (_, column) => {
      let sum = 0;
      for (let row = 0; row < width; row++) sum += means[k * width + row]! * factor[row * width + column]!;
      return sum;
    });
    const whitened = graph.subtract(graph.matmul(input, graph.doubles(factor, [width, width])), graph.doubles(centre));
    let determinant = 0;
    for (let i = 0; i < width; i++) determinant += Math.log(factor[i * width + i]!);
    return { distance: graph.sum(graph.multiply(whitened, whitened), 1, true), determinant };
  });
  return {
    distances: graph.concat(
      each.map(({ distance }) => distance),
      1,
    ),
    determinants: each.map(({ determinant }) => determinant),
  };
}

/** Roots of the precisions of each column, shape `[count, width]`. */
function withColumns(roots: Float64Array, mixture: Mixture, graph: GraphBuilder): Densities {
  const { input, count, width, means } = mixture;
  const precisions = roots.map((root) => root * root);
  const of = (values: Float64Array) => graph.doubles(transpose(values, count, width), [width, count]);
  const weighted = means.map((mean, i) => mean * precisions[i]!);
  const rows = Array.from({ length: count }, (_, k) => [k * width, (k + 1) * width] as const);
  const constant = rows.map(([from, to]) => {
    let sum = 0;
    for (let i = from; i < to; i++) sum += means[i]! * weighted[i]!;
    return sum;
  });
  const mixed = graph.matmul(input, of(weighted.map((value) => 2 * value)));
  const squares = graph.matmul(graph.multiply(input, input), of(precisions));
  return {
    // the order of scikit-learn, which shows where means are far from 0
    distances: graph.add(graph.subtract(graph.doubles(constant), mixed), squares),
    determinants: rows.map(([from, to]) => roots.subarray(from, to).reduce((sum, root) => sum + Math.log(root), 0)),
  };
}

function densities(estimator: Estimator, mixture: Mixture, graph: GraphBuilder): Densities {
  const { count, width } = mixture;
  const name = 'precisions_cholesky_';
  switch (
    estimator.option(
      'covariance_type',
      ['full', 'tied', 'diag', 'spherical'],
      'use "full", "tied", "diag" or "spherical"',
    )
  ) {
    case 'full':
      return withMatrices(shaped(estimator, name, [count, width, width]), false, mixture, graph);
    case 'tied':
      return withMatrices(shaped(estimator, name, [width, width]), true, mixture, graph);
    case 'diag':
      return withColumns(shaped(estimator, name, [count, width]), mixture, graph);
    default: {
      const roots = shaped(estimator, name, [count]);
      const each = Float64Array.from({ length: count * width }, (_, i) => roots[Math.floor(i / width)]!);
      return withColumns(each, mixture, graph);
    }
  }
}

function logLikelihood(estimator: Estimator, input: Features, graph: GraphBuilder): [Value<'float64'>, number] {
  const width = input.columns.length;
  const count = estimator.finite('means_', 2).shape[0]!;
  if (count === 0) throw estimator.damaged('means_ is empty');
  const means = shaped(estimator, 'means_', [count, width]);
  const weights = shaped(estimator, 'weights_', [count]);
  const { distances, determinants } = densities(estimator, { input: input.value, count, width, means }, graph);
  const density = graph.multiply(
    graph.add(distances, graph.doubles([width * Math.log(2 * Math.PI)])),
    graph.doubles([-0.5]),
  );
  const logWeights = graph.doubles(weights.map(Math.log));
  return [graph.add(graph.add(density, graph.doubles(determinants)), logWeights), count];
}

export const gaussianMixture: Converter = {
  classNames: ['sklearn.mixture._gaussian_mixture.GaussianMixture'],
  reads: ['covariance_type', 'weights_', 'means_', 'precisions_cholesky_'],

  predict(estimator, input, { graph }) {
    refuseMissing(input);
    const [likelihood, count] = logLikelihood(estimator, input, graph);
    return {
      outputs: {
        predict: { value: graph.argmax(likelihood), width: 1 },
        predict_proba: {
          value: count === 1 ? graph.reshape(graph.softmax(likelihood), [-1]) : graph.softmax(likelihood),
          width: count,
        },
      },
      classes: Array.from({ length: count }, (_, i) => i),
      computeClass: 'scalar',
    };
  },
};
