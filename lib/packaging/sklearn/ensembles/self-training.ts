/** `sklearn.semi_supervised.SelfTrainingClassifier`: a classifier fitted again and again, also with labels of its own. */
import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { memberIn } from '../../estimator/members';

/** The last one that was fitted; its attribute had another name until 1.5. */
function classifierOf(outer: Estimator): Estimator {
  return memberIn(outer, outer.get('estimator_') === undefined ? 'base_estimator_' : 'estimator_', 'estimator');
}

export const selfTraining: Converter = {
  classNames: ['sklearn.semi_supervised._self_training.SelfTrainingClassifier'],
  since: { SelfTrainingClassifier: '0.24' },
  reads: ['estimator_', 'base_estimator_'],
  entry: classifierOf,
  predict: (estimator, input, conversion) => conversion.predict(classifierOf(estimator), input),
};
