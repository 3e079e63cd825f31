import { convertModel } from '../../../lib/packaging/converters';
import { readModelBytes } from '../../../lib/packaging/joblib';
import { errorOf } from '../../../testing/error-of';
import { load } from '../fixtures';

test.each([
  [
    'kernel-precomputed',
    '(sklearn.svm._classes.SVC) has kernel=precomputed, which is not converted; use one of linear',
  ],
  ['break-ties-ovo', 'has break_ties=True with decision_function_shape="ovo", for which scikit-learn does not predict'],
  ['network-labels', 'predicts several labels at once, which is not converted; fit one model for each'],
  ['ridge-labels', 'predicts several labels at once, which is not converted; fit one model for each'],
  ['neighbours-ties', 'among neighbours that are equally far away and answer differently'],
  ['neighbours-minkowski3', 'has p=3, which is not converted; use metric="minkowski" with p=1 or p=2'],
  ['neighbours-sparse', 'was fitted with a sparse X; fit it with X.toarray()'],
  ['bayes-impossible', 'gives some feature or class a probability of 0, which makes it answer NaN'],
  ['bayes-categories-computed', 'from a step before it that can give a category beyond the'],
  ['clusters-float32', 'was fitted with float32, where rounding decides between clusters; fit it with X in float64'],
  ['sparse-coefficients', 'has a sparse coef_; call densify() before saving it'],
])('%s is refused with the way out', async (name, message) => {
  const error = await errorOf(load('models/refused', `${name}.joblib`).then(convertModel));
  expect(error.message).toMatch(new RegExp(`^${name}.joblib: (the model|step '\\w+') \\(sklearn\\.`));
  expect(error.message).toContain(message);
  expect(error.code).toBe('E_UNSUPPORTED');
});

/** A model of protocol 0 whose attributes are Python numbers and strings alone. */
function pickled(className: string, attributes: string): Buffer {
  const [module, name] = [className.slice(0, className.lastIndexOf('.')), className.split('.').at(-1)];
  const common = "S'_sklearn_version'\nS'1.9.1'\nsS'n_features_in_'\nI2\ns";
  return Buffer.from(`c${module}\n${name}\n)\x81}${common}${attributes}b.`, 'latin1');
}

test.each([
  ['sklearn.linear_model._base.LinearRegression', "S'coef_'\nI3\ns", 'coef_ is not an array of numbers'],
  ['sklearn.linear_model._base.LinearRegression', '', 'has no coef_: it was saved before it was fitted'],
  ['sklearn.linear_model._ransac.RANSACRegressor', "S'estimator_'\nI3\ns", 'estimator_ is not an estimator'],
  ['sklearn.linear_model._ridge.RidgeClassifier', "S'_label_binarizer'\nI3\ns", '_label_binarizer is not an object'],
  ['sklearn.cluster._kmeans.KMeans', "S'cluster_centers_'\nNs", 'cluster_centers_ is not an array of numbers'],
  ['sklearn.mixture._gaussian_mixture.GaussianMixture', "S'means_'\nNs", 'means_ is not an array of numbers'],
])('%s with %j is our own error', async (className, attributes, message) => {
  const bytes = pickled(className, attributes);
  const error = await errorOf(readModelBytes('m.pkl', bytes).then(convertModel));
  expect(error.message).toContain(message);
  expect(['E_FORMAT', 'E_UNSUPPORTED']).toContain(error.code);
});
