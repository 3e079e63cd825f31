import { convertModel } from '../../../lib/packaging/converters';
import { type LoadedFile, NumpyArray, type PyObject, type PyValue } from '../../../lib/packaging/joblib';
import { errorOf } from '../../../testing/error-of';
import { load, NEWEST } from '../fixtures';

test.each([
  [
    'tree-several-targets.joblib',
    'the model (sklearn.tree._classes.DecisionTreeClassifier) predicts several targets at once, which is not converted; fit it within MultiOutputClassifier, which has one model for each target',
  ],
  [
    'gradient-init.joblib',
    "the model (sklearn.ensemble._gb.GradientBoostingClassifier) has init=sklearn.linear_model._logistic.LogisticRegression, which is not converted; leave init as it is, or use 'zero' or sklearn.dummy.DummyClassifier",
  ],
  [
    'voting-without-probabilities.joblib',
    "step 'hinge' (sklearn.linear_model._stochastic_gradient.SGDClassifier) has no predict_proba, which soft voting needs",
  ],
  [
    'target-power.joblib',
    "step 'transformer' (sklearn.preprocessing._data.PowerTransformer) transforms the target in a way whose inverse is not converted; use func and inverse_func, or StandardScaler, MinMaxScaler, MaxAbsScaler or RobustScaler",
  ],
  [
    'threshold-metric.joblib',
    'the model (sklearn.model_selection._classification_threshold.TunedThresholdClassifierCV) was tuned by sklearn.metrics._classification.zero_one_loss, which does not tell here which class the threshold is about; tune it by make_scorer(..., pos_label=...), or put its best_threshold_ into a FixedThresholdClassifier',
  ],
])('%s is refused with the way out', async (file, message) => {
  const error = await errorOf(load('trees/refused', file).then(convertModel));
  expect(error.message).toBe(`${file}: ${message}`);
  expect(error.code).toBe('E_UNSUPPORTED');
});

/** A model of the newest release, with one attribute of it changed. */
async function changed(name: string, attribute: string, value: PyValue | ((old: PyValue) => PyValue)) {
  const loaded: LoadedFile = await load(`trees/${NEWEST}`, `${name}.joblib`);
  const state = (loaded.root as PyObject).state as Map<PyValue, PyValue>;
  state.set(attribute, typeof value === 'function' ? value(state.get(attribute)!) : value);
  return errorOf(Promise.resolve().then(() => convertModel(loaded)));
}

const without = (list: PyValue) => (list as PyValue[]).slice(1);

test.each<[string, string, PyValue | ((old: PyValue) => PyValue), string, string]>([
  ['gradient-classes-2', 'loss', 'own', 'E_UNSUPPORTED', 'has loss=own, which is not converted; use one of log_loss,'],
  ['gradient-squared_error', 'loss', null, 'E_UNSUPPORTED', 'has loss=an object, which is not converted'],
  ['gradient-squared_error', 'learning_rate', 'fast', 'E_FORMAT', 'learning_rate is not a number'],
  ['gradient-classes-3', 'estimators_', [], 'E_FORMAT', 'estimators_ has not 3 trees at each stage'],
  ['hist-regressor', 'loss', 'own', 'E_UNSUPPORTED', 'has loss=own, which is not converted'],
  ['hist-classes-3', '_predictors', [[null]], 'E_FORMAT', 'an iteration has not 3 trees'],
  ['hist-regressor', '_predictors', [[null]], 'E_FORMAT', 'a tree in it is not a sklearn'],
  ['hist-categories', '_preprocessor', null, 'E_FORMAT', '_preprocessor is not a ColumnTransformer'],
  ['forest-regressor', 'estimators_', [], 'E_FORMAT', 'it has no trees'],
  ['forest-regressor', 'n_outputs_', 2, 'E_FORMAT', 'for 2 targets'],
  ['forest-regressor', 'n_outputs_', 0, 'E_FORMAT', 'n_outputs_ is 0'],
  ['voting-soft', 'voting', 'loud', 'E_UNSUPPORTED', "has voting=loud; use 'soft' or 'hard'"],
  ['voting-soft', 'weights', [1], 'E_FORMAT', 'it has 1 weights for 2 estimators'],
  ['voting-soft', 'weights', [1, 'much'], 'E_FORMAT', 'weights has something in it that is not a number'],
  ['voting-soft', 'estimators_', without, 'E_FORMAT', 'it has 1 fitted estimators for 2 names'],
  ['stacking', 'stack_method_', ['predict_proba'], 'E_FORMAT', 'stack_method_ does not fit its estimators'],
  ['stacking', 'stack_method_', ['guess', 'predict'], 'E_FORMAT', 'stack_method_ does not fit its estimators'],
  ['calibrated-sigmoid', 'calibrated_classifiers_', [], 'E_FORMAT', 'calibrated_classifiers_ is empty'],
  ['bagging-trees', 'estimators_features_', without, 'E_FORMAT', 'lists of columns for 3 estimators'],
  ['bagging-trees', 'estimators_features_', [null, null, null], 'E_FORMAT', 'has columns that there are not'],
  ['ada-SAMME', 'estimator_weights_', new NumpyArray('m'), 'E_FORMAT', 'estimator_weights_ is not an array of numbers'],
  ['isolation-auto', 'estimators_', [null], 'E_FORMAT', 'something in it is not an estimator'],
  ['threshold-fixed', 'pos_label', 'high', 'E_UNSUPPORTED', 'has a pos_label that is none of the classes'],
  ['threshold-fixed', 'response_method', 'guess', 'E_UNSUPPORTED', 'which its estimator does not have'],
  ['rest-lines', 'estimators_', without, 'E_FORMAT', 'it has 2 classifiers for 3 classes'],
])('%s with another %s ends with our own error', async (name, attribute, value, code, message) => {
  const error = await changed(name, attribute, value);
  expect(error.message).toContain(message);
  expect(error.code).toBe(code);
});
