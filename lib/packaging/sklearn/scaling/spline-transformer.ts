/**
 * `sklearn.preprocessing.SplineTransformer`: each column as the values of B-splines.
 *
 * Source: the recursion of Cox and de Boor, as `_deBoor_D` of scipy has it: what two equal knots would divide by is left out.
 */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { BOUNDED, computedColumn, numericFeatures, refuseMissing, stored } from '../../estimator/features';
import { limitNumbers } from '../../estimator/parameters';
import { NumpyArray, PyObject, PyTuple, type PyValue } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';

/** Those of all columns, which have as many knots each. */
interface Splines {
  readonly degree: number;
  readonly columns: number;
  /** One array for each column, all of the same length. */
  readonly knots: readonly Float64Array[];
  /** Shape `[basis functions, outputs of a column]`, row-major; not square where they are periodic. */
  readonly coefficients: Float64Array;
  readonly functions: number;
  readonly outputs: number;
}

const SPLINES = ['scipy.interpolate._bsplines.BSpline', 'scipy.interpolate.BSpline'];

/** @param name its name until scipy 1.16, since which it begins with an underscore */
function arrayIn(estimator: Estimator, state: PyValue | undefined, name: string, axes: number): NumpyArray {
  const array = state instanceof Map ? (state.get(`_${name}`) ?? state.get(name)) : undefined;
  if (array instanceof NumpyArray && array.isNumeric && array.shape.length === axes) return array;
  throw estimator.damaged(`a spline has no array ${name} of ${axes} axes`);
}

/** What a spline holds: since SciPy 1.18 in another one that it delegates to. */
function stateOf({ state }: PyObject): PyValue | undefined {
  const [inner] = state instanceof PyTuple ? state.items : [];
  return inner instanceof PyObject ? inner.state : state;
}

function splinesOf(estimator: Estimator, columns: number): Splines {
  const objects = estimator.list('bsplines_');
  if (objects.length !== columns) throw estimator.damaged(`it has ${objects.length} splines for ${columns} columns`);
  const degree = estimator.integer('degree');
  let coefficients: NumpyArray | undefined;
  const knots = objects.map((object) => {
    if (!(object instanceof PyObject) || !SPLINES.includes(object.callee.fullName)) {
      throw estimator.damaged('bsplines_ has something in it that is no spline');
    }
    const state = stateOf(object);
    coefficients ??= arrayIn(estimator, state, 'c', 2);
    const values = arrayIn(estimator, state, 't', 1).numbers();
    if (!values.every((knot, i) => Number.isFinite(knot) && (i === 0 || knot >= values[i - 1]!))) {
      throw estimator.damaged('the knots of a spline do not rise');
    }
    return values;
  });
  const [functions = 0, outputs = 0] = coefficients!.shape;
  const fits = knots.every(({ length }) => length === functions + degree + 1);
  if (degree < 0 || functions <= degree || outputs < 1 || !fits) {
    throw estimator.damaged('the knots and coefficients of its splines do not fit together');
  }
  limitNumbers(estimator, columns * (functions + degree + 1) * (degree + 1));
  return { degree, columns, knots, coefficients: coefficients!.numbers(), functions, outputs };
}

/** 1 / (what lies between two knots); 0 where they are equal. */
function inverse(knots: Float64Array, from: number, to: number): number {
  const length = knots[to]! - knots[from]!;
  return length === 0 ? 0 : 1 / length;
}

/** A constant for each column, shape `[columns, length]`. */
function perKnot(
  graph: GraphBuilder,
  { knots }: Splines,
  length: number,
  of: (knots: Float64Array, i: number) => number,
) {
  const values = knots.flatMap((each) => Array.from({ length }, (_, i) => of(each, i)));
  return graph.doubles(values, [knots.length, length]);
}

/** Where each column's splines begin and end. */
const ends = ({ knots, degree, functions }: Splines) => ({
  first: knots.map((each) => each[degree]!),
  last: knots.map((each) => each[functions]!),
});

/** The basis functions at `x`, which lies between the ends. @param x shape `[rows, columns, 1]` @returns shape `[rows, columns, functions]` */
function basis(graph: GraphBuilder, splines: Splines, x: Value<'float64'>): Value<'float64'> {
  const { degree, functions } = splines;
  const { POSITIVE_INFINITY: above, NEGATIVE_INFINITY: below } = Number;
  const pieces = functions + degree;
  // the first piece begins, and the last one ends, at infinity: scipy takes these for what lies on an end
  const low = perKnot(graph, splines, pieces, (t, i) => (i < degree ? above : i === degree ? below : t[i]!));
  const high = perKnot(graph, splines, pieces, (t, i) =>
    i >= functions ? below : i === functions - 1 ? above : t[i + 1]!,
  );
  const inside = (bound: Value<'float64'>) => graph.cast(graph.less(x, bound), 'float64');
  let value = graph.subtract(inside(high), graph.multiply(inside(high), inside(low)));
  for (let order = 1; order <= degree; order++) {
    const length = pieces - order;
    const knot = (shift: number) => perKnot(graph, splines, length, (t, i) => t[i + shift]!);
    const share = (shift: number) =>
      perKnot(graph, splines, length, (t, i) => inverse(t, i + shift, i + order + shift));
    const part = (from: number) => {
      const [starts, stops, axes] = [[from], [from + length], [2]].map((numbers) => graph.integers(numbers));
      return graph.node('Slice', [value, starts!, stops!, axes!], 'float64');
    };
    const rising = graph.multiply(graph.subtract(x, knot(0)), graph.multiply(part(0), share(0)));
    const falling = graph.multiply(graph.subtract(knot(order + 1), x), graph.multiply(part(1), share(1)));
    value = graph.add(rising, falling);
  }
  return value;
}

/** How steep each basis function is at an end, which lies in the piece that begins at knot `piece`. */
function slopes({ knots, degree, functions }: Splines, at: readonly number[], piece: number): number[] {
  return knots.flatMap((t, column) => {
    const x = at[column]!;
    let value: number[] = Array.from({ length: functions + degree }, (_, i) => (i === piece ? 1 : 0));
    for (let order = 1; order < degree; order++) {
      value = value
        .slice(1)
        .map(
          (next, i) =>
            (x - t[i]!) * (value[i]! * inverse(t, i, i + order)) +
            (t[i + order + 1]! - x) * (next * inverse(t, i + 1, i + order + 1)),
        );
    }
    return Array.from(
      { length: functions },
      (_, i) => degree * (value[i]! * inverse(t, i, i + degree) - value[i + 1]! * inverse(t, i + 1, i + degree + 1)),
    );
  });
}

/** Beyond the ends: as at the end, along a line, or from the other end again. */
function extrapolated(graph: GraphBuilder, estimator: Estimator, splines: Splines, x: Value<'float64'>) {
  const remedy = "use 'constant', 'linear' or 'periodic'";
  const extrapolation = estimator.option('extrapolation', ['constant', 'linear', 'periodic'], remedy);
  const { degree, columns, functions, outputs, coefficients } = splines;
  const { first, last } = ends(splines);
  const column = (values: readonly number[]) => graph.doubles(values, [columns, 1]);
  if (extrapolation === 'periodic') {
    const period = first.map((start, i) => last[i]! - start);
    const start = column(first);
    const rest = graph.node('Mod', [graph.subtract(x, start), column(period)], 'float64', { fmod: 1 });
    const negative = graph.less(rest, graph.doubles([0]));
    const place = graph.add(start, graph.where(negative, graph.add(rest, column(period)), rest));
    return graph.matmul(basis(graph, splines, place), graph.doubles(coefficients, [functions, outputs]));
  }
  if (functions !== outputs) throw estimator.damaged('its splines are periodic, and extrapolation is not');
  const raised = graph.where(graph.less(x, column(first)), column(first), x);
  const clipped = graph.where(graph.greater(raised, column(last)), column(last), raised);
  const value = basis(graph, splines, clipped);
  if (extrapolation === 'constant') return value;
  if (degree === 1 && columns > 1) {
    throw estimator.unsupported(
      `(${estimator.className}) has extrapolation=linear with degree=1 for several columns, where scikit-learn mistakes the ends of all but the first; use degree=2 or more, or extrapolation='constant'`,
    );
  }
  const beyond = (edge: readonly number[], piece: number, side: Value<'bool'>) => {
    const steep = graph.doubles(slopes(splines, edge, piece), [columns, functions]);
    const distance = graph.where(side, graph.subtract(x, column(edge)), graph.doubles([0]));
    return graph.multiply(distance, steep);
  };
  const before = beyond(first, degree, graph.less(x, column(first)));
  const after = beyond(last, functions - 1, graph.greater(x, column(last)));
  return graph.add(value, graph.add(before, after));
}

export const splineTransformer: Converter = {
  classNames: ['sklearn.preprocessing._polynomial.SplineTransformer'],
  since: { SplineTransformer: '1.0' },
  reads: ['bsplines_', 'degree', 'extrapolation', 'include_bias', 'handle_missing', 'sparse_output'],

  transform(estimator, input, { graph }) {
    const columns = input.columns.length;
    const splines = splinesOf(estimator, columns);
    if (splines.degree === 0) {
      throw estimator.unsupported(
        `(${estimator.className}) has degree=0, with which scikit-learn itself fails beyond the last knot; use 1 or more, or KBinsDiscretizer`,
      );
    }
    const { outputs } = splines;
    const zeros = estimator.get('handle_missing') === 'zeros';
    if (!zeros) refuseMissing(input);
    const x = graph.reshape(input.value, [-1, columns, 1]);
    let value = extrapolated(graph, estimator, splines, x);
    if (zeros) value = graph.where(graph.isNaN(x), graph.doubles([0]), value);
    const kept = estimator.boolean('include_bias') ? outputs : outputs - 1;
    if (kept === 0) throw estimator.unsupported(`(${estimator.className}) gives no columns; use include_bias=True`);
    if (kept < outputs) {
      value = graph.node('Gather', [value, graph.integers(Array.from({ length: kept }, (_, i) => i))], 'float64', {
        axis: 2,
      });
    }
    const linear = estimator.get('extrapolation') === 'linear';
    const features = input.columns.flatMap((source) => {
      const beyond = linear ? computedColumn([source], (maximum) => Math.sqrt(maximum)) : BOUNDED;
      const column = { ...beyond, refuseMissing: () => {} }; // none is left
      return new Array<typeof column>(kept).fill(column);
    });
    return stored(
      numericFeatures(graph.reshape(value, [-1, columns * kept]), features),
      estimator.get('sparse_output') === true && 'storing zeros', // of the functions that end at a knot
    );
  },
};
