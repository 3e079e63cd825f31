/** Models of probabilities. Each export is a converter, and the registry has them all. */
export { ellipticEnvelope } from './elliptic-envelope';
export { bayesianMixture, gaussianMixture } from './gaussian-mixture';
export { isotonicRegression } from './isotonic';
export {
  bernoulliNaiveBayes,
  categoricalNaiveBayes,
  complementNaiveBayes,
  gaussianNaiveBayes,
  multinomialNaiveBayes,
} from './naive-bayes';
export { quadraticDiscriminant } from './quadratic-discriminant';
