/** Models of nearest neighbours. Each export is a converter, and the registry has them all. */
export { localOutlierFactor } from './local-outlier-factor';
export { nearestCentroid } from './nearest-centroid';
export { neighborsClassifier, neighborsRegressor } from './neighbors';
