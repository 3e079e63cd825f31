/** `sklearn.isotonic.IsotonicRegression`: straight lines between thresholds, as numpy's interp draws them. */
import { NumpyArray } from '../joblib';
import type { GraphBuilder, Value } from '../onnx';
import type { Converter } from './converter';
import type { Estimator } from './estimator';
import { refuseMissing } from './features';

export const ISOTONIC = 'sklearn.isotonic.IsotonicRegression';

/** What `interpolated` reads. */
export const ISOTONIC_READS: readonly string[] = [
  ...['out_of_bounds', 'X_thresholds_', 'y_thresholds_'],
  ...['_necessary_X_', '_necessary_y_'],
];

function thresholds(estimator: Estimator, name: string): Float64Array {
  const { values } = estimator.finite(name, 1);
  const array = estimator.get(name);
  if (array instanceof NumpyArray && array.dtype?.itemSize !== 8) {
    throw estimator.unsupported(
      `(${estimator.className}) was fitted on float32, which is not converted; fit it on float64`,
    );
  }
  return values;
}

export const isotonicRegression: Converter = {
  classNames: [ISOTONIC],
  reads: ISOTONIC_READS,
  trainedOn: () => ({ width: 1 }),

  predict(estimator, input, { graph }) {
    if (input.columns.length !== 1) throw estimator.damaged(`it takes one column, and ${input.columns.length} come in`);
    refuseMissing(input);
    const value = graph.reshape(interpolated(estimator, input.value, graph), [-1]);
    return { outputs: { predict: { value, width: 1 } }, computeClass: 'scalar' };
  },
};

/** Its answers. @param value shape `[rows, 1]` */
export function interpolated(estimator: Estimator, value: Value<'float64'>, graph: GraphBuilder): Value<'float64'> {
  const outside = estimator.option('out_of_bounds', ['clip', 'nan'], "use 'clip' or 'nan'");
  const old = estimator.get('X_thresholds_') === undefined; // until 0.23
  const x = thresholds(estimator, old ? '_necessary_X_' : 'X_thresholds_');
  const y = thresholds(estimator, old ? '_necessary_y_' : 'y_thresholds_');
  if (x.length === 0 || x.length !== y.length) throw estimator.damaged('its thresholds do not fit together');
  if (!x.every((at, i) => i === 0 || at > x[i - 1]!)) throw estimator.damaged('its thresholds do not ascend');
  // beyond the last threshold the line is level
  const slope = y.map((from, i) => (i + 1 < y.length ? (y[i + 1]! - from) / (x[i + 1]! - x[i]!) : 0));
  const first = graph.doubles([x[0]!]);
  const last = graph.doubles([x.at(-1)!]);
  const raised = graph.where(graph.less(value, first), first, value);
  const clipped = graph.where(graph.greater(raised, last), last, raised);
  const above = graph.cast(graph.greater(graph.doubles(x, [1, x.length]), clipped), 'float64'); // [rows, thresholds]
  const below = graph.subtract(graph.doubles([x.length - 1]), graph.sum(above, 1, true));
  const index = graph.cast(below, 'int64'); // of the last threshold that is not above
  const at = (table: Float64Array) => graph.gather(graph.doubles(table), index);
  const line = graph.add(graph.multiply(at(slope), graph.subtract(clipped, at(x))), at(y));
  if (outside === 'clip' || x.length === 1) return line; // a single threshold is a constant, wherever it is asked
  return graph.where(graph.equal(clipped, value), line, graph.doubles([Number.NaN]));
}
