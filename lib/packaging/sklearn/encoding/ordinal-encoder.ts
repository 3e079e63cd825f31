/** `sklearn.preprocessing.OrdinalEncoder`: a number for each category. */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { BOUNDED, type FeatureColumn } from '../../estimator/feature-column';
import { numericFeatures } from '../../estimator/features';
import { groupsOf } from './one-hot-encoder';
import {
  type Categories,
  type Codes,
  categoricalTypes,
  categoriesFor,
  encodeColumn,
  refuseUnknown,
} from './seen-categories';

/** A number or NaN. */
function code(encoder: Estimator, name: string): number {
  const value = encoder.get(name);
  if (typeof value !== 'number') throw encoder.damaged(`${name} is not a number`);
  return value;
}

/** The category that has a code of its own, -1 when there is none. None is a category like any other. */
function missingIndex({ values, missing }: Categories): number {
  return missing === 'NaN' ? values.indexOf(null) : -1;
}

function codesOf(encoder: Estimator, categories: Categories, column: number, acceptsUnknown: boolean): Codes {
  const groups = groupsOf(encoder, categories, column);
  const missing = missingIndex(categories);
  const known = categories.values.map((_, i) => {
    if (missing < 0) return groups?.[i] ?? i;
    const group = i === missing ? i : (groups?.[i] ?? i);
    return group === missing ? code(encoder, 'encoded_missing_value') : group;
  });
  return { categories, known, unknown: acceptsUnknown ? code(encoder, 'unknown_value') : 0 };
}

function encodedColumn(encoder: Estimator, source: FeatureColumn, codes: Codes): FeatureColumn {
  const { categories } = codes;
  const missing = missingIndex(categories);
  return {
    ...BOUNDED,
    rounding: undefined,
    name: source.name,
    // NaN comes out for a missing value, or for an unknown one, where that is its code
    refuseMissing: () => {
      if (Number.isNaN(codes.unknown)) {
        refuseUnknown(encoder, source, categories);
      }
      if (Number.isNaN(codes.known[missing])) source.refuseMissing();
    },
  };
}

export const ordinalEncoder: Converter = {
  classNames: ['sklearn.preprocessing._encoders.OrdinalEncoder'],
  reads: ['handle_unknown', 'unknown_value', 'encoded_missing_value'],

  inputTypes: categoricalTypes,

  transform(encoder, input, { graph }) {
    const choices = ['error', 'use_encoded_value'] as const;
    // there is no choice until 0.23
    const chosen = encoder.get('handle_unknown') !== undefined;
    const handleUnknown = chosen ? encoder.option('handle_unknown', choices, `use ${choices.join(', ')}`) : 'error';
    const results = categoriesFor(encoder, input).map((categories, i) => {
      const source = input.columns[i]!;
      if (handleUnknown === 'error') refuseUnknown(encoder, source, categories);
      const codes = codesOf(encoder, categories, i, handleUnknown === 'use_encoded_value');
      return {
        value: encodeColumn(graph, input, i, codes),
        column: encodedColumn(encoder, source, codes),
      };
    });
    const values = results.map(({ value }) => value);
    return numericFeatures(
      values.length > 1 ? graph.concat(values, 1) : values[0]!,
      results.map(({ column }) => column),
    );
  },
};
