/** Estimators made of several others, and what decides for them. Each export is a converter, and the registry has them all. */
export { adaBoostClassifier, adaBoostRegressor, sampledAdaBoost } from './ada-boost';
export { baggingClassifier, baggingRegressor, balancedBagging } from './bagging';
export { calibratedClassifier } from './calibrated';
export { classifierChain, regressorChain } from './classifier-chain';
export { dummyClassifier, dummyRegressor } from './dummy';
export { multiOutputClassifier, multiOutputRegressor } from './multi-output';
export { oneVsOne } from './one-vs-one';
export { oneVsRest } from './one-vs-rest';
export { selfTraining } from './self-training';
export { stackingClassifier, stackingRegressor } from './stacking';
export { fixedThreshold, tunedThreshold } from './threshold';
export { votingClassifier, votingRegressor } from './voting';
