/** The categories of a column that `OneHotEncoder` and `OrdinalEncoder` have seen, and how a value finds its own. */
import { MISSING_TEXT } from '../../../model/rows/signature';
import type { InputTypes } from '../../estimator/converter';
import type { Estimator, Reader } from '../../estimator/estimator';
import { type FeatureColumn, type MissingKind, marginAt } from '../../estimator/feature-column';
import { type Features, selectFeatures } from '../../estimator/features';
import { limitError, NumpyArray, type PyValue } from '../../joblib';
import { type GraphBuilder, rawBytes, type Value } from '../../onnx';

export interface Categories {
  readonly type: 'float64' | 'string';
  /** In the order of their codes; null for the missing value. */
  readonly values: readonly (number | string | null)[];
  /** As what a missing value came; absent when there was none. */
  readonly missing?: MissingKind;
}

/** Categories of all columns together. */
const MAXIMUM_CATEGORIES = 2_000_000;

const CATEGORIES: Reader = { reads: ['categories_'] };

/** The categories of each column. */
function categoriesOf(encoder: Estimator): Categories[] {
  let total = 0; // a file may hold one array a million times
  return encoder
    .readBy(CATEGORIES)
    .list('categories_')
    .map((array, column) => {
      if (!(array instanceof NumpyArray) || array.shape.length !== 1)
        throw encoder.damaged('categories_ has no arrays');
      total += array.size;
      if (total > MAXIMUM_CATEGORIES) {
        throw limitError(encoder.file, 'has too many categories', `${MAXIMUM_CATEGORIES} in one encoder`);
      }
      return readCategories(encoder, array, column);
    });
}

function readCategories(encoder: Estimator, array: NumpyArray, column: number): Categories {
  const refuse = (what: string) =>
    encoder.unsupported(`(${encoder.className}) has ${what} among the categories of its column ${column}`);
  if (!array.objects && !array.strings() && !array.isNumeric) throw refuse('neither text nor numbers');
  const elements: readonly PyValue[] = array.objects ?? array.strings() ?? [...array.numbers()];
  const kinds = new Set<MissingKind>();
  const types = new Set<'float64' | 'string'>();
  const values = elements.map((element) => {
    if (element === null || (typeof element === 'number' && Number.isNaN(element))) {
      kinds.add(element === null ? 'None' : 'NaN');
      return null;
    }
    const value = typeof element === 'boolean' ? Number(element) : element; // in Python they are equal
    if (typeof value !== 'number' && typeof value !== 'string') throw refuse('neither text nor numbers');
    if (value === MISSING_TEXT || (typeof value === 'string' && value.includes('\0'))) {
      throw refuse('text with a character that requests cannot carry');
    }
    types.add(typeof value === 'string' ? 'string' : 'float64');
    return value;
  });
  if (types.size > 1) throw refuse('text and numbers, which JSON and columns of one type keep apart,');
  if (kinds.size > 1) throw refuse('both None and NaN, which JSON has one null for,');
  const [missing] = kinds;
  // a column of nothing but missing values: None comes in columns of objects
  const type = [...types][0] ?? (array.objects ? 'string' : 'float64');
  return { type, values, ...(missing && { missing }) };
}

/** What the columns must be. */
export function categoricalTypes(encoder: Estimator): InputTypes {
  return categoriesOf(encoder).map(({ type }) => type);
}

/** The categories of the columns that come in, checked against them. */
export function categoriesFor(encoder: Estimator, input: Features): Categories[] {
  const categories = categoriesOf(encoder);
  if (categories.length !== input.columns.length) {
    throw encoder.damaged(`categories_ has ${categories.length} arrays for ${input.columns.length} columns`);
  }
  categories.forEach(({ type, missing }, i) => {
    const column = input.columns[i]!;
    if (column.type !== type) {
      throw encoder.unsupported(
        `(${encoder.className}) has ${type === 'string' ? 'text' : 'numbers'} as categories of "${column.name}", which is a column of ${column.type === 'string' ? 'text' : 'numbers'}`,
      );
    }
    if (missing && !column.settleMissing(missing)) {
      throw encoder.unsupported(
        `(${encoder.className}) has ${missing} as a category of "${column.name}", and another estimator takes a missing value there for ${missing === 'NaN' ? 'None' : 'NaN'}; JSON has one null: use the same in both`,
      );
    }
  });
  return categories;
}

/** What `handle_unknown="error"` means to a column: other values are refused. */
export function refuseUnknown(encoder: Estimator, column: FeatureColumn, { values, missing }: Categories): void {
  const known = new Set(values.filter((value) => value !== null));
  if (column.allowOnly(known, missing !== undefined)) return;
  throw encoder.unsupported(
    `(${encoder.className}) has handle_unknown="error" for numbers that the step before it computes, and which rows it raises for cannot be told from their columns; use another handle_unknown`,
  );
}

/** The numbers that the values of a column become. */
export interface Codes {
  readonly categories: Categories;
  /** One for each category. */
  readonly known: readonly number[];
  /** For a value of no category. */
  readonly unknown: number;
}

/**
 * A number for each value of a column.
 *
 * @param index of the column among those that come in
 * @returns shape `[rows, 1]`
 */
export function encodeColumn(
  graph: GraphBuilder,
  input: Features,
  index: number,
  { categories: { type, values }, known, unknown }: Codes,
): Value<'float64'> {
  const column = selectFeatures(graph, input, [index]);
  const count = values.length;
  const keys =
    type === 'string'
      ? ({ type: 'string', shape: [count], texts: values.map((text) => (text ?? MISSING_TEXT) as string) } as const)
      : ({
          type: 'float64',
          shape: [count],
          bytes: rawBytes(Float64Array.from(values, (number) => (number ?? Number.NaN) as number)),
        } as const);
  const attributes = {
    default_tensor: { type: 'float64', shape: [1], bytes: rawBytes(Float64Array.of(unknown)) },
    keys_tensor: keys,
    values_tensor: { type: 'float64', shape: [count], bytes: rawBytes(Float64Array.from(known)) },
  } as const;
  const value =
    type === 'string' ? column.mixed!.texts! : settled(graph, column.value, input.columns[index]!, values as number[]);
  return graph.mlNode('LabelEncoder', [value], 'float64', attributes);
}

/** A computed number as the category that it is in scikit-learn, should its last bits be others here. */
function settled(
  graph: GraphBuilder,
  value: Value<'float64'>,
  column: FeatureColumn,
  categories: readonly (number | null)[],
): Value<'float64'> {
  const numbers = categories.filter((category) => category !== null);
  if (column.rounding === undefined || numbers.length === 0) return value;
  const nowhere = graph.doubles([Number.NEGATIVE_INFINITY]);
  const known = graph.doubles(numbers, [1, numbers.length]);
  const margins = graph.doubles(
    numbers.map((number) => marginAt(column, number)),
    [1, numbers.length],
  );
  const far = graph.greater(graph.abs(graph.subtract(value, known)), margins);
  const found = graph.max(graph.where(far, nowhere, known), 1, true); // NaN is not far from any
  const settles = graph.node('And', [graph.greater(found, nowhere), graph.equal(value, value)], 'bool');
  return graph.where(settles, found, value);
}
