/**
 * `sklearn.impute.KNNImputer`: a missing value becomes the mean of the nearest training rows that have one.
 *
 * How far two rows are apart is told from the columns that both have. scikit-learn takes that from products of
 * matrices, so that its choice between neighbours about as far away is one of rounding: where the answer depends on
 * such a choice for rows like those of training the model is refused, or a missing value in a column that had none in
 * training; and where it does for a row of a request, that row is.
 *
 * Source: `KNNImputer.transform` and `nan_euclidean_distances` of scikit-learn.
 */
import { UNDECIDED } from '../../../model/rows/undecided-row';
import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { type Features, gatherColumns, limitMagnitude, numericFeatures } from '../../estimator/features';
import { testedVersion } from '../../estimator/version';
import { decided } from '../../graph-parts/undecided';
import { limitError, NumpyArray } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';
import { type Distances, distancesTo } from './imputer-distances';
import { type Donors, dependsOnRounding } from './imputer-ties';
import { withIndicators } from './missing-indicator';
import { filledColumn, type MissingValue, missingMask, missingValueOf } from './missing-values';

/** Columns, by columns, by training rows: what is gone through here. A second of it, and more than a request has time for. */
const MAXIMUM_EFFORT = 5e8;

/** Squares of it, and their sum, are finite. */
const LARGEST = 1e150;

function donorsOf(imputer: Estimator, width: number): Donors {
  const { values, shape } = imputer.numbers('_fit_X', 2);
  const [count = 0, columns = 0] = shape;
  const mask = imputer.fitted('_mask_fit_X');
  if (columns !== width || count === 0) {
    throw imputer.damaged(`_fit_X has shape ${shape.join(' x ')}, and ${width} columns come in`);
  }
  if (!(mask instanceof NumpyArray) || !mask.isNumeric || mask.shape.join() !== shape.join()) {
    throw imputer.damaged('_mask_fit_X is not of the shape of _fit_X');
  }
  const missing = mask.numbers();
  if (width * width * count > MAXIMUM_EFFORT) {
    throw limitError(
      imputer.file,
      `has a KNNImputer of ${width} columns and ${count} rows`,
      '5e8 columns x columns x rows',
    );
  }
  const known = Uint8Array.from(missing, (flag, i) => (flag === 0 && !Number.isNaN(values[i]) ? 1 : 0));
  const neighbours = imputer.integer('n_neighbors');
  if (neighbours < 1) throw imputer.damaged(`n_neighbors is ${neighbours}`);
  return { values: values.map((value, i) => (known[i] ? value : 0)), known, count, width, neighbours };
}

/** What is put into one column, shape `[rows, 1]`, and for each row whether rounding would decide it. */
interface Imputed {
  readonly value: Value<'float64'>;
  readonly undecided: Value<'bool'>;
}

/** @param countsAll whether rows without a column in common count beside others, which they do until 1.5 */
function imputed(
  graph: GraphBuilder,
  donors: Donors,
  column: number,
  { distances, countsAll }: { readonly distances: Distances; readonly countsAll: boolean },
): Imputed {
  const { values, known, count, width, neighbours } = donors;
  const rows = Array.from({ length: count }, (_, row) => row).filter((row) => known[row * width + column]);
  const own = rows.map((row) => values[row * width + column]!);
  const infinity = graph.doubles([Number.POSITIVE_INFINITY]);
  const mean = graph.doubles([own.reduce((sum, value) => sum + value, 0) / own.length]);
  const distance = gatherColumns(graph, distances.value, rows, count);
  const wanted = Math.min(neighbours, rows.length);
  const [nearest, indices] = graph.topK(distance, wanted, 'smallest');
  const near = graph.cast(graph.less(nearest, infinity), 'float64');
  const given = graph.gather(graph.doubles(own), indices);
  const none = graph.less(graph.sum(near, 1, true), graph.doubles([0.5]));
  const weight = countsAll ? graph.add(graph.multiply(near, graph.doubles([0])), graph.doubles([1])) : near;
  const total = graph.sum(graph.multiply(weight, given), 1, true);

  // as `isTie` has it, for a row of a request
  const margin = gatherColumns(graph, distances.margin, rows, count);
  const last = gatherColumns(graph, nearest, [wanted - 1], wanted);
  const beyond = graph.greater(distance, graph.add(last, margin));
  const before = graph.less(distance, graph.subtract(last, margin));
  const untied = graph.node('Or', [beyond, before], 'bool');
  const within = graph.sum(graph.cast(graph.node('Not', [beyond], 'bool'), 'float64'), 1, true);
  const least = graph.where(untied, infinity, graph.doubles(own, [1, own.length]));
  const most = graph.where(untied, graph.doubles([Number.NEGATIVE_INFINITY]), graph.doubles(own, [1, own.length]));
  const lowest = graph.negate(graph.max(graph.negate(least), 1, true));
  const conditions = [
    graph.less(last, infinity), // otherwise all that have a column in common count
    graph.greater(within, graph.doubles([neighbours + 0.5])),
    graph.less(lowest, graph.max(most, 1, true)),
  ];
  return {
    value: graph.where(none, mean, graph.divide(total, graph.sum(weight, 1, true))),
    undecided: conditions.reduce((all, condition) => graph.node('And', [all, condition], 'bool')),
  };
}

/** Columns that had no missing value in training accept none where rounding would decide the answer. */
function refuseTies(imputer: Estimator, donors: Donors, input: Features, missing: MissingValue): void {
  const { known, width } = donors;
  for (const column of dependsOnRounding(donors)) {
    const whole = known.every((flag, i) => flag === 1 || i % width !== column);
    const { name, refuseMissing, refuseNumber } = input.columns[column]!;
    const value = 'value' in missing ? missing.value : undefined;
    if (whole && value === undefined) {
      refuseMissing();
      continue;
    }
    if (whole && typeof value === 'number' && refuseNumber(value)) continue;
    throw imputer.unsupported(
      `(${imputer.className}) has to choose, for missing values of "${name}", among neighbours that are about as far away and have other values; scikit-learn's choice is one of rounding, so it cannot be repeated. Ways out: fit it on data that are scaled and not rounded, or with another n_neighbors, or use IterativeImputer or SimpleImputer`,
    );
  }
}

/** Which of the rows without a column in common count until 1.5 is left to chance where not all of them do. */
function refuseStrangers(imputer: Estimator, { known, count, width, neighbours }: Donors, input: Features): void {
  const both = (one: number, other: number) => {
    let sum = 0;
    for (let row = 0; row < count; row++) sum += known[row * width + one]! * known[row * width + other]!;
    return sum;
  };
  for (let column = 0; column < width; column++) {
    const all = both(column, column);
    for (let other = 0; other < width && all > neighbours; other++) {
      const common = both(column, other);
      if (common === 0 || common >= neighbours) continue;
      throw imputer.unsupported(
        `(${imputer.className}) has ${common} rows with both "${input.columns[column]!.name}" and "${input.columns[other]!.name}", fewer than n_neighbors=${neighbours}, where scikit-learn before 1.6 also counts rows that have nothing in common; fit it with scikit-learn 1.6 or newer, or with fewer neighbours`,
      );
    }
  }
}

export const knnImputer: Converter = {
  classNames: ['sklearn.impute._knn.KNNImputer'],
  reads: [...['_fit_X', '_mask_fit_X', 'n_neighbors', 'weights', 'metric']],

  transform(imputer, input, { graph }) {
    const width = input.columns.length;
    const donors = donorsOf(imputer, width);
    const all = Array.from({ length: width }, (_, column) => column);
    if (all.some((column) => donors.known.every((flag, i) => flag === 0 || i % width !== column))) {
      throw imputer.unsupported(
        `(${imputer.className}) was fitted with a column that had no values at all, which is not converted; fit it without that column`,
      );
    }
    imputer.option('metric', ['nan_euclidean'], 'use "nan_euclidean"');
    const remedy = 'scikit-learn rounds these distances, and their inverse is then noise: use weights="uniform"';
    imputer.option('weights', ['uniform'], remedy);
    const missing = missingValueOf(imputer, input);
    const countsAll = testedVersion(imputer).minor < 6;
    if (countsAll) refuseStrangers(imputer, donors, input);
    refuseTies(imputer, donors, input, missing);
    const { value } = input;
    limitMagnitude(input, LARGEST);
    const mask = missingMask(graph, input, missing).numbers!;
    const filled = graph.where(mask, graph.doubles([0]), value);
    const present = graph.subtract(graph.doubles([1]), graph.cast(mask, 'float64'));
    const distances = distancesTo(graph, donors, filled, present);
    const columns = all.map((column) => imputed(graph, donors, column, { distances, countsAll }));
    const side = <T extends 'float64' | 'bool'>(of: (column: Imputed) => Value<T>) => graph.concat(columns.map(of), 1);
    const undecided = graph.node('And', [side((column) => column.undecided), mask], 'bool');
    const replacements = decided(
      graph,
      undecided,
      side((column) => column.value),
      UNDECIDED.imputed,
    );
    const result = numericFeatures(graph.where(mask, replacements, value), input.columns.map(filledColumn));
    return withIndicators(graph, imputer, input, { imputed: result, mask: { numbers: mask } });
  },
};
