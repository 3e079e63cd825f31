/** Scores `X coef_' + intercept_`, which every linear model begins with. */

import type { Estimator, Reader } from '../estimator/estimator';
import type { Features } from '../estimator/features';
import { NumpyArray } from '../joblib';
import type { GraphBuilder, Value } from '../onnx';

interface LinearScores {
  /** Shape `[rows, outputs]`. */
  readonly value: Value<'float64'>;
  readonly outputs: number;
}

const LINEAR_SCORES: Reader = { reads: ['coef_', 'intercept_'] };

/**
 * Reads `coef_`, shape `[outputs, features]` or, for one output, `[features]`, and `intercept_`, one for each
 * output or one for all.
 *
 * @throws SlipwayError E_FORMAT when they do not fit each other or the features
 */
export function linearScores(graph: GraphBuilder, model: Estimator, input: Features): LinearScores {
  const estimator = model.readBy(LINEAR_SCORES);
  const coefficients = estimator.finite('coef_', axesOf(estimator, 'coef_') === 1 ? 1 : 2);
  const width = coefficients.shape.at(-1)!;
  const outputs = coefficients.shape.length === 1 ? 1 : coefficients.shape[0]!;
  if (width !== input.columns.length || outputs === 0) {
    throw estimator.damaged(
      `coef_ has shape ${coefficients.shape.join(' x ')}, and ${input.columns.length} columns come in`,
    );
  }
  warnOfCancellation(estimator, coefficients.values);
  const intercepts = interceptsOf(estimator);
  if (intercepts.length !== 1 && intercepts.length !== outputs) {
    throw estimator.damaged(`intercept_ has ${intercepts.length} values for ${outputs} outputs`);
  }
  const weights = graph.doubles(transpose(coefficients.values, outputs, width), [width, outputs]);
  return { value: graph.add(graph.matmul(input.value, weights), graph.doubles(intercepts)), outputs };
}

/** Coefficients from which on a rounding of a term shows in most answers. */
const HUGE = 1e10;

/** Columns that depend on each other, as one-hot columns that add up to 1 do, get huge coefficients whose terms cancel. */
function warnOfCancellation(estimator: Estimator, coefficients: Float64Array): void {
  const sizes = coefficients.map(Math.abs);
  if (sizes.filter((size) => size >= HUGE).length < 2) return;
  const most = sizes.reduce((largest, size) => Math.max(largest, size), 0);
  estimator.versions.warn(
    `${estimator.className} has coefficients up to ${most.toExponential(1)}, whose terms cancel: of each one, rounding alone is ${(most * Number.EPSILON).toExponential(1)}, so that scikit-learn itself answers rows at once otherwise than one alone. Its columns depend on each other, as one-hot columns do that add up to 1: fit it with OneHotEncoder(drop="first") or with Ridge in its place, and record golden rows again`,
  );
}

/** A matrix `[rows, columns]` as `[columns, rows]`, both row-major. */
export function transpose(matrix: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const transposed = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      transposed[column * rows + row] = matrix[row * columns + column]!;
    }
  }
  return transposed;
}

/** A plain number in models of one output, and in those without an intercept. */
function interceptsOf(estimator: Estimator): ArrayLike<number> {
  const axes = axesOf(estimator, 'intercept_');
  if (axes === undefined) return [estimator.number('intercept_')];
  return estimator.finite('intercept_', axes === 0 ? 0 : 1).values;
}

function axesOf(estimator: Estimator, name: string): number | undefined {
  const value = estimator.fitted(name);
  return value instanceof NumpyArray ? value.shape.length : undefined;
}
