/**
 * `sklearn.mixture.GaussianMixture` and `BayesianGaussianMixture`: the component that a row most likely comes from. The
 * labels are the numbers of the components.
 *
 * With m the mean of a component and L the Cholesky factor of its precision, the logarithm of its likelihood is
 *
 *     -(|(x - m) @ L|^2 + width * log(2 pi)) / 2 + log(det L) + log(weight)
 *
 * Probabilities are the softmax over the components. A Bayesian mixture has expectations in the place of log(weight).
 */
import { UNDECIDED } from '../../../model/rows/undecided-row';
import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { type Features, refuseMissing } from '../../estimator/features';
import { shaped, shapedList } from '../../estimator/parameters';
import { digamma } from '../../graph-parts/digamma';
import { productRounding } from '../../graph-parts/distance';
import { transpose } from '../../graph-parts/linear-score';
import { decided, leftToNoise } from '../../graph-parts/undecided';
import type { GraphBuilder, Value } from '../../onnx';

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
  /** What is added up for them, of the same shape: it has their rounding. */
  readonly terms: Value<'float64'>;
  readonly determinants: readonly number[];
}

/** A Cholesky factor of the precision for each component, shape `[count, width, width]`, or one for all of them. */
function withMatrices(graph: GraphBuilder, factors: Float64Array, shared: boolean, mixture: Mixture): Densities {
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
  const distances = graph.concat(
    each.map(({ distance }) => distance),
    1,
  );
  return {
    distances,
    terms: distances,
    determinants: each.map(({ determinant }) => determinant),
  };
}

/** Roots of the precisions of each column, shape `[count, width]`. */
function withColumns(graph: GraphBuilder, roots: Float64Array, mixture: Mixture): Densities {
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
    terms: squares,
    determinants: rows.map(([from, to]) => roots.subarray(from, to).reduce((sum, root) => sum + Math.log(root), 0)),
  };
}

function densities(graph: GraphBuilder, estimator: Estimator, mixture: Mixture): Densities {
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
      return withMatrices(graph, shaped(estimator, name, [count, width, width]), false, mixture);
    case 'tied':
      return withMatrices(graph, shaped(estimator, name, [width, width]), true, mixture);
    case 'diag':
      return withColumns(graph, shaped(estimator, name, [count, width]), mixture);
    default: {
      const roots = shaped(estimator, name, [count]);
      const each = Float64Array.from({ length: count * width }, (_, i) => roots[Math.floor(i / width)]!);
      return withColumns(graph, each, mixture);
    }
  }
}

/** What a component's likelihood begins with: the logarithm of its weight, and for a Bayesian mixture what it expects of its precision. */
type Offsets = (estimator: Estimator, count: number, width: number) => Float64Array;

function logLikelihood(
  graph: GraphBuilder,
  estimator: Estimator,
  input: Features,
  offsetsOf: Offsets,
): [Value<'float64'>, number] {
  const width = input.columns.length;
  const count = estimator.finite('means_', 2).shape[0]!;
  if (count === 0) throw estimator.damaged('means_ is empty');
  const means = shaped(estimator, 'means_', [count, width]);
  const { distances, terms, determinants } = densities(graph, estimator, { input: input.value, count, width, means });
  const density = graph.multiply(
    graph.add(distances, graph.doubles([width * Math.log(2 * Math.PI)])),
    graph.doubles([-0.5]),
  );
  const offsets = graph.doubles(offsetsOf(estimator, count, width));
  const likelihood = graph.add(graph.add(density, graph.doubles(determinants)), offsets);
  if (count === 1) return [likelihood, count];
  const noise = graph.multiply(terms, graph.doubles([productRounding(width)]));
  return [decided(graph, leftToNoise(graph, likelihood, noise), likelihood, UNDECIDED.component), count];
}

const logWeights: Offsets = (estimator, count) => shaped(estimator, 'weights_', [count]).map(Math.log);

/** Expectations under the posterior of weights and precisions. */
const expectedLogWeights: Offsets = (estimator, count, width) => {
  // one for all components when they share a covariance
  const shared = typeof estimator.get('degrees_of_freedom_') === 'number';
  const freedom = shared
    ? new Float64Array(count).fill(estimator.number('degrees_of_freedom_'))
    : shaped(estimator, 'degrees_of_freedom_', [count]);
  const meanPrecision = shaped(estimator, 'mean_precision_', [count]);
  const weights = stickBreaking(estimator, count) ?? dirichlet(estimator, count);
  return weights.map((weight, k) => {
    let precision = width * Math.LN2;
    for (let column = 0; column < width; column++) precision += digamma((freedom[k]! - column) / 2);
    return weight + (precision - width / meanPrecision[k]! - width * Math.log(freedom[k]!)) / 2;
  });
};

function stickBreaking(estimator: Estimator, count: number): Float64Array | undefined {
  if (estimator.get('weight_concentration_prior_type') !== 'dirichlet_process') return undefined;
  const [first, second] = shapedList(estimator, 'weight_concentration_', [[count], [count]]);
  let left = 0; // of the stick, as a logarithm
  return first!.map((share, k) => {
    const total = digamma(share + second![k]!);
    const weight = digamma(share) - total + left;
    left += digamma(second![k]!) - total;
    return weight;
  });
}

function dirichlet(estimator: Estimator, count: number): Float64Array {
  const concentration = shaped(estimator, 'weight_concentration_', [count]);
  const total = digamma(concentration.reduce((sum, value) => sum + value, 0));
  return concentration.map((value) => digamma(value) - total);
}

function mixture(className: string, reads: readonly string[], offsetsOf: Offsets): Converter {
  return {
    classNames: [className],
    reads: ['covariance_type', 'means_', 'precisions_cholesky_', ...reads],

    predict(estimator, input, { graph }) {
      refuseMissing(input);
      const [likelihood, count] = logLikelihood(graph, estimator, input, offsetsOf);
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
}

export const gaussianMixture = mixture('sklearn.mixture._gaussian_mixture.GaussianMixture', ['weights_'], logWeights);

export const bayesianMixture = mixture(
  'sklearn.mixture._bayesian_mixture.BayesianGaussianMixture',
  ['weight_concentration_prior_type', 'weight_concentration_', 'degrees_of_freedom_', 'mean_precision_'],
  expectedLogWeights,
);
