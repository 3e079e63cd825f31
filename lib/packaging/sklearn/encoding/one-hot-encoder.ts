/** `sklearn.preprocessing.OneHotEncoder`: a column of ones and zeros for each category. */

import type { Converter } from '../../estimator/converter';
import type { Estimator, Reader } from '../../estimator/estimator';
import { gatherColumns, INDICATOR, joinFeatures, numericFeatures } from '../../estimator/features';
import { NumpyArray, type PyValue } from '../../joblib';
import { type Categories, categoricalTypes, categoriesFor, encodeColumn, refuseUnknown } from './seen-categories';

const UNKNOWN = ['error', 'ignore', 'infrequent_if_exist', 'warn'] as const;

/** No column is one for it. */
const NONE = -1;

interface Layout {
  /** For each category, which of the columns is one; NONE for a dropped one. */
  readonly positions: readonly number[];
  /** The same for a value of no category. */
  readonly unknown: number;
  /** Columns. */
  readonly width: number;
}

/** Element of a list or array that fitting sets, one for each column; null when there is none. */
function perColumn(encoder: Estimator, name: string, column: number): PyValue {
  const list = encoder.get(name) ?? null;
  if (list === null) return null;
  const items = list instanceof NumpyArray ? (list.objects ?? [...list.numbers()]) : list;
  if (!Array.isArray(items) || column >= items.length) throw encoder.damaged(`${name} is not a list`);
  return items[column]!;
}

const GROUPS: Reader = { reads: ['_infrequent_enabled', '_default_to_infrequent_mappings'] };

/**
 * Which category belongs to which group: infrequent ones share the last. OrdinalEncoder leaves out a missing value,
 * which comes last. Undefined when each is its own.
 */
export function groupsOf(fitted: Estimator, categories: Categories, column: number): readonly number[] | undefined {
  const encoder = fitted.readBy(GROUPS);
  if (encoder.get('_infrequent_enabled') !== true) return undefined;
  const mapping = perColumn(encoder, '_default_to_infrequent_mappings', column);
  if (mapping === null) return undefined;
  const groups = mapping instanceof NumpyArray && mapping.isNumeric ? [...mapping.numbers()] : [];
  const { length } = categories.values;
  const complete = groups.length === length || (categories.missing !== undefined && groups.length === length - 1);
  if (!complete || !groups.every((group) => Number.isInteger(group) && group >= 0 && group < length)) {
    throw encoder.damaged('_default_to_infrequent_mappings does not fit its categories');
  }
  return groups;
}

function layoutOf(encoder: Estimator, categories: Categories, column: number, toInfrequent: boolean): Layout {
  const groups = groupsOf(encoder, categories, column);
  const count = groups ? groups.reduce((most, group) => Math.max(most, group), 0) + 1 : categories.values.length;
  // since 1.2 drop_idx_ is that of a category, and the other that of a group
  const name = encoder.get('_drop_idx_after_grouping') === undefined ? 'drop_idx_' : '_drop_idx_after_grouping';
  const dropped = perColumn(encoder, name, column);
  if (
    dropped !== null &&
    (typeof dropped !== 'number' || !Number.isInteger(dropped) || dropped < 0 || dropped >= count)
  ) {
    throw encoder.damaged(`${name} does not fit its categories`);
  }
  const place = (group: number) => (dropped === null || group < dropped ? group : group === dropped ? NONE : group - 1);
  return {
    positions: categories.values.map((_, i) => place(groups?.[i] ?? i)),
    unknown: groups && toInfrequent ? place(count - 1) : NONE,
    width: dropped === null ? count : count - 1,
  };
}

export const oneHotEncoder: Converter = {
  classNames: ['sklearn.preprocessing._encoders.OneHotEncoder'],
  reads: ['handle_unknown', 'drop_idx_', '_drop_idx_after_grouping', 'sparse_output', 'sparse'],

  inputTypes: categoricalTypes,

  transform(encoder, input, { graph }) {
    const all = categoriesFor(encoder, input);
    const handleUnknown = encoder.option('handle_unknown', UNKNOWN, `use ${UNKNOWN.join(', ')}`);
    const toInfrequent = handleUnknown === 'infrequent_if_exist' || handleUnknown === 'warn';
    const codes: ReturnType<typeof encodeColumn>[] = [];
    const columnOf: number[] = []; // for each column that comes out, the code that decides on it
    all.forEach((categories, i) => {
      if (handleUnknown === 'error') refuseUnknown(encoder, input.columns[i]!, categories);
      const { positions, unknown, width } = layoutOf(encoder, categories, i, toInfrequent);
      if (width === 0) return;
      const offset = columnOf.length;
      const place = (position: number) => (position === NONE ? NONE : offset + position);
      const code = encodeColumn(graph, input, i, { categories, known: positions.map(place), unknown: place(unknown) });
      for (let k = 0; k < width; k++) columnOf.push(codes.length);
      codes.push(code);
    });
    if (codes.length === 0) return joinFeatures(graph, [], encoder.file);
    const code = codes.length > 1 ? graph.concat(codes, 1) : codes[0]!;
    const repeated = codes.length > 1 ? gatherColumns(graph, code, columnOf, codes.length) : code;
    const places = graph.doubles(columnOf.map((_, i) => i));
    return numericFeatures(
      graph.cast(graph.equal(repeated, places), 'float64'),
      columnOf.map(() => INDICATOR),
      (encoder.get('sparse_output') ?? encoder.get('sparse')) !== false,
    );
  },
};
