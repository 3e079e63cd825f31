/** Models that are neither trees nor made of others. */

import type { Converter } from '../estimator/converter';
import { bisectingKMeans } from '../sklearn/clustering/bisecting-k-means';
import { kMeans } from '../sklearn/clustering/k-means';
import { gaussianProcessRegressor } from '../sklearn/kernels/gaussian-process';
import { kernelRidge } from '../sklearn/kernels/kernel-machines';
import { supportVectorClassifier } from '../sklearn/kernels/support-vector-classifier';
import {
  oneClassLinear,
  oneClassSupportVector,
  supportVectorRegressor,
} from '../sklearn/kernels/support-vector-regression';
import { generalizedLinear } from '../sklearn/linear/generalized-linear';
import {
  linearClassifier,
  linearDiscriminant,
  ridgeClassifier,
  sgdClassifier,
} from '../sklearn/linear/linear-classifier';
import { linearRegression } from '../sklearn/linear/linear-regression';
import { logisticRegression } from '../sklearn/linear/logistic-regression';
import { partialLeastSquares } from '../sklearn/linear/partial-least-squares';
import { ransac } from '../sklearn/linear/ransac';
import { localOutlierFactor } from '../sklearn/neighbours/local-outlier-factor';
import { nearestCentroid } from '../sklearn/neighbours/nearest-centroid';
import { neighborsClassifier, neighborsRegressor } from '../sklearn/neighbours/neighbors';
import { neuralClassifier, neuralRegressor } from '../sklearn/neural/neural-network';
import { ellipticEnvelope } from '../sklearn/probabilistic/elliptic-envelope';
import { bayesianMixture, gaussianMixture } from '../sklearn/probabilistic/gaussian-mixture';
import { isotonicRegression } from '../sklearn/probabilistic/isotonic';
import {
  bernoulliNaiveBayes,
  categoricalNaiveBayes,
  complementNaiveBayes,
  gaussianNaiveBayes,
  multinomialNaiveBayes,
} from '../sklearn/probabilistic/naive-bayes';
import { quadraticDiscriminant } from '../sklearn/probabilistic/quadratic-discriminant';

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
