/** Scalers by range: `MinMaxScaler`, `MaxAbsScaler` and `RobustScaler`. NaN passes through all of them. */

import type { Converter } from '../../estimator/converter';
import { BOUNDED, type FeatureColumn, scaledColumn } from '../../estimator/feature-column';
import { numericFeatures } from '../../estimator/features';
import type { GraphBuilder, Value } from '../../onnx';
import { perColumn } from './standard-scaler';

/** Within two bounds; NaN stays. */
function clip(graph: GraphBuilder, value: Value<'float64'>, least: number, most: number): Value<'float64'> {
  const [lower, upper] = [graph.doubles([least]), graph.doubles([most])];
  return graph.where(graph.less(value, lower), lower, graph.where(graph.greater(value, upper), upper, value));
}

/** A column of numbers between two bounds that are not large. */
function clippedColumn(source: FeatureColumn): FeatureColumn {
  return { ...BOUNDED, name: source.name, refuseMissing: () => source.refuseMissing() };
}

/** `X * scale_ + min_` */
export const minMaxScaler: Converter = {
  classNames: ['sklearn.preprocessing._data.MinMaxScaler'],
  reads: ['min_', 'scale_', 'clip', 'feature_range'],

  transform(estimator, input, { graph }) {
    const scale = perColumn(estimator, 'scale_', input);
    const least = perColumn(estimator, 'min_', input);
    const value = graph.add(graph.multiply(input.value, graph.doubles(scale)), graph.doubles(least));
    if (estimator.get('clip') !== true) {
      const columns = input.columns.map((column, i) => scaledColumn(column, -least[i]! / scale[i]!, 1 / scale[i]!));
      return numericFeatures(value, columns);
    }
    const [from, to] = estimator.list('feature_range');
    if (typeof from !== 'number' || typeof to !== 'number') throw estimator.damaged('feature_range is not two numbers');
    return numericFeatures(clip(graph, value, from, to), input.columns.map(clippedColumn));
  },
};

/** `X / scale_` */
export const maxAbsScaler: Converter = {
  classNames: ['sklearn.preprocessing._data.MaxAbsScaler'],
  reads: ['scale_', 'clip'],

  transform(estimator, input, { graph }) {
    const scale = perColumn(estimator, 'scale_', input);
    const value = graph.divide(input.value, graph.doubles(scale));
    if (estimator.get('clip') === true) {
      return numericFeatures(clip(graph, value, -1, 1), input.columns.map(clippedColumn));
    }
    return numericFeatures(
      value,
      input.columns.map((column, i) => scaledColumn(column, 0, scale[i]!)),
      input.sparse,
    );
  },
};

/** `(X - center_) / scale_` */
export const robustScaler: Converter = {
  classNames: ['sklearn.preprocessing._data.RobustScaler'],
  reads: ['with_centering', 'center_', 'with_scaling', 'scale_'],

  transform(estimator, input, { graph }) {
    const center = estimator.boolean('with_centering') ? perColumn(estimator, 'center_', input) : undefined;
    const scale = estimator.boolean('with_scaling') ? perColumn(estimator, 'scale_', input) : undefined;
    let { value } = input;
    if (center) value = graph.subtract(value, graph.doubles(center));
    if (scale) value = graph.divide(value, graph.doubles(scale));
    return numericFeatures(
      value,
      input.columns.map((column, i) => scaledColumn(column, center?.[i] ?? 0, scale?.[i] ?? 1)),
      input.sparse,
    );
  },
};
