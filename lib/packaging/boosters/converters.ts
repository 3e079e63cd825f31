/** The converters of boosters inside pickles. */
import type { Converter } from '../estimator/converter';
import { LIGHTGBM_CONVERTERS } from './lightgbm-estimator';
import { XGBOOST_CONVERTERS } from './xgboost-estimator';

export const BOOSTERS: readonly Converter[] = [...XGBOOST_CONVERTERS, ...LIGHTGBM_CONVERTERS];
