/** What scikit-learn's dummies answer, whatever X is: models of their own, and what gradient boosting begins with. */
import type { Estimator, Reader } from '../estimator/estimator';

export const DUMMY_CLASSIFIER = 'sklearn.dummy.DummyClassifier';
export const DUMMY_REGRESSOR = 'sklearn.dummy.DummyRegressor';

const CLASSIFIER: Reader = { reads: ['class_prior_', 'strategy'] };
const REGRESSOR: Reader = { reads: ['constant_'] };

/** The probability that a DummyClassifier gives each class. @param classes how many there are */
export function dummyProbabilities(dummy: Estimator, classes: number): Float64Array {
  const estimator = dummy.readBy(CLASSIFIER);
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
  return estimator.readBy(REGRESSOR).finite('constant_', 2).values;
}
