/** Columns of type category: the values that a request holds become the codes that the trees split on. */

import { type ColumnType, TextWanted } from '../estimator/feature-column';
import { type Features, numbersOf, TextGiven } from '../estimator/features';
import type { GraphBuilder, Value } from '../onnx';
import type { BoosterModel } from './booster-model';
import { type Categories, categoriesError } from './frame-categories';

/** What each column of X must be; undefined when all are numbers. */
export function categoryTypes({ width, categories = [] }: BoosterModel): readonly ColumnType[] | undefined {
  const texts = new Set(categories.filter(({ values }) => isText(values)).map(({ column }) => column));
  if (texts.size === 0) return undefined;
  return Array.from({ length: width }, (_, i) => (texts.has(i) ? 'string' : 'float64'));
}

/**
 * X with codes in the place of categories. A value that is none of them is refused, or counts as missing, as in the library.
 *
 * @throws SlipwayError E_UNSUPPORTED when it should be refused, and the columns of the request cannot tell
 */
export function encodeCategories(
  graph: GraphBuilder,
  input: Features,
  { categories = [] }: BoosterModel,
  file: string,
): Value<'float64'> {
  if (categories.length === 0) return input.value;
  checkTypes(input, categories, file);
  for (const { column, values, closed } of categories) {
    if (!closed || input.columns[column]!.allowOnly(new Set<string | number>(values), true)) continue;
    throw categoriesError(file, 'that another step of the pipeline computes');
  }
  const listed = new Map(categories.map((entry) => [entry.column, entry.values]));
  const numbers = numbersOf(input);
  const other = input.columns.filter(({ type }, i) => type !== 'float64' && !listed.has(i));
  if (other.length > 0) throw new TextGiven(other.map(({ name }) => name));
  let numeric = 0;
  let textual = 0;
  const columns = input.columns.map(({ type }, i) => {
    const values = listed.get(i);
    const source: Value =
      type === 'string' ? pick(graph, input.mixed!.texts!, textual++) : pick(graph, numbers!, numeric++);
    return values ? codes(graph, source, values) : (source as Value<'float64'>);
  });
  return graph.concat(columns, 1);
}

/** @throws TextWanted for columns that come from the request as they are, and were taken for numbers */
function checkTypes(input: Features, categories: readonly Categories[], file: string): void {
  const wrong = categories
    .map(({ column, values }) => ({ given: input.columns[column]!, text: isText(values) }))
    .filter(({ given, text }) => given.type !== (text ? 'string' : 'float64'));
  if (wrong.length === 0) return;
  const raw = wrong.flatMap(({ given, text }) => (text && given.raw ? [given.raw] : []));
  if (raw.length === wrong.length) throw new TextWanted(raw);
  throw categoriesError(file, 'which another step of the pipeline makes, or takes for what they are not to this one');
}

function codes(graph: GraphBuilder, column: Value, values: Categories['values']): Value<'float64'> {
  const known = isText(values) ? graph.texts(values) : graph.doubles(values);
  const equal = graph.cast(graph.node('Equal', [column, known], 'bool'), 'float64'); // [rows, categories]
  const code = graph.matmul(equal, graph.doubles([...values.keys()], [values.length, 1]));
  const isKnown = graph.greater(graph.sum(equal, 1, true), graph.doubles([0]));
  return graph.where(isKnown, code, graph.doubles([Number.NaN]));
}

function isText(values: Categories['values']): values is readonly string[] {
  return typeof values[0] === 'string';
}

/** One column, shape `[rows, 1]`. */
function pick<T extends 'float64' | 'string'>(graph: GraphBuilder, value: Value<T>, column: number): Value<T> {
  return graph.node('Gather', [value, graph.integers([column])], value.type, { axis: 1 });
}
