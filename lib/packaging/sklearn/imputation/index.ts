/** Imputers. Each export is a converter, and the registry has them all. */
export { iterativeImputer } from './iterative-imputer';
export { knnImputer } from './knn-imputer';
export { missingIndicator } from './missing-indicator';
export { simpleImputer } from './simple-imputer';
