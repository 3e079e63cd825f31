/** The converters that there are. A new family of estimators is a file of its own and a line here. */
import { BOOSTERS } from '../boosters/converters';
import type { Converter } from './converter';
import { ENSEMBLES } from './ensembles';
import type { Estimator } from './estimator';
import { gaussianMixture } from './gaussian-mixture';
import { generalizedLinear } from './generalized-linear';
import { kMeans } from './k-means';
import { linearClassifier, linearDiscriminant, ridgeClassifier, sgdClassifier } from './linear-classifier';
import { linearRegression } from './linear-regression';
import { logisticRegression } from './logistic-regression';
import {
  bernoulliNaiveBayes,
  categoricalNaiveBayes,
  complementNaiveBayes,
  gaussianNaiveBayes,
  multinomialNaiveBayes,
} from './naive-bayes';
import { nearestCentroid } from './nearest-centroid';
import { neighborsClassifier, neighborsRegressor } from './neighbors';
import { neuralClassifier, neuralRegressor } from './neural-network';
import { partialLeastSquares } from './partial-least-squares';
import { pipeline } from './pipeline';
import { PREPROCESSING } from './preprocessing';
import { quadraticDiscriminant } from './quadratic-discriminant';
import { ransac } from './ransac';
import { refusal } from './refusal';
import { search } from './search';
import { supportVectorClassifier } from './support-vector-classifier';
import { oneClassSupportVector, supportVectorRegressor } from './support-vector-regression';
import { testedVersion } from './version';

const CONVERTERS: readonly Converter[] = [
  pipeline,
  search,
  ...PREPROCESSING,
  ...BOOSTERS,
  logisticRegression,
  ...ENSEMBLES,
  linearRegression,
  linearClassifier,
  linearDiscriminant,
  ridgeClassifier,
  sgdClassifier,
  bernoulliNaiveBayes,
  complementNaiveBayes,
  gaussianNaiveBayes,
  multinomialNaiveBayes,
  generalizedLinear,
  ransac,
  neuralClassifier,
  neuralRegressor,
  quadraticDiscriminant,
  kMeans,
  supportVectorClassifier,
  oneClassSupportVector,
  supportVectorRegressor,
  neighborsClassifier,
  neighborsRegressor,
  gaussianMixture,
  partialLeastSquares,
  nearestCentroid,
  categoricalNaiveBayes,
];

const BY_CLASS_NAME = new Map(
  CONVERTERS.flatMap((converter) => converter.classNames.map((name) => [name, converter] as const)),
);

/** Short names of the estimators that are converted, e.g. `Pipeline`. */
export const SUPPORTED: readonly string[] = [
  ...new Set([...BY_CLASS_NAME.keys()].map((name) => name.slice(name.lastIndexOf('.') + 1))),
];

/**
 * The converter of an estimator, by the full name of its class: a class of the same short name is another class.
 *
 * @throws SlipwayError E_UNSUPPORTED when there is none, or the estimator's version of scikit-learn is not tested
 */
export function converterOf(estimator: Estimator): Converter {
  const converter = BY_CLASS_NAME.get(estimator.className);
  if (!converter) throw refusal(estimator);
  if (!converter.library) testedVersion(estimator);
  return converter;
}
