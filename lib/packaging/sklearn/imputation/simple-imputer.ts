/** `sklearn.impute.SimpleImputer`: missing values are replaced by one value for each column. */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { type FeatureColumn, isNeverMissing } from '../../estimator/feature-column';
import { type Features, mixedFeatures, numbersOf, selectFeatures, stored } from '../../estimator/features';
import { testedVersion } from '../../estimator/version';
import { NumpyArray, type PyValue } from '../../joblib';
import type { GraphBuilder } from '../../onnx';
import { withIndicators } from './missing-indicator';
import { type MissingMask, type MissingValue, missingMask, missingValueOf } from './missing-values';

type Fill = number | string;

/** What each column's missing values become; NaN for a column that had no others in training. */
function fillsOf(imputer: Estimator): Fill[] {
  const array = imputer.fitted('statistics_');
  if (!(array instanceof NumpyArray) || array.shape.length !== 1) throw imputer.damaged('statistics_ is not an array');
  const values: readonly PyValue[] = array.objects ?? array.strings() ?? [...array.numbers()];
  return values.map((value) => {
    if (typeof value === 'boolean') return Number(value);
    if (typeof value === 'string' || (typeof value === 'number' && Math.abs(value) !== Number.POSITIVE_INFINITY)) {
      return value;
    }
    throw imputer.unsupported(
      `(${imputer.className}) replaces missing values by something that is neither text nor a finite number, which is not converted`,
    );
  });
}

/** Columns that are left, by their indices: those without any value in training are dropped. */
function keptColumns(imputer: Estimator, fills: readonly Fill[]): number[] {
  const dropsConstants = testedVersion(imputer).minor >= 8;
  const keepsEmpty = imputer.get('keep_empty_features') === true;
  const all = fills.map((_, i) => i);
  const observed = all.filter((i) => !Number.isNaN(fills[i]));
  if (observed.length === all.length) return all;
  if (keepsEmpty || (imputer.get('strategy') === 'constant' && !dropsConstants)) {
    throw imputer.unsupported(
      `(${imputer.className}) replaces missing values by NaN, which is not converted; choose another fill_value`,
    );
  }
  return observed;
}

/** A column without its missing values. */
function imputedColumn(source: FeatureColumn, fill: Fill, missing: MissingValue): FeatureColumn {
  const replaced = 'value' in missing ? missing.value : undefined;
  return {
    ...source,
    refuseMissing: () => {}, // there is none left
    limitMagnitude: (maximum) => {
      source.limitMagnitude(maximum);
      if (typeof fill === 'number' && Math.abs(fill) > maximum) source.refuseMissing();
    },
    requireAbove: (minimum) => {
      if (typeof replaced === 'number' && replaced <= minimum) return false;
      if (typeof fill === 'number' && fill <= minimum) source.refuseMissing();
      return source.requireAbove(minimum);
    },
    refuseNumber: (value) => {
      if (fill === value) source.refuseMissing();
      return replaced === value || source.refuseNumber(value);
    },
    allowOnly: (values, missingAllowed) => {
      if (replaced === undefined) return source.allowOnly(values, values.has(fill));
      const before = new Set(values);
      if (values.has(fill)) before.add(replaced);
      else before.delete(replaced);
      return source.allowOnly(before, missingAllowed);
    },
  };
}

/** The columns with their missing values replaced, all of them kept. */
function impute(
  graph: GraphBuilder,
  input: Features,
  fills: readonly Fill[],
  { missing, mask }: { readonly missing: MissingValue; readonly mask: MissingMask },
): Features {
  const of = (type: string) => fills.filter((_, i) => input.columns[i]!.type === type);
  const numbers = numbersOf(input);
  const texts = input.mixed?.texts;
  return mixedFeatures(
    input.columns.map((column, i) => imputedColumn(column, fills[i]!, missing)),
    numbers && mask.numbers && graph.where(mask.numbers, graph.doubles(of('float64') as number[]), numbers),
    texts && mask.texts && graph.where(mask.texts, graph.texts(of('string') as string[]), texts),
  );
}

export const simpleImputer: Converter = {
  classNames: ['sklearn.impute._base.SimpleImputer'],
  reads: ['statistics_', 'strategy', 'keep_empty_features'],

  inputTypes(imputer) {
    const fills = fillsOf(imputer);
    const textual = fills.some((fill) => typeof fill === 'string');
    return textual ? fills.map((fill) => (typeof fill === 'string' ? 'string' : 'float64')) : undefined;
  },

  transform(imputer, input, { graph }) {
    const fills = fillsOf(imputer);
    if (fills.length !== input.columns.length) {
      throw imputer.damaged(`statistics_ has ${fills.length} values for ${input.columns.length} columns`);
    }
    const kept = keptColumns(imputer, fills);
    for (const i of kept) {
      const { type, name } = input.columns[i]!;
      if ((type === 'string') === (typeof fills[i] === 'string')) continue;
      throw imputer.unsupported(
        `(${imputer.className}) replaces missing values of "${name}", a column of ${type === 'string' ? 'text' : 'numbers'}, by ${typeof fills[i] === 'string' ? 'text' : 'a number'}; choose a fill_value of the column's own type`,
      );
    }
    const missing = missingValueOf(imputer, input);
    const whole = missingMask(graph, input, missing);
    const left = selectFeatures(graph, input, kept);
    const mask = kept.length === fills.length ? whole : missingMask(graph, left, missing);
    const imputed = impute(
      graph,
      left,
      kept.map((i) => fills[i]!),
      { missing, mask },
    );
    // what replaces a missing value is stored, also where it is 0
    const storesZeros = input.columns.some((column, i) => fills[i] === 0 && !isNeverMissing(column));
    const sparse = input.sparse && (storesZeros ? 'storing zeros' : input.sparse);
    return stored(withIndicators(graph, imputer, input, { imputed, mask: whole }), sparse);
  },
};
