/**
 * `sklearn.neighbors.KNeighborsClassifier` and `KNeighborsRegressor`: what the nearest training rows say.
 *
 * With y_i what the i-th nearest says, one-hot for a class, and w_i = 1, or 1 / distance with weights="distance" (of
 * rows at distance 0, if there are some, each 1 and all others 0):
 *
 *     (w_1 y_1 + ... + w_k y_k) / (w_1 + ... + w_k)
 *
 * In the graph: all distances, TopK of them, a Gather of y by the indices, and sums over the neighbours.
 *
 * All training rows are in the graph, and all distances are computed, whatever search structure the model was
 * fitted with: a structure only finds the same rows faster. Where the answers depend on the choice among rows at the
 * same distance the model or the row is refused, see `neighbor-ties.ts`.
 */

import { classesOf } from '../../estimator/classes';
import type { Converter } from '../../estimator/converter';
import type { Estimator, Reader } from '../../estimator/estimator';
import { type Features, refuseMissing } from '../../estimator/features';
import { limitNumbers, shaped } from '../../estimator/parameters';
import { testedVersion } from '../../estimator/version';
import { distances, type Metric } from '../../graph-parts/distance';
import { largest } from '../../graph-parts/probability';
import { NumpyArray } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';
import { countTies, decidedNeighbours, numbered, type TrainingRows } from './neighbor-ties';

const METRICS: Readonly<Record<string, Metric>> = {
  euclidean: 'squared-euclidean',
  l2: 'squared-euclidean',
  manhattan: 'manhattan',
  cityblock: 'manhattan',
  l1: 'manhattan',
  chebyshev: 'chebyshev',
};

interface Neighbours {
  /** Indices of training rows, shape `[rows, neighbours]`. */
  readonly indices: Value<'int64'>;
  /** How much each counts, shape `[rows, neighbours]`; undefined when all count the same. */
  readonly weights: Value<'float64'> | undefined;
  readonly count: number;
}

const NEAREST_ROWS: Reader = { reads: ['_fit_X', '_fit_method', 'metric_params', 'effective_metric_', 'p'] };
const NEAREST: Reader = { reads: ['n_neighbors', 'weights'] };

/** @param answers training rows with the same number answer alike */
function nearest(graph: GraphBuilder, model: Estimator, input: Features, answers: ArrayLike<number>): Neighbours {
  const estimator = model.readBy(NEAREST);
  const weighting = estimator.get('weights') === null ? 'uniform' : weightingOf(estimator);
  const count = estimator.integer('n_neighbors');
  if (weighting === 'distance') refuseRoundedDistances(estimator, 'weights=distance');
  const { indices, distance } = nearestRows(graph, estimator, input, { count, answers });
  return { indices, weights: weighting === 'uniform' ? undefined : inverse(graph, distance()), count };
}

/**
 * Indices of the nearest training rows, shape `[rows, count]`, and how far away these are.
 *
 * @param answers training rows with the same number answer alike
 */
export function nearestRows(
  graph: GraphBuilder,
  model: Estimator,
  input: Features,
  { count, answers }: { readonly count: number; readonly answers: ArrayLike<number> },
): { readonly indices: Value<'int64'>; readonly distance: () => Value<'float64'> } {
  const estimator = model.readBy(NEAREST_ROWS);
  const metric = METRICS[metricOf(estimator)]!;
  const width = input.columns.length;
  const rows = trainingRows(estimator);
  const values = shaped(estimator, '_fit_X', [rows, width]);
  if (count < 1 || count > rows) {
    throw estimator.unsupported(
      `(${estimator.className}) has n_neighbors=${count} and ${rows} training rows, with which scikit-learn does not predict; use from 1 to ${rows}`,
    );
  }
  const products = metric === 'squared-euclidean' && estimator.get('_fit_method') === 'brute';
  const training: TrainingRows = { values, count: rows, width, answers, products };
  const { ties } = estimator.versions;
  settleTies(estimator, training, count, metric);
  refuseMissing(input);
  const all = distances(graph, input.value, training, { metric, inOrder: true });
  const [distance, indices] = graph.topK(all, count, 'smallest');
  return {
    indices:
      ties === 'first'
        ? indices
        : decidedNeighbours(graph, training, input.value, { neighbours: count, indices, distance, all }),
    distance: () => (metric === 'squared-euclidean' ? graph.node('Sqrt', [distance], 'float64') : distance),
  };
}

/**
 * Until 1.2 brute force takes Euclidean distances from products of matrices. That of a row to itself is then
 * some 1e-8 instead of 0, and its inverse is noise.
 */
export function refuseRoundedDistances(model: Estimator, what: string): void {
  const estimator = model.readBy(NEAREST_ROWS);
  const squares = METRICS[metricOf(estimator)] === 'squared-euclidean';
  if (squares && estimator.get('_fit_method') === 'brute' && testedVersion(estimator).minor < 3) {
    throw estimator.unsupported(
      `(${estimator.className}) has ${what} with algorithm=brute, where scikit-learn before 1.3 rounds distances; fit it with algorithm="kd_tree", or with scikit-learn 1.3 or newer`,
    );
  }
}

/** How many there are. */
export function trainingRows(model: Estimator): number {
  const estimator = model.readBy(NEAREST_ROWS);
  if (!(estimator.fitted('_fit_X') instanceof NumpyArray)) {
    throw estimator.unsupported(`(${estimator.className}) was fitted with a sparse X; fit it with X.toarray()`);
  }
  return estimator.finite('_fit_X', 2).shape[0]!;
}

/** @throws SlipwayError E_UNSUPPORTED when rows that were tried have ties, unless the first of training is to count then */
function settleTies(estimator: Estimator, rows: TrainingRows, neighbours: number, metric: Metric): void {
  const { tried, ties } = countTies(rows, neighbours, metric);
  if (ties === 0) return;
  const share = `${ties} of ${tried} rows that were tried (${((100 * ties) / tried).toPrecision(2)} %)`;
  if (estimator.versions.ties === 'first') {
    estimator.versions.warn(
      `${estimator.className} has to choose, for ${share}, among neighbours that are equally far away and answer differently: the first of training count, where scikit-learn's choice may be another`,
    );
    return;
  }
  throw estimator.unsupported(
    `(${estimator.className}) has to choose, for ${share}, among neighbours that are equally far away and answer differently; scikit-learn's choice depends on its search and on its threads, so it cannot be repeated. Ways out: fit it with another n_neighbors or on data that are not rounded, or use another estimator; or give --ties first, with which the first of training count, and golden rows`,
  );
}

function weightingOf(estimator: Estimator): string {
  return estimator.option('weights', ['uniform', 'distance'], 'use "uniform" or "distance"');
}

function metricOf(estimator: Estimator): string {
  const remedy = 'use metric="minkowski" with p=1 or p=2, "euclidean", "manhattan" or "chebyshev"';
  const parameters = estimator.get('metric_params') ?? null;
  if (parameters !== null && !(parameters instanceof Map && parameters.size === 0)) {
    throw estimator.unsupported(`(${estimator.className}) has metric_params, which are not converted; leave them out`);
  }
  const metric = estimator.option('effective_metric_', [...Object.keys(METRICS), 'minkowski'], remedy);
  if (metric === 'minkowski') estimator.option('p', [], remedy); // p=1 and p=2 have names of their own
  return metric;
}

/** 1 / distance; in rows with a distance of 0, or one whose inverse is infinite, only those count. */
function inverse(graph: GraphBuilder, distance: Value<'float64'>): Value<'float64'> {
  const weights = graph.divide(graph.doubles([1]), distance);
  const infinite = graph.cast(graph.greater(weights, graph.doubles([Number.MAX_VALUE])), 'float64');
  const some = graph.greater(graph.max(infinite, 1, true), graph.doubles([0]));
  return graph.where(some, infinite, weights);
}

export const neighborsClassifier: Converter = {
  classNames: ['sklearn.neighbors._classification.KNeighborsClassifier'],
  reads: ['_y'],

  predict(estimator, input, { graph }) {
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const rows = trainingRows(estimator);
    const own = shaped(estimator, '_y', [rows]);
    if (!own.every((index) => Number.isInteger(index) && index >= 0 && index < count)) {
      throw estimator.damaged(`_y has an index of a class that is not one of ${count}`);
    }
    const neighbours = nearest(graph, estimator, input, own);
    limitNumbers(estimator, rows * count);
    const votes = new Float64Array(rows * count);
    own.forEach((index, row) => {
      votes[row * count + index] = 1;
    });
    const each = graph.gather(graph.doubles(votes, [rows, count]), neighbours.indices); // [rows, neighbours, classes]
    const weighted = neighbours.weights
      ? graph.multiply(each, graph.reshape(neighbours.weights, [-1, neighbours.count, 1]))
      : each;
    const sums = graph.sum(weighted, 1, false);
    return {
      outputs: {
        predict: largest(graph, classes, sums),
        predict_proba: { value: graph.divide(sums, graph.sum(sums, 1, true)), width: count },
      },
      classes: classes.labels,
      computeClass: 'scalar',
    };
  },
};

export const neighborsRegressor: Converter = {
  classNames: ['sklearn.neighbors._regression.KNeighborsRegressor'],
  reads: ['_y'],

  predict(estimator, input, { graph }) {
    const targets = estimator.fitted('_y');
    const axes = targets instanceof NumpyArray && targets.shape.length === 2 ? 2 : 1;
    const rows = trainingRows(estimator);
    const width = axes === 1 ? 1 : estimator.finite('_y', 2).shape[1]!;
    const own = shaped(estimator, '_y', axes === 1 ? [rows] : [rows, width]);
    const answers = numbered(rows, (row) => own.subarray(row * width, (row + 1) * width).join());
    const neighbours = nearest(graph, estimator, input, answers);
    const values = graph.doubles(own, [rows, width]);
    const each = graph.gather(values, neighbours.indices); // [rows, neighbours, outputs]
    let mean: Value<'float64'>;
    if (neighbours.weights) {
      const weighted = graph.multiply(each, graph.reshape(neighbours.weights, [-1, neighbours.count, 1]));
      mean = graph.divide(graph.sum(weighted, 1, false), graph.sum(neighbours.weights, 1, true));
    } else {
      mean = graph.divide(graph.sum(each, 1, false), graph.doubles([neighbours.count]));
    }
    return {
      outputs: { predict: { value: width === 1 ? graph.reshape(mean, [-1]) : mean, width } },
      computeClass: 'scalar',
    };
  },
};
