/** Models that are neither trees nor made of others. */
import { bisectingKMeans } from './bisecting-k-means';
import type { Converter } from './converter';
import { ellipticEnvelope } from './elliptic-envelope';
import { bayesianMixture, gaussianMixture } from './gaussian-mixture';
import { gaussianProcessRegressor } from './gaussian-process';
import { generalizedLinear } from './generalized-linear';
import { isotonicRegression } from './isotonic';
import { kMeans } from './k-means';
import { kernelRidge } from './kernel-machines';
import { linearClassifier, linearDiscriminant, ridgeClassifier, sgdClassifier } from './linear-classifier';
import { linearRegression } from './linear-regression';
import { localOutlierFactor } from './local-outlier-factor';
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
import { quadraticDiscriminant } from './quadratic-discriminant';
import { ransac } from './ransac';
import { supportVectorClassifier } from './support-vector-classifier';
import { oneClassLinear, oneClassSupportVector, supportVectorRegressor } from './support-vector-regression';

export const MODELS: readonly Converter[] = [
  linearRegression,
  generalizedLinear,
  ransac,
  partialLeastSquares,
  logisticRegression,
  linearClassifier,
  sgdClassifier,
  ridgeClassifier,
  linearDiscriminant,
  quadraticDiscriminant,
  gaussianNaiveBayes,
  multinomialNaiveBayes,
  complementNaiveBayes,
  bernoulliNaiveBayes,
  categoricalNaiveBayes,
  nearestCentroid,
  neighborsClassifier,
  neighborsRegressor,
  kernelRidge,
  supportVectorClassifier,
  supportVectorRegressor,
  oneClassSupportVector,
  oneClassLinear,
  ellipticEnvelope,
  localOutlierFactor,
  neuralClassifier,
  neuralRegressor,
  kMeans,
  bisectingKMeans,
  gaussianMixture,
  bayesianMixture,
  gaussianProcessRegressor,
  isotonicRegression,
];
