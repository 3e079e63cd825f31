/**
 * `sklearn.neighbors.NearestCentroid`: the class whose centroid is nearest.
 *
 * Since 1.6 there are priors, and scores and probabilities that take the spread of each column into account: with c the
 * centroid of a class, `2 log(class_prior_) - |(x - c) / within_class_std_dev_|^2` and the softmax of these.
 * With equal priors the label still comes from the plain distances, and may be another than the largest score's.
 */
import { UNDECIDED } from '../../../model/rows/undecided-row';
import { classesOf } from '../../estimator/classes';
import type { Converter, Output } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { type Features, refuseMissing } from '../../estimator/features';
import { shaped } from '../../estimator/parameters';
import { testedVersion } from '../../estimator/version';
import { distances, type Points, productRounding } from '../../graph-parts/distance';
import { transpose } from '../../graph-parts/linear-score';
import { largest } from '../../graph-parts/probability';
import { decided, leftToNoise } from '../../graph-parts/undecided';
import type { GraphBuilder, Value } from '../../onnx';

/** numpy's `isclose`. */
function isClose(value: number, to: number): boolean {
  return Math.abs(value - to) <= 1e-8 + 1e-5 * Math.abs(to);
}

/** Discriminant scores, shape `[rows, classes]`. */
function scores(
  graph: GraphBuilder,
  estimator: Estimator,
  input: Features,
  { centroids, priors }: { readonly centroids: Points; readonly priors: Float64Array },
): Value<'float64'> {
  const { width } = centroids;
  const spread = shaped(estimator, 'within_class_std_dev_', [width]).map((deviation) => deviation || 1);
  const scaled = centroids.values.map((value, i) => value / spread[i % width]!);
  const rows = graph.divide(input.value, graph.doubles(spread));
  const distance = distances(graph, rows, { ...centroids, values: scaled }, { metric: 'squared-euclidean' });
  const score = graph.add(graph.negate(distance), graph.doubles(priors.map((prior) => 2 * Math.log(prior))));
  // scikit-learn has these distances from products of matrices
  const squares = graph.add(graph.sum(graph.multiply(rows, rows), 1, true), graph.doubles(squaresOf(scaled, width)));
  const noise = graph.multiply(squares, graph.doubles([productRounding(width)]));
  return decided(graph, leftToNoise(graph, score, noise), score, UNDECIDED.component);
}

/** The sum of squares of each row of a matrix. */
function squaresOf(matrix: Float64Array, width: number): Float64Array {
  return Float64Array.from({ length: matrix.length / width }, (_, row) =>
    matrix.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + value * value, 0),
  );
}

/** Squares of rows that are this many times those of the centroids are far away. */
const FAR = 1e8;

/**
 * Rows so far away that rounding decides between the two nearest: whether scikit-learn leaves out what is the same for
 * all centroids depends on how it is called. Shape `[rows, 1]`.
 *
 * @param own squares of the rows, shape `[rows, 1]`
 * @param near how near each centroid is, shape `[rows, classes]`
 * @param norms squares of the centroids
 */
function farRows(
  graph: GraphBuilder,
  { own, near }: Record<'own' | 'near', Value<'float64'>>,
  norms: Float64Array,
  width: number,
): Value<'bool'> {
  const far = graph.node('Not', [graph.less(own, graph.doubles([FAR * Math.max(...norms, 1e-300)]))], 'bool');
  const [best] = graph.topK(near, 2, 'largest');
  const [first, second] = [0, 1].map((i) => graph.node('Gather', [best, graph.integers([i])], 'float64', { axis: 1 }));
  const noise = graph.multiply(own, graph.doubles([productRounding(width)]));
  const clear = graph.greater(graph.subtract(first!, second!), noise);
  return graph.node('And', [far, graph.node('Not', [clear], 'bool')], 'bool');
}

/**
 * How near each centroid is, shape `[rows, classes]`, by what scikit-learn compares: rounding decides alike then, as
 * it does for rows that are far away from all of them.
 */
function nearness(
  graph: GraphBuilder,
  input: Value<'float64'>,
  { values: centroids, count, width }: Points,
  minor: number,
): Value<'float64'> {
  const products = graph.matmul(
    input,
    graph.doubles(
      transpose(centroids, count, width).map((value) => 2 * value),
      [width, count],
    ),
  );
  const norms = squaresOf(centroids, width);
  const squares = graph.doubles(norms);
  const own = graph.sum(graph.multiply(input, input), 1, true);
  const far = farRows(graph, { own, near: graph.subtract(products, squares) }, norms, width);
  if (minor >= 3) return decided(graph, far, graph.subtract(products, squares), UNDECIDED.component);
  const distance = graph.add(graph.subtract(own, products), squares);
  const root = graph.node('Sqrt', [graph.node('Max', [distance, graph.doubles([0])], 'float64')], 'float64');
  return decided(graph, far, graph.negate(root), UNDECIDED.component);
}

export const nearestCentroid: Converter = {
  classNames: ['sklearn.neighbors._nearest_centroid.NearestCentroid'],
  reads: ['metric', 'centroids_', 'class_prior_', 'within_class_std_dev_'],

  predict(estimator, input, { graph }) {
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const width = input.columns.length;
    const metric = estimator.option('metric', ['euclidean', 'manhattan'], 'use "euclidean" or "manhattan"');
    const centroids = { values: shaped(estimator, 'centroids_', [count, width]), count, width };
    refuseMissing(input);
    const { minor } = testedVersion(estimator);
    const plain = () =>
      metric === 'euclidean'
        ? nearness(graph, input.value, centroids, minor)
        : graph.negate(distances(graph, input.value, centroids, { metric, inOrder: true }));
    const shared = { classes: classes.labels, computeClass: 'scalar' } as const;
    if (minor < 6) return { outputs: { predict: largest(graph, classes, plain()) }, ...shared };

    const priors = shaped(estimator, 'class_prior_', [count]);
    const equal = priors.every((prior) => isClose(prior, 1 / count));
    if (metric === 'manhattan') {
      if (!equal) {
        throw estimator.unsupported(
          `(${estimator.className}) has priors with metric=manhattan, which is not converted; use metric="euclidean" or equal priors`,
        );
      }
      return { outputs: { predict: largest(graph, classes, plain()) }, ...shared };
    }
    const score = scores(graph, estimator, input, { centroids, priors });
    const decision: Output =
      count === 2
        ? { value: graph.reshape(graph.matmul(score, graph.doubles([-1, 1], [2, 1])), [-1]), width: 1 }
        : { value: score, width: count };
    return {
      outputs: {
        predict: largest(graph, classes, equal ? plain() : score),
        predict_proba: { value: graph.softmax(score), width: count },
        decision_function: decision,
      },
      ...shared,
    };
  },
};
