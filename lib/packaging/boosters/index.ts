export type { BoosterModel } from './booster-model';
export { BOOSTER_FORMATS, convertBooster } from './convert-booster';
export { type BoosterFile, readBoosterFile } from './file';
export { LIGHTGBM_CONVERTERS } from './lightgbm-estimator';
export { XGBOOST_CONVERTERS } from './xgboost-estimator';
