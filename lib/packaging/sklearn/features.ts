/**
 * What flows between estimators: a matrix in the graph, and for each of its columns the raw column it comes from.
 *
 * scikit-learn raises for NaN, or for what overflows a float32, where ONNX silently gives a number. An
 * estimator says here what it would not have accepted, and the signature of the model tells it of the raw columns.
 */
import type { Value } from '../onnx';

/** A column of the request. Estimators may only narrow what it accepts. */
export interface RawColumn {
  readonly name: string;
  missing: boolean;
  /** Largest magnitude; Infinity when any finite number will do. */
  maximum: number;
}

export interface FeatureColumn {
  readonly raw: RawColumn;
  /** The largest magnitude of the raw column for which this column is certain to stay within `maximum`. */
  readonly reach: (maximum: number) => number;
}

export interface Features {
  /** Shape `[rows, columns.length]`. */
  readonly value: Value<'float64'>;
  readonly columns: readonly FeatureColumn[];
}

/** The features that are the raw columns themselves. */
export function rawFeatures(value: Value<'float64'>, columns: readonly RawColumn[]): Features {
  return { value, columns: columns.map((raw) => ({ raw, reach: (maximum) => maximum })) };
}

/** From here on NaN is not accepted. */
export function refuseMissing(features: Features): void {
  for (const { raw } of features.columns) raw.missing = false;
}

/** From here on magnitudes beyond `maximum` are not accepted. */
export function limitMagnitude(features: Features, maximum: number): void {
  for (const { raw, reach } of features.columns) raw.maximum = Math.min(raw.maximum, reach(maximum));
}
