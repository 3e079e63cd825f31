/** `sklearn.frozen.FrozenEstimator`: an estimator that fitting leaves as it is, such as one that is only calibrated. */
import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { memberIn } from '../../estimator/members';

const frozenIn = (frozen: Estimator): Estimator => memberIn(frozen, 'estimator');

export const frozenEstimator: Converter = {
  classNames: ['sklearn.frozen._frozen.FrozenEstimator'],
  since: { FrozenEstimator: '1.6' },
  reads: ['estimator'],
  entry: frozenIn,
  transform: (estimator, input, conversion) => conversion.transform(frozenIn(estimator), input),
  predict: (estimator, input, conversion) => conversion.predict(frozenIn(estimator), input),
};
