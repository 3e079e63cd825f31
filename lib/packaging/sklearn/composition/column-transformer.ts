/** `sklearn.compose.ColumnTransformer`: each transformer has columns of its own, and the results stand side by side. */

import type { Converter, InputTypes } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { type ColumnType, scaledColumn } from '../../estimator/feature-column';
import {
  type Features,
  joinFeatures,
  numericFeatures,
  selectFeatures,
  sparseTogether,
  stored,
} from '../../estimator/features';
import { trainedOn } from '../../estimator/trained-on';
import { limitError, NumpyArray, PyObject, PyTuple, type PyValue } from '../../joblib';
import type { GraphBuilder } from '../../onnx';
import { chosenColumns } from './column-choice';

interface Branch {
  readonly name: string;
  /** Undefined for 'passthrough'. */
  readonly estimator?: Estimator;
  /** Indices of the columns that it is given. */
  readonly columns: readonly number[];
  readonly weight?: number;
}

/** Columns that its transformers are given, all together. */
const MAXIMUM_COLUMNS = 2_000_000;

/** The transformers that have something to do, in the order of their results. */
function branchesOf(transformer: Estimator): Branch[] {
  const { width, names } = trainedOn(transformer);
  const weights = transformer.get('transformer_weights') ?? null;
  const columnsOf = columnIndices(transformer, width, names);
  let total = 0; // a file may hold one list a million times
  return transformer.list('transformers_').flatMap((item) => {
    const [name, object, choice] = item instanceof PyTuple ? item.items : [];
    if (typeof name !== 'string') throw transformer.damaged('a transformer has no name');
    const columns = columnsOf(name, choice);
    total += columns.length;
    if (total > MAXIMUM_COLUMNS) {
      throw limitError(transformer.file, 'has transformers of too many columns', `${MAXIMUM_COLUMNS} in all`);
    }
    if (object === 'drop' || columns.length === 0) return [];
    const weight = weights instanceof Map ? (weights.get(name) ?? null) : null;
    if (weight !== null && (typeof weight !== 'number' || !Number.isFinite(weight) || weight === 0)) {
      throw transformer.unsupported(`gives '${name}' a weight that is not a number other than 0`);
    }
    if (object !== 'passthrough' && !(object instanceof PyObject)) {
      throw transformer.damaged(`transformer '${name}' is not an estimator`);
    }
    return {
      name,
      columns,
      ...(object !== 'passthrough' && { estimator: transformer.child(object, name) }),
      ...(weight !== null && { weight }),
    };
  });
}

/** Since 1.0 fitting writes down which columns the names, slices, masks and functions stood for. */
function columnIndices(
  transformer: Estimator,
  width: number,
  names: readonly string[] | undefined,
): (name: string, choice: PyValue | undefined) => readonly number[] {
  const table = transformer.get('_transformer_to_input_indices');
  if (table !== undefined && !(table instanceof Map)) {
    throw transformer.damaged('_transformer_to_input_indices is not a dict');
  }
  return (name, choice) => {
    const indices = table ? numbersIn(table.get(name)) : chosenColumns(transformer, choice, width, names);
    if (!indices?.every((index) => Number.isInteger(index) && index >= 0 && index < width)) {
      throw transformer.damaged(`the columns of transformer '${name}' are not indices of its ${width} columns`);
    }
    return indices;
  };
}

function numbersIn(value: PyValue | undefined): readonly number[] | undefined {
  if (value instanceof NumpyArray) return value.isNumeric ? [...value.numbers()] : undefined;
  return Array.isArray(value) ? (value as number[]) : undefined;
}

/** A column may go to several transformers, which must agree on what it is. */
function mergeTypes(transformer: Estimator, width: number, typesOf: (inner: Estimator) => InputTypes): ColumnType[] {
  const types = new Array<ColumnType>(width).fill('any');
  for (const { estimator, columns, name } of branchesOf(transformer)) {
    const inner = estimator && typesOf(estimator);
    columns.forEach((column, i) => {
      const type = inner?.[i] ?? 'float64';
      if (type === 'any') return;
      const known = types[column]!;
      if (known !== 'any' && known !== type) {
        throw transformer.unsupported(
          `(${transformer.className}) gives column ${column} to '${name}' and to another transformer, and one of them takes it for a number, a text or the words of a text and the other does not; give each a column of its own`,
        );
      }
      types[column] = type;
    });
  }
  return types;
}

/** Features times a number, as `transformer_weights` has it. */
export function weighted(graph: GraphBuilder, features: Features, weight: number): Features {
  return numericFeatures(
    graph.multiply(features.value, graph.doubles([weight])),
    features.columns.map((column) => scaledColumn(column, 0, 1 / weight)),
    features.sparse,
  );
}

export const columnTransformer: Converter = {
  classNames: ['sklearn.compose._column_transformer.ColumnTransformer'],
  reads: ['transformers_', 'transformer_weights', '_transformer_to_input_indices', 'sparse_output_'],

  inputTypes: (estimator, typesOf) => mergeTypes(estimator, trainedOn(estimator).width, typesOf),

  transform(transformer, input, conversion) {
    const { graph } = conversion;
    const { width } = trainedOn(transformer);
    if (input.columns.length !== width) {
      throw transformer.damaged(`it takes ${width} columns, and ${input.columns.length} come in`);
    }
    const results = branchesOf(transformer).map(({ estimator, columns, weight }) => {
      const given = selectFeatures(graph, input, columns);
      const result = estimator ? conversion.transform(estimator, given) : given;
      return weight === undefined ? result : weighted(graph, result, weight);
    });
    const sparse = transformer.get('sparse_output_') === true;
    return stored(joinFeatures(graph, results, transformer.file), sparse && (sparseTogether(results) || sparse));
  },
};
