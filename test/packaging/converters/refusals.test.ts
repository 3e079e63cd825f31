import { chain } from '../../../lib/packaging/conversion/chain';
import { convertModel } from '../../../lib/packaging/converters';
import { DType, NumpyArray, type PyObject, readModelBytes } from '../../../lib/packaging/joblib';
import { errorOf } from '../../../testing/error-of';
import { fixtureBytes, load, modelsOf } from '../fixtures';

const refused = (file: string) => errorOf(load('refused', file).then(convertModel));

/** A file as another release of scikit-learn would have left it; the two texts are of equal length. */
async function patched(file: string, from: string, to: string) {
  const text = fixtureBytes(modelsOf('linear'), file).toString('latin1').replaceAll(from, to);
  return errorOf(readModelBytes('model.joblib', Buffer.from(text, 'latin1')).then(convertModel));
}

test.each([
  [
    'own-class.joblib',
    `own-class.joblib: step 'prep' > 'dates' uses features.DateParts, a class of your own. Its code is not in the file, so it can't be converted. Ways out: do what it does before the request is sent and fit the rest of the model without it, or replace it by estimators of scikit-learn; docs/reference/models.md lists what it converts`,
  ],
  [
    'namesake.joblib',
    `namesake.joblib: the model uses fraud.RandomForestClassifier, a class of your own. Its code is not in the file, so it can't be converted. Ways out: do what it does before the request is sent and fit the rest of the model without it, or replace it by estimators of scikit-learn; docs/reference/models.md lists what it converts`,
  ],
  [
    'dict.joblib',
    "dict.joblib: holds a dict with 'pipeline', 'threshold', not a fitted estimator; choose the estimator in it with --select, or save the estimator alone, as in joblib.dump(model, \"model.joblib\")",
  ],
  [
    'array.joblib',
    'array.joblib: holds a numpy array, not a fitted estimator; save the estimator alone, as in joblib.dump(model, "model.joblib")',
  ],
  [
    'no-predict.joblib',
    'no-predict.joblib: the model is sklearn.preprocessing._data.StandardScaler, which has no predict; save the whole pipeline, with the estimator that predicts as its last step, or give the files of both in the order of the data, as in slipway pack vectorizer.pkl model.pkl',
  ],
  [
    'passthrough-last.joblib',
    "passthrough-last.joblib: the model is a pipeline whose last step is 'passthrough', so it has no predict",
  ],
  [
    'not-fitted.joblib',
    'not-fitted.joblib: the model (sklearn.linear_model._logistic.LogisticRegression) has no n_features_in_: it was saved before it was fitted; call fit first',
  ],
  [
    'refit-false.joblib',
    'refit-false.joblib: the model (sklearn.model_selection._search.GridSearchCV) was made with refit=False, so no estimator was fitted on all the data; search with refit=True, or save the estimator that you fitted yourself',
  ],
  [
    'several-targets.joblib',
    'several-targets.joblib: the model (sklearn.ensemble._forest.RandomForestClassifier) predicts several targets at once, which is not converted; fit it within MultiOutputClassifier, which has one model for each target',
  ],
  [
    'one-class.joblib',
    'one-class.joblib: the model (sklearn.ensemble._forest.RandomForestClassifier) was fitted with one class only, so it has nothing to predict',
  ],
  ['big-labels.joblib', 'big-labels.joblib: has integers beyond 2^53, which JSON cannot carry'],
])('%s is refused with the ways out', async (file, message) => {
  const error = await refused(file);
  expect(error.message).toBe(message);
  expect(error.code).toBe('E_UNSUPPORTED');
});

test.each([
  [
    'catboost.core.CatBoostClassifier',
    /is catboost\.core\.CatBoostClassifier, .*export it with model\.save_model\("model\.onnx"/,
  ],
  ['sklearn.preprocessing._label.LabelEncoder', /LabelEncoder, which names the labels of a model; .* with --labels$/],
  ['pandas.core.frame.DataFrame', /a table and not a fitted estimator; save the estimator alone/],
])('says what to do with a %s', async (className, message) => {
  const dot = className.lastIndexOf('.');
  const pickle = `\x80\x02c${className.slice(0, dot)}\n${className.slice(dot + 1)}\n)\x81}b.`;
  const error = await errorOf(readModelBytes('model.pkl', Buffer.from(pickle, 'latin1')).then(convertModel));
  expect(error.code).toBe('E_UNSUPPORTED');
  expect(error.message).toMatch(message);
});

test.each([
  ['N', 'None'],
  ['csklearn.svm\nSVC\n', 'sklearn.svm.SVC itself, which is a class or a function'],
])('says what %j holds instead of an estimator', async (pickle, what) => {
  const error = await errorOf(
    readModelBytes('model.pkl', Buffer.from(`\x80\x02${pickle}.`, 'latin1')).then(convertModel),
  );
  expect(error.message).toContain(`model.pkl: holds ${what}, not a fitted estimator`);
});

test.each([
  ['0.9.1', 'fit it again with one of those'],
  ['0.21.', 'fit it again with one of those'],
  ['2.0.1', 'use a newer Slipway, or fit it again with one of those versions'],
  ['rubbi', 'use a newer Slipway, or fit it again with one of those versions'],
])('refuses a model of scikit-learn %s, which nobody has tested', async (version, remedy) => {
  const error = await patched('linear-protocol4.joblib', '1.9.1', version);
  expect(error.code).toBe('E_UNSUPPORTED');
  expect(error.message).toBe(
    `model.joblib: the model (sklearn.pipeline.Pipeline) was fitted with scikit-learn ${version}; this version of Slipway is tested with 0.22 to 1.9: ${remedy}, or give --allow-untested and golden rows`,
  );
});

test('refuses a model that does not say which scikit-learn fitted it', async () => {
  const error = await patched('linear-protocol4.joblib', '_sklearn_version', '_sklearn_VERSION');
  expect(error.message).toContain('does not say which version of scikit-learn fitted it');
});

test('says of weights in half precision what to do, and not that the file is damaged', async () => {
  const loaded = await load(modelsOf('linear'), 'LinearRegression.joblib');
  const state = (loaded.root as PyObject).state as Map<unknown, unknown>;
  const half = new NumpyArray('model.joblib');
  half.fill((DType.parse('f2') as DType).seal(), [3, 4], new Uint8Array(24), false);
  state.set('coef_', half);
  const error = await errorOf((async () => convertModel(loaded))());
  expect(error.code).toBe('E_UNSUPPORTED');
  expect(error.message).toMatch(/has a coef_ of float16, which is not read; save the model with it in float64, as by/);
});

test('says of files that do not belong together how many columns each has', async () => {
  const files = [await load('inputs', 'scaler.pkl'), await load(modelsOf('neighbours'), 'centroids.joblib')];
  const error = await errorOf((async () => convertModel(chain(files, undefined)))());
  expect(error.code).toBe('E_UNSUPPORTED');
  expect(error.message).toMatch(
    /step 'centroids\.joblib' \(sklearn\S+\) was fitted with 5 columns, and 4 come in: it does not belong to the step/,
  );
});

test('refuses an option that scikit-learn does not document', async () => {
  const text = fixtureBytes(modelsOf('linear', '1.1.3'), 'linear-floats.joblib')
    .toString('latin1')
    .replace('auto', 'best');
  const error = await errorOf(readModelBytes('m.joblib', Buffer.from(text, 'latin1')).then(convertModel));
  expect(error.message).toContain('has multi_class=best, which scikit-learn does not document');
});

test('refuses a class of scikit-learn that no converter knows, by its full name and step', async () => {
  const error = await patched('linear-protocol4.joblib', 'StandardScaler', 'UncommonScaler');
  expect(error.message).toMatch(
    /uses sklearn\.preprocessing\._data\.UncommonScaler, a class of scikit-learn that this version of Slipway does not convert; docs\/reference\/models\.md lists what it converts\. Ways out: /,
  );
});

test.each(['xgboost.sklearn', 'lightgbm.sklearn', 'imblearn.pipeline'])(
  "tells classes of %s from the user's own",
  async (module) => {
    const pickle = `\x80\x02c${module}\nModel\n)\x81}b.`;
    const error = await errorOf(readModelBytes('m.pkl', Buffer.from(pickle, 'latin1')).then(convertModel));
    expect(error.message).toMatch(
      new RegExp(`uses ${module}.Model, a class of (XGBoost|LightGBM|imbalanced-learn) that`),
    );
  },
);

describe('a model without an end', () => {
  test.each([
    ['contains-itself.joblib', 'E_LIMIT', 'nests estimators without end'],
    ['billion-laughs.joblib', 'E_LIMIT', 'has too many estimators'],
    ['tree-cycle.joblib', 'E_FORMAT', 'of a tree has a wrong child'],
  ])('%s ends with our own error', async (file, code, message) => {
    const error = await refused(file);
    expect(error.message).toContain(message);
    expect(error.code).toBe(code);
  });
});

test.each([
  [
    'keras.src.models.sequential',
    'Sequential',
    /is .*, a neural network of Keras; export it where it was trained, with model\.export/,
  ],
  [
    'torch.nn.modules.container',
    'Sequential',
    /is .*, a neural network of PyTorch; export it where it was trained, with torch\.onnx/,
  ],
  [
    'pycaret.internal.pipeline',
    'Pipeline',
    /uses .*, a class of PyCaret that this version of Slipway does not convert/,
  ],
])('%s.%s is not taken for a class of the user', async (module, name, message) => {
  const bytes = Buffer.from(`\x80\x02c${module}\n${name}\n)\x81}U\x01aK\x01sb.`, 'latin1');
  const error = await errorOf(readModelBytes('model.pkl', bytes).then(convertModel));
  expect(error).toMatchObject({ code: 'E_UNSUPPORTED', message: expect.stringMatching(message) });
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
