/** Linear models. Each export is a converter, and the registry has them all. */
export { generalizedLinear } from './generalized-linear';
export { linearClassifier, linearDiscriminant, ridgeClassifier, sgdClassifier } from './linear-classifier';
export { linearRegression } from './linear-regression';
export { logisticRegression } from './logistic-regression';
export { partialLeastSquares } from './partial-least-squares';
export { ransac } from './ransac';
