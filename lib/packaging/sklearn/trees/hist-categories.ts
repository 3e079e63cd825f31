/**
 * Categorical columns of `HistGradientBoosting*`: as the small integers that its trees' sets are made of.
 *
 * Since 1.4 an OrdinalEncoder inside the model makes them, and puts these columns first. Until 1.3 the
 * columns are such integers already, up to 255, and are looked up in the categories seen in training.
 */

import type { Conversion, InputTypes } from '../../estimator/converter';
import type { Estimator, Reader } from '../../estimator/estimator';
import { type Features, gatherColumns, joinFeatures, selectFeatures } from '../../estimator/features';
import { testedVersion } from '../../estimator/version';
import { NumpyArray, PyObject, PyTuple } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';

const ENCODER = 'sklearn.preprocessing._encoders.OrdinalEncoder';

/** Integers that a set of categories can hold: 8 words of 32 bits. */
export const MAXIMUM_CATEGORIES = 256;

/** Of a model, and of what it prepares its columns with. */
const CATEGORIES: Reader = {
  reads: ['is_categorical_', '_preprocessor', 'transformers_', '_bin_mapper', 'bin_thresholds_'],
};

/** By column of X, whether it is categorical; undefined when none is. */
function categoricalColumns(estimator: Estimator): readonly boolean[] | undefined {
  const mask = estimator.get('is_categorical_') ?? null;
  if (mask === null) return undefined;
  if (!(mask instanceof NumpyArray) || !mask.isNumeric) throw estimator.damaged('is_categorical_ is not an array');
  const columns = Array.from(mask.numbers(), (number) => number === 1);
  return columns.includes(true) ? columns : undefined;
}

const indicesOf = (columns: readonly boolean[], wanted: boolean): number[] =>
  columns.flatMap((column, i) => (column === wanted ? [i] : []));

function encoderOf(estimator: Estimator): Estimator {
  const preprocessor = estimator.fitted('_preprocessor');
  if (!(preprocessor instanceof PyObject)) throw estimator.damaged('_preprocessor is not a ColumnTransformer');
  const [first] = estimator.child(preprocessor).list('transformers_');
  const encoder = first instanceof PyTuple ? first.items[1] : undefined;
  if (!(encoder instanceof PyObject) || encoder.callee.fullName !== ENCODER) {
    throw estimator.damaged('_preprocessor does not begin with an OrdinalEncoder');
  }
  return estimator.child(encoder, 'encoder');
}

/** What X's columns must be. */
export function categoricalInputTypes(model: Estimator, typesOf: (inner: Estimator) => InputTypes): InputTypes {
  const estimator = model.readBy(CATEGORIES);
  const columns = categoricalColumns(estimator);
  if (!columns || testedVersion(estimator).minor < 4) return undefined;
  const encoded = typesOf(encoderOf(estimator));
  if (!encoded) return undefined;
  let next = 0;
  return columns.map((categorical) => (categorical ? (encoded[next++] ?? 'float64') : 'float64'));
}

/** X as the trees are given it: categories as integers, NaN where they are unknown. */
export function categoricalFeatures(model: Estimator, input: Features, conversion: Conversion): Features {
  const estimator = model.readBy(CATEGORIES);
  const columns = categoricalColumns(estimator);
  if (!columns) return input;
  if (columns.length !== input.columns.length) {
    throw estimator.damaged(`is_categorical_ has ${columns.length} values for ${input.columns.length} columns`);
  }
  const { graph } = conversion;
  if (testedVersion(estimator).minor < 4) return integerCategories(graph, estimator, columns, input);
  const categorical = selectFeatures(graph, input, indicesOf(columns, true));
  const numerical = selectFeatures(graph, input, indicesOf(columns, false));
  return joinFeatures(graph, [conversion.transform(encoderOf(estimator), categorical), numerical]);
}

function integerCategories(
  graph: GraphBuilder,
  estimator: Estimator,
  columns: readonly boolean[],
  input: Features,
): Features {
  const mapper = estimator.fitted('_bin_mapper');
  const thresholds = mapper instanceof PyObject ? estimator.child(mapper).list('bin_thresholds_') : [];
  const parts = columns.map((categorical, i): Value<'float64'> => {
    const value = gatherColumns(graph, input.value, [i], columns.length);
    if (!categorical) return value;
    const known = thresholds[i];
    if (!(known instanceof NumpyArray) || !known.isNumeric) {
      throw estimator.damaged(`_bin_mapper has no categories of column ${i}`);
    }
    const column = input.columns[i]!;
    // C leaves open what becomes of other numbers. No category of the training data is among them, so one
    // that another step computes, such as the -1 of an OrdinalEncoder, is unknown.
    column.limitMagnitude(MAXIMUM_CATEGORIES - 1);
    column.requireAbove(-Number.MIN_VALUE);
    const code = new Float64Array(MAXIMUM_CATEGORIES + 1).fill(Number.NaN);
    for (const category of known.numbers()) code[Math.trunc(category)] = Math.trunc(category);
    const none = graph.doubles([MAXIMUM_CATEGORIES]);
    const within = graph.where(graph.less(value, graph.doubles([0])), none, value);
    const place = graph.where(graph.less(within, none), within, none); // also for NaN
    return graph.gather(graph.doubles(code), graph.cast(place, 'int64')); // without its fraction
  });
  return { value: graph.concat(parts, 1), columns: input.columns };
}
