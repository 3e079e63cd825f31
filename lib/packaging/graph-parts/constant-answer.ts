/** What scikit-learn's dummies answer, whatever X is: models of their own, and what gradient boosting begins with. */
import type { Estimator } from '../estimator/estimator';

export const DUMMY_CLASSIFIER = 'sklearn.dummy.DummyClassifier';
export const DUMMY_REGRESSOR = 'sklearn.dummy.DummyRegressor';

/** What `dummyProbabilities` reads. */
export const DUMMY_CLASSIFIER_READS: readonly string[] = ['class_prior_', 'strategy'];
/** What `dummyValues` reads. */
export const DUMMY_REGRESSOR_READS: readonly string[] = ['constant_'];

/** The probability that a DummyClassifier gives each class. @param classes how many there are */
export function dummyProbabilities(estimator: Estimator, classes: number): Float64Array {
  const prior = estimator.finite('class_prior_', 1).values;
  if (prior.length !== classes)
    throw estimator.damaged(`class_prior_ has ${prior.length} values for ${classes} classes`);
  const strategy = estimator.get('strategy');
  if (strategy === 'prior') return prior;
  if (strategy === 'most_frequent') {
    const first = prior.indexOf(Math.max(...prior));
    return prior.map((_, i) => Number(i === first));
  }
  throw estimator.unsupported(
    `(${estimator.className}) has strategy=${String(strategy)}, which is not converted; use "prior" or "most_frequent"`,
  );
}

/** What a DummyRegressor answers for each target. */
export function dummyValues(estimator: Estimator): Float64Array {
  return estimator.finite('constant_', 2).values;
}
