/** The converters of what prepares columns before a model: a new one is a file of its own and a line here. */

import type { Converter } from '../estimator/converter';
import { columnTransformer } from '../sklearn/composition/column-transformer';
import { featureUnion } from '../sklearn/composition/feature-union';
import { functionTransformer } from '../sklearn/composition/function-transformer';
import { fastIca, pca, randomProjection, truncatedSvd } from '../sklearn/decomposition/decomposition';
import { factorAnalysis } from '../sklearn/decomposition/factor-analysis';
import { kBinsDiscretizer } from '../sklearn/encoding/k-bins-discretizer';
import { oneHotEncoder } from '../sklearn/encoding/one-hot-encoder';
import { ordinalEncoder } from '../sklearn/encoding/ordinal-encoder';
import { targetEncoder } from '../sklearn/encoding/target-encoder';
import { iterativeImputer } from '../sklearn/imputation/iterative-imputer';
import { knnImputer } from '../sklearn/imputation/knn-imputer';
import { missingIndicator } from '../sklearn/imputation/missing-indicator';
import { simpleImputer } from '../sklearn/imputation/simple-imputer';
import { nystroem } from '../sklearn/kernels/kernel-machines';
import { kernelPca } from '../sklearn/kernels/kernel-pca';
import { polynomialFeatures } from '../sklearn/scaling/polynomial-features';
import { powerTransformer } from '../sklearn/scaling/power-transformer';
import { quantileTransformer } from '../sklearn/scaling/quantile-transformer';
import { maxAbsScaler, minMaxScaler, robustScaler } from '../sklearn/scaling/range-scalers';
import { binarizer, normalizer } from '../sklearn/scaling/row-scalers';
import { splineTransformer } from '../sklearn/scaling/spline-transformer';
import { standardScaler } from '../sklearn/scaling/standard-scaler';
import { featureSelectors } from '../sklearn/selection/feature-selection';
import { countVectorizer, tfidfVectorizer } from '../sklearn/text/text-vectorizers';
import { tfidfTransformer } from '../sklearn/text/tfidf-transformer';

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
