/** Scalers and other functions of single columns and rows. Each export is a converter, and the registry has them all. */
export { polynomialFeatures } from './polynomial-features';
export { powerTransformer } from './power-transformer';
export { quantileTransformer } from './quantile-transformer';
export { maxAbsScaler, minMaxScaler, robustScaler } from './range-scalers';
export { binarizer, normalizer } from './row-scalers';
export { splineTransformer } from './spline-transformer';
export { standardScaler } from './standard-scaler';
