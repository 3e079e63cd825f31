/** The converters of trees, and of estimators made of others. */
import type { Converter } from './converter';
import { decisionTreeClassifier, decisionTreeRegressor } from './decision-tree';
import { dummyClassifier, dummyRegressor } from './dummy';
import { gradientBoostingClassifier, gradientBoostingRegressor } from './gradient-boosting';
import { histGradientBoostingClassifier, histGradientBoostingRegressor } from './hist-gradient-boosting';
import {
  extraTreesClassifier,
  extraTreesRegressor,
  randomForestClassifier,
  randomForestRegressor,
} from './random-forest';

export const ENSEMBLES: readonly Converter[] = [
  decisionTreeClassifier,
  decisionTreeRegressor,
  randomForestClassifier,
  randomForestRegressor,
  extraTreesClassifier,
  extraTreesRegressor,
  gradientBoostingClassifier,
  gradientBoostingRegressor,
  histGradientBoostingClassifier,
  histGradientBoostingRegressor,
  dummyClassifier,
  dummyRegressor,
];
