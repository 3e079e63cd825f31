/** Decision trees, and sums and means of them. Each export is a converter, and the registry has them all. */
export { decisionTreeClassifier, decisionTreeRegressor } from './decision-tree';
export { gradientBoostingClassifier, gradientBoostingRegressor } from './gradient-boosting';
export { histGradientBoostingClassifier, histGradientBoostingRegressor } from './hist-gradient-boosting';
export { isolationForest } from './isolation-forest';
export {
  balancedForest,
  extraTreesClassifier,
  extraTreesRegressor,
  randomForestClassifier,
  randomForestRegressor,
} from './random-forest';
