/** What an imputer or an indicator takes for a missing value, and where there is one. */
import { MISSING_TEXT } from '../../../model/rows/signature';
import type { Estimator, Reader } from '../../estimator/estimator';
import type { FeatureColumn, MissingKind } from '../../estimator/feature-column';
import { type Features, gatherColumns, numbersOf, refuseMissing } from '../../estimator/features';
import { Global, PyObject } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';

/** A missing value as such, or a number or text that stands for one. */
export type MissingValue = { readonly kind: MissingKind } | { readonly value: number | string };

const MISSING_VALUE: Reader = { reads: ['missing_values'] };

/** The option `missing_values`. What it excludes is refused: scikit-learn raises for NaN when something else stands for it. */
export function missingValueOf(estimator: Estimator, input: Features): MissingValue {
  const option = estimator.readBy(MISSING_VALUE).get('missing_values');
  if (option instanceof Global || option instanceof PyObject || option === undefined) {
    throw estimator.unsupported(
      `(${estimator.className}) has missing_values=pandas.NA or another object, which is not converted; use NaN, None, a number or text`,
    );
  }
  if (option === null || (typeof option === 'number' && Number.isNaN(option))) {
    const kind = option === null ? 'None' : 'NaN';
    for (const column of input.columns) {
      if (column.settleMissing(kind)) continue;
      throw estimator.unsupported(
        `(${estimator.className}) has missing_values=${option === null ? 'None' : 'NaN'}, and another estimator takes a missing value of "${column.name}" for the other of the two; JSON has one null: use the same in both`,
      );
    }
    return { kind };
  }
  if (typeof option !== 'number' && typeof option !== 'string') {
    throw estimator.unsupported(
      `(${estimator.className}) has missing_values that are neither NaN, None, a number nor text, which is not converted`,
    );
  }
  refuseMissing(input);
  return { value: option };
}

export interface MissingMask {
  /** Shape `[rows, numeric columns]`. */
  readonly numbers?: Value<'bool'>;
  /** Shape `[rows, text columns]`. */
  readonly texts?: Value<'bool'>;
}

/** Where the columns hold a missing value. */
export function missingMask(graph: GraphBuilder, features: Features, missing: MissingValue): MissingMask {
  const numbers = numbersOf(features);
  const texts = features.mixed?.texts;
  // In Python a number never equals text. A missing value is refused by then, so that a search for it finds none.
  const text = 'value' in missing && typeof missing.value === 'string' ? missing.value : MISSING_TEXT;
  const number = 'value' in missing && typeof missing.value === 'number' ? missing.value : undefined;
  return {
    ...(numbers && {
      numbers: number === undefined ? graph.isNaN(numbers) : graph.equal(numbers, graph.doubles([number])),
    }),
    ...(texts && { texts: graph.equal(texts, graph.texts([text])) }),
  };
}

/** Ones where some of the columns are missing, otherwise zeros; shape `[rows, indices.length]`. */
export function missingIndicators(
  graph: GraphBuilder,
  features: Features,
  mask: MissingMask,
  indices: readonly number[],
): Value<'float64'> {
  const parts = [mask.numbers, mask.texts].filter((part) => part !== undefined);
  const values = parts.map((part) => graph.cast(part, 'float64'));
  const joined = values.length > 1 ? graph.concat(values, 1) : values[0]!;
  const place = new Map<number, number>(); // of a column of X in `joined`
  for (const type of ['float64', 'string'] as const) {
    features.columns.forEach((column, i) => {
      if (column.type === type) place.set(i, place.size);
    });
  }
  return gatherColumns(
    graph,
    joined,
    indices.map((index) => place.get(index)!),
    place.size,
  );
}

/** A column without its missing values, which may have become any number; the others are as they were. */
export function filledColumn(source: FeatureColumn): FeatureColumn {
  return {
    ...source,
    refuseMissing: () => {},
    requireAbove: () => false,
    refuseNumber: () => false,
    allowOnly: () => false,
  };
}
