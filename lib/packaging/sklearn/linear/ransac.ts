/** `sklearn.linear_model.RANSACRegressor`: the regressor that was fitted to the inliers predicts. */

import type { Converter } from '../../estimator/converter';
import { refuseMissing } from '../../estimator/features';
import { PyObject } from '../../joblib';

export const ransac: Converter = {
  classNames: ['sklearn.linear_model._ransac.RANSACRegressor'],
  reads: ['estimator_'],

  predict(estimator, input, conversion) {
    refuseMissing(input);
    const inner = estimator.fitted('estimator_');
    if (!(inner instanceof PyObject)) throw estimator.damaged('estimator_ is not an estimator');
    return conversion.predict(estimator.child(inner), input);
  },
};
