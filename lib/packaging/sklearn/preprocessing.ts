/** The converters of what prepares columns before a model: a new one is a file of its own and a line here. */
import { columnTransformer } from './column-transformer';
import type { Converter } from './converter';
import { featureUnion } from './feature-union';
import { functionTransformer } from './function-transformer';
import { missingIndicator } from './missing-indicator';
import { oneHotEncoder } from './one-hot-encoder';
import { ordinalEncoder } from './ordinal-encoder';
import { simpleImputer } from './simple-imputer';
import { standardScaler } from './standard-scaler';

export const PREPROCESSING: readonly Converter[] = [
  columnTransformer,
  featureUnion,
  simpleImputer,
  missingIndicator,
  oneHotEncoder,
  ordinalEncoder,
  standardScaler,
  functionTransformer,
];
