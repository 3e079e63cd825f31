/** The converters of trees, and of estimators made of others. */
import { adaBoostClassifier, adaBoostRegressor, sampledAdaBoost } from './ada-boost';
import { baggingClassifier, baggingRegressor, balancedBagging } from './bagging';
import { calibratedClassifier } from './calibrated';
import { classifierChain, regressorChain } from './chain';
import type { Converter } from './converter';
import { decisionTreeClassifier, decisionTreeRegressor } from './decision-tree';
import { dummyClassifier, dummyRegressor } from './dummy';
import { frozenEstimator } from './frozen';
import { gradientBoostingClassifier, gradientBoostingRegressor } from './gradient-boosting';
import { histGradientBoostingClassifier, histGradientBoostingRegressor } from './hist-gradient-boosting';
import { isolationForest } from './isolation-forest';
import { multiOutputClassifier, multiOutputRegressor } from './multi-output';
import { oneVsOne } from './one-vs-one';
import { oneVsRest } from './one-vs-rest';
import {
  balancedForest,
  extraTreesClassifier,
  extraTreesRegressor,
  randomForestClassifier,
  randomForestRegressor,
} from './random-forest';
import { selfTraining } from './self-training';
import { stackingClassifier, stackingRegressor } from './stacking';
import { fixedThreshold, tunedThreshold } from './threshold';
import { transformedTarget } from './transformed-target';
import { votingClassifier, votingRegressor } from './voting';

export const ENSEMBLES: readonly Converter[] = [
  decisionTreeClassifier,
  decisionTreeRegressor,
  randomForestClassifier,
  randomForestRegressor,
  extraTreesClassifier,
  extraTreesRegressor,
  balancedForest,
  gradientBoostingClassifier,
  gradientBoostingRegressor,
  histGradientBoostingClassifier,
  histGradientBoostingRegressor,
  isolationForest,
  votingClassifier,
  votingRegressor,
  calibratedClassifier,
  stackingClassifier,
  stackingRegressor,
  baggingClassifier,
  baggingRegressor,
  balancedBagging,
  adaBoostClassifier,
  adaBoostRegressor,
  sampledAdaBoost,
  fixedThreshold,
  tunedThreshold,
  frozenEstimator,
  selfTraining,
  transformedTarget,
  oneVsRest,
  oneVsOne,
  multiOutputRegressor,
  multiOutputClassifier,
  regressorChain,
  classifierChain,
  dummyClassifier,
  dummyRegressor,
];
