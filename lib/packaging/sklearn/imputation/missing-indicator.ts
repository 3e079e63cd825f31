/** `sklearn.impute.MissingIndicator`: which values are missing, as ones and zeros. */

import type { Converter } from '../../estimator/converter';
import type { Estimator, Reader } from '../../estimator/estimator';
import { type Features, INDICATOR, joinFeatures, numericFeatures } from '../../estimator/features';
import { PyObject } from '../../joblib';
import type { GraphBuilder } from '../../onnx';
import { type MissingMask, missingIndicators, missingMask, missingValueOf } from './missing-values';

const CLASS_NAMES = ['sklearn.impute._base.MissingIndicator'];

/** The columns that it tells of, by their indices. */
function columnsOf(indicator: Estimator, width: number): number[] {
  const indices = [...indicator.numbers('features_', 1).values];
  const { size } = new Set(indices.filter((index) => Number.isInteger(index) && index >= 0 && index < width));
  if (size !== indices.length) throw indicator.damaged(`features_ are not indices of its ${width} columns`);
  return indices;
}

/** Of an imputer and of the indicator in it. */
const INDICATED: Reader = { reads: ['add_indicator', 'indicator_', 'features_'] };

/** The columns whose missing values an imputer tells of, as `add_indicator` has it. */
function indicatedColumns(fitted: Estimator, width: number): number[] {
  const imputer = fitted.readBy(INDICATED);
  if (imputer.get('add_indicator') !== true) return [];
  const indicator = imputer.fitted('indicator_');
  if (!(indicator instanceof PyObject) || !CLASS_NAMES.includes(indicator.callee.fullName)) {
    throw imputer.damaged(`indicator_ is not a ${CLASS_NAMES[0]}`);
  }
  return columnsOf(imputer.child(indicator), width);
}

/**
 * What an imputer has made of X, and beside it the indicators that `add_indicator` asks for.
 *
 * @param mask where X has missing values
 */
export function withIndicators(
  graph: GraphBuilder,
  imputer: Estimator,
  input: Features,
  { imputed, mask }: { readonly imputed: Features; readonly mask: MissingMask },
): Features {
  const indicated = indicatedColumns(imputer, input.columns.length);
  if (indicated.length === 0) return imputed;
  const flags = missingIndicators(graph, input, mask, indicated);
  const columns = indicated.map(() => INDICATOR);
  return joinFeatures(graph, [imputed, numericFeatures(flags, columns)], imputer.file);
}

export const missingIndicator: Converter = {
  classNames: CLASS_NAMES,
  reads: ['features_', 'features', 'error_on_new', 'sparse'],

  transform(indicator, input, { graph }) {
    const indices = columnsOf(indicator, input.columns.length);
    const missing = missingValueOf(indicator, input);
    const others = input.columns.filter((_, i) => !indices.includes(i));
    // scikit-learn raises for a missing value in a column that had none in training
    if (others.length > 0 && indicator.get('features') === 'missing-only' && indicator.get('error_on_new') !== false) {
      if ('value' in missing) {
        throw indicator.unsupported(
          `(${indicator.className}) has error_on_new=True and missing_values=${JSON.stringify(missing.value)}, which is not converted; use error_on_new=False or features="all"`,
        );
      }
      for (const column of others) column.refuseMissing();
    }
    const mask = missingMask(graph, input, missing);
    return numericFeatures(
      missingIndicators(graph, input, mask, indices),
      indices.map(() => INDICATOR),
      indicator.get('sparse') === 'auto' ? input.sparse !== undefined : indicator.get('sparse') === true,
    );
  },
};
