/** `sklearn.isotonic.IsotonicRegression`: straight lines between thresholds. */

import type { Converter } from '../../estimator/converter';
import type { Estimator, Reader } from '../../estimator/estimator';
import { refuseMissing } from '../../estimator/features';
import { roundToFloat32 } from '../../graph-parts/tree-ensemble';
import { NumpyArray } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';

export const ISOTONIC = 'sklearn.isotonic.IsotonicRegression';

const NEW = ['X_thresholds_', 'y_thresholds_'] as const;
const OLD = ['_necessary_X_', '_necessary_y_'] as const;

const LINE: Reader = { reads: ['out_of_bounds', ...NEW, ...OLD] };

/** The corners of the line, in double precision or, as after a fit on float32 such as XGBoost's probabilities, in single. */
interface Corners {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly single: boolean;
}

function cornersOf(estimator: Estimator): Corners {
  const old = estimator.get('X_thresholds_') === undefined; // until 0.23
  const [names, single] = [old ? OLD : NEW, (name: string) => isSingle(estimator.get(name))];
  const [x, y] = names.map((name) => estimator.finite(name, 1).values) as [Float64Array, Float64Array];
  if (x.length === 0 || x.length !== y.length) throw estimator.damaged('its thresholds do not fit together');
  if (!x.every((at, i) => i === 0 || at > x[i - 1]!)) throw estimator.damaged('its thresholds do not ascend');
  if (single(names[0]) !== single(names[1])) throw estimator.damaged('its thresholds are of different precision');
  return { x, y, single: single(names[0]) };
}

function isSingle(array: unknown): boolean {
  return array instanceof NumpyArray && array.dtype?.itemSize === 4;
}

export const isotonicRegression: Converter = {
  classNames: [ISOTONIC],
  reads: [],
  trainedOn: () => ({ width: 1 }),

  predict(estimator, input, { graph }) {
    if (input.columns.length !== 1) throw estimator.damaged(`it takes one column, and ${input.columns.length} come in`);
    refuseMissing(input);
    const value = graph.reshape(interpolated(graph, estimator, input.value), [-1]);
    return { outputs: { predict: { value, width: 1 } }, computeClass: 'scalar' };
  },
};

/** Its answers. @param value shape `[rows, 1]` */
export function interpolated(graph: GraphBuilder, isotonic: Estimator, value: Value<'float64'>): Value<'float64'> {
  const estimator = isotonic.readBy(LINE);
  const outside = estimator.option('out_of_bounds', ['clip', 'nan'], "use 'clip' or 'nan'");
  const corners = cornersOf(estimator);
  const { x, single } = corners;
  const given = single ? roundToFloat32(graph, value) : value;
  const first = graph.doubles([x[0]!]);
  const last = graph.doubles([x.at(-1)!]);
  const raised = graph.where(graph.less(given, first), first, given);
  const clipped = graph.where(graph.greater(raised, last), last, raised);
  const line = single && x.length > 1 ? singleLine(graph, clipped, corners) : doubleLine(graph, clipped, corners);
  if (outside === 'clip' || x.length === 1) return line; // a single threshold is a constant, wherever it is asked
  return graph.where(graph.equal(clipped, given), line, graph.doubles([Number.NaN]));
}

/** As numpy's interp: from the last corner that is not above. @param value between the corners */
function doubleLine(graph: GraphBuilder, value: Value<'float64'>, { x, y }: Corners): Value<'float64'> {
  // beyond the last corner the line is level
  const slope = y.map((from, i) => (i + 1 < y.length ? (y[i + 1]! - from) / (x[i + 1]! - x[i]!) : 0));
  const above = graph.cast(graph.greater(graph.doubles(x, [1, x.length]), value), 'float64'); // [rows, corners]
  const below = graph.subtract(graph.doubles([x.length - 1]), graph.sum(above, 1, true));
  const index = graph.cast(below, 'int64');
  const at = (table: Float64Array) => graph.gather(graph.doubles(table), index);
  return graph.add(graph.multiply(at(slope), graph.subtract(value, at(x))), at(y));
}

/** As scipy's interp1d, which takes the place of numpy's for float32: to the first corner that is not below, all in float32. */
function singleLine(graph: GraphBuilder, value: Value<'float64'>, { x, y }: Corners): Value<'float64'> {
  const { fround } = Math;
  const slope = y.map((from, i) =>
    i + 1 < y.length ? fround(fround(y[i + 1]! - from) / fround(x[i + 1]! - x[i]!)) : 0,
  );
  // the corner before it, of which there is one also for the first
  const inner = x.length > 2 ? x.subarray(1, -1) : [Number.POSITIVE_INFINITY];
  const below = graph.cast(graph.less(graph.doubles(inner, [1, inner.length]), value), 'float64'); // [rows, inner corners]
  const index = graph.cast(graph.sum(below, 1, true), 'int64');
  const at = (table: Float64Array) => graph.gather(graph.doubles(table), index);
  const along = roundToFloat32(graph, graph.subtract(value, at(x)));
  const risen = roundToFloat32(graph, graph.multiply(at(slope), along));
  return roundToFloat32(graph, graph.add(risen, at(y)));
}
