/** `sklearn.preprocessing.StandardScaler`: `(x - mean_) / scale_`, column by column. */
import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { scaledColumn } from '../../estimator/feature-column';
import { type Features, numericFeatures } from '../../estimator/features';

/** A number for each column that comes in. */
export function perColumn(estimator: Estimator, name: string, input: Features): Float64Array {
  const { values } = estimator.finite(name, 1);
  if (values.length !== input.columns.length) {
    throw estimator.damaged(`${name} has ${values.length} values for ${input.columns.length} columns`);
  }
  return values;
}

export const standardScaler: Converter = {
  classNames: ['sklearn.preprocessing._data.StandardScaler'],
  reads: ['with_mean', 'with_std', 'mean_', 'scale_'],

  // NaN passes through: scikit-learn accepts it here
  transform(estimator, input, { graph }) {
    const mean = estimator.boolean('with_mean') ? perColumn(estimator, 'mean_', input) : undefined;
    const scale = estimator.boolean('with_std') ? perColumn(estimator, 'scale_', input) : undefined;
    let { value } = input;
    if (mean) value = graph.subtract(value, graph.doubles(mean));
    if (scale) value = graph.divide(value, graph.doubles(scale));
    const columns = input.columns.map((column, i) => scaledColumn(column, mean?.[i] ?? 0, scale?.[i] ?? 1));
    return numericFeatures(value, columns, input.sparse);
  },
};
