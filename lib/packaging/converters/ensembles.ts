/** The converters of trees, and of estimators made of others. */

import type { Converter } from '../estimator/converter';
import { dummyClassifier, dummyRegressor } from '../graph-parts/dummy';
import { fixedThreshold, tunedThreshold } from '../graph-parts/threshold';
import { frozenEstimator } from '../sklearn/composition/frozen';
import { transformedTarget } from '../sklearn/composition/transformed-target';
import { adaBoostClassifier, adaBoostRegressor, sampledAdaBoost } from '../sklearn/ensembles/ada-boost';
import { baggingClassifier, baggingRegressor, balancedBagging } from '../sklearn/ensembles/bagging';
import { calibratedClassifier } from '../sklearn/ensembles/calibrated';
import { classifierChain, regressorChain } from '../sklearn/ensembles/chain';
import { multiOutputClassifier, multiOutputRegressor } from '../sklearn/ensembles/multi-output';
import { oneVsOne } from '../sklearn/ensembles/one-vs-one';
import { oneVsRest } from '../sklearn/ensembles/one-vs-rest';
import { selfTraining } from '../sklearn/ensembles/self-training';
import { stackingClassifier, stackingRegressor } from '../sklearn/ensembles/stacking';
import { votingClassifier, votingRegressor } from '../sklearn/ensembles/voting';
import { decisionTreeClassifier, decisionTreeRegressor } from '../sklearn/trees/decision-tree';
import { gradientBoostingClassifier, gradientBoostingRegressor } from '../sklearn/trees/gradient-boosting';
import { histGradientBoostingClassifier, histGradientBoostingRegressor } from '../sklearn/trees/hist-gradient-boosting';
import { isolationForest } from '../sklearn/trees/isolation-forest';
import {
  balancedForest,
  extraTreesClassifier,
  extraTreesRegressor,
  randomForestClassifier,
  randomForestRegressor,
} from '../sklearn/trees/random-forest';

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
