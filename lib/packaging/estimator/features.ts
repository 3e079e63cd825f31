/**
 * What flows between estimators: a matrix in the graph, and for each of its columns what is known of it.
 *
 * scikit-learn raises for NaN, for what overflows a float32, for a category that it has not seen, where
 * ONNX silently gives a number. An estimator says here what it would not have accepted, and that goes back
 * through the estimators before it to the columns of the request.
 */
import { limitError } from '../joblib';
import type { GraphBuilder, Value } from '../onnx';
import type { ColumnType, FeatureColumn } from './feature-column';

export { BOUNDED, computedColumn, type FeatureColumn, INDICATOR } from './feature-column';

/**
 * Whether scikit-learn has a sparse matrix. One of those that store some of their zeros, and others not, has them as
 * numbers and as missing values to XGBoost, and which is which cannot be told from the numbers.
 */
type Sparse = boolean | 'storing zeros';

export interface Features {
  /**
   * Shape `[rows, columns.length]`.
   *
   * @throws TextGiven when some of the columns are text: few estimators accept that
   */
  readonly value: Value<'float64'>;
  readonly columns: readonly FeatureColumn[];
  /**
   * Set where scikit-learn has a sparse matrix here. It holds the same numbers, but trees accept no NaN in one, and
   * XGBoost takes the zeros that it does not store for missing values.
   */
  readonly sparse?: Sparse;
  /** Present when not all of the columns are numbers: those of each type, in the order of `columns`. */
  readonly mixed?: {
    readonly numbers?: Value<'float64'>;
    readonly texts?: Value<'string'>;
    readonly tokens?: Value<'string'>;
  };
}

/** Columns of text where numbers are needed. `Conversion` says where. */
export class TextGiven extends Error {
  constructor(readonly columns: readonly string[]) {
    super('text where numbers are needed');
  }
}

/** Numeric columns. @param value shape `[rows, columns.length]` */
export function numericFeatures(
  value: Value<'float64'>,
  columns: readonly FeatureColumn[],
  sparse: Sparse = false,
): Features {
  return { value, columns, ...(sparse && { sparse }) };
}

/** The same columns in a sparse matrix, or in a dense one. */
export function stored(features: Features, sparse: Sparse = false): Features {
  return features.mixed ? features : numericFeatures(features.value, features.columns, sparse);
}

/** How these are stored side by side, where one sparse matrix makes the whole sparse. */
export function sparseTogether(parts: readonly Features[]): Sparse {
  const all = parts.map(({ sparse }) => sparse ?? false);
  return all.includes('storing zeros') ? 'storing zeros' : all.includes(true);
}

/**
 * Columns of either type.
 *
 * @param numbers shape `[rows, numeric columns]`; undefined when there are none
 * @param texts shape `[rows, text columns]`; undefined when there are none
 * @param tokens shape `[rows, columns of tokens]`; undefined when there are none
 */
export function mixedFeatures(
  columns: readonly FeatureColumn[],
  numbers: Value<'float64'> | undefined,
  texts: Value<'string'> | undefined,
  tokens?: Value<'string'>,
): Features {
  const others = columns.filter(({ type }) => type !== 'float64');
  if (numbers && others.length === 0) return { value: numbers, columns };
  return {
    columns,
    mixed: { ...(numbers && { numbers }), ...(texts && { texts }), ...(tokens && { tokens }) },
    get value(): never {
      throw new TextGiven(others.map(({ name }) => name));
    },
  };
}

/** The numeric columns together; undefined when there are none. */
export function numbersOf(features: Features): Value<'float64'> | undefined {
  return features.mixed ? features.mixed.numbers : features.value;
}

/** Some of the columns, by their indices, in that order. */
export function selectFeatures(graph: GraphBuilder, features: Features, indices: readonly number[]): Features {
  const { place, count } = placesOf(features);
  const select = <T extends 'float64' | 'string'>(value: Value<T> | undefined, type: ColumnType) => {
    const wanted = indices.filter((index) => features.columns[index]!.type === type).map((index) => place[index]!);
    return value && wanted.length > 0 ? gatherColumns(graph, value, wanted, count[type]) : undefined;
  };
  const selected = mixedFeatures(
    indices.map((index) => features.columns[index]!),
    select(numbersOf(features), 'float64'),
    select(features.mixed?.texts, 'string'),
    select(features.mixed?.tokens, 'tokens'),
  );
  return stored(selected, features.sparse);
}

/** Columns of a matrix by their indices. @param count columns that the matrix has */
export function gatherColumns<T extends 'float64' | 'int64' | 'string'>(
  graph: GraphBuilder,
  value: Value<T>,
  indices: readonly number[],
  count: number,
): Value<T> {
  if (indices.length === count && indices.every((index, i) => index === i)) return value;
  return graph.node('Gather', [value, graph.integers(indices)], value.type, { axis: 1 });
}

/** Columns between two estimators. */
const MAXIMUM_COLUMNS = 2_000_000;

/**
 * All columns side by side.
 *
 * @param file name of the model file, for messages
 */
export function joinFeatures(graph: GraphBuilder, parts: readonly Features[], file = 'the model'): Features {
  const present = parts.filter((part) => part.columns.length > 0);
  const count = present.reduce((sum, part) => sum + part.columns.length, 0);
  if (count > MAXIMUM_COLUMNS) throw limitError(file, `computes ${count} columns`, `${MAXIMUM_COLUMNS} columns`);
  if (present.length === 1) return present[0]!;
  const join = <T extends 'float64' | 'string'>(values: readonly (Value<T> | undefined)[]): Value<T> | undefined => {
    const some = values.filter((value) => value !== undefined);
    return some.length > 1 ? graph.concat(some, 1) : some[0];
  };
  return mixedFeatures(
    present.flatMap((part) => part.columns),
    join(present.map(numbersOf)),
    join(present.map((part) => part.mixed?.texts)),
    join(present.map((part) => part.mixed?.tokens)),
  );
}

interface Places {
  /** Where each column stands among those of its type. */
  readonly place: readonly number[];
  /** Columns of each type. */
  readonly count: Readonly<Record<ColumnType, number>>;
}

/** Kept, since encoders select their columns one by one. */
const known = new WeakMap<Features, Places>();

function placesOf(features: Features): Places {
  const found = known.get(features);
  if (found) return found;
  const count = { float64: 0, string: 0, tokens: 0, any: 0 };
  const places: Places = { place: features.columns.map(({ type }) => count[type]++), count };
  known.set(features, places);
  return places;
}

/** From here on NaN is not accepted. */
export function refuseMissing(features: Features): void {
  for (const column of features.columns) column.refuseMissing();
}

/** From here on magnitudes beyond `maximum` are not accepted. */
export function limitMagnitude(features: Features, maximum: number): void {
  for (const column of features.columns) column.limitMagnitude(maximum);
}
