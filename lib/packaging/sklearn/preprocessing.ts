/** The converters of what prepares columns before a model: a new one is a file of its own and a line here. */
import { columnTransformer } from './column-transformer';
import type { Converter } from './converter';
import { fastIca, pca, randomProjection, truncatedSvd } from './decomposition';
import { factorAnalysis } from './factor-analysis';
import { featureSelectors } from './feature-selection';
import { featureUnion } from './feature-union';
import { functionTransformer } from './function-transformer';
import { iterativeImputer } from './iterative-imputer';
import { kBinsDiscretizer } from './k-bins-discretizer';
import { nystroem } from './kernel-machines';
import { kernelPca } from './kernel-pca';
import { knnImputer } from './knn-imputer';
import { missingIndicator } from './missing-indicator';
import { oneHotEncoder } from './one-hot-encoder';
import { ordinalEncoder } from './ordinal-encoder';
import { polynomialFeatures } from './polynomial-features';
import { powerTransformer } from './power-transformer';
import { quantileTransformer } from './quantile-transformer';
import { maxAbsScaler, minMaxScaler, robustScaler } from './range-scalers';
import { binarizer, normalizer } from './row-scalers';
import { simpleImputer } from './simple-imputer';
import { splineTransformer } from './spline-transformer';
import { standardScaler } from './standard-scaler';
import { targetEncoder } from './target-encoder';
import { countVectorizer, tfidfVectorizer } from './text-vectorizers';
import { tfidfTransformer } from './tfidf-transformer';

export const PREPROCESSING: readonly Converter[] = [
  columnTransformer,
  featureUnion,
  simpleImputer,
  iterativeImputer,
  knnImputer,
  missingIndicator,
  oneHotEncoder,
  ordinalEncoder,
  targetEncoder,
  standardScaler,
  minMaxScaler,
  maxAbsScaler,
  robustScaler,
  normalizer,
  binarizer,
  functionTransformer,
  polynomialFeatures,
  splineTransformer,
  kBinsDiscretizer,
  powerTransformer,
  quantileTransformer,
  pca,
  truncatedSvd,
  fastIca,
  randomProjection,
  factorAnalysis,
  kernelPca,
  nystroem,
  ...featureSelectors,
  countVectorizer,
  tfidfVectorizer,
  tfidfTransformer,
];
