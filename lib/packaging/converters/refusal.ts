/** What to say of a class that is not converted, and of an object that is no estimator. */
import { SlipwayError } from '../../model/error';
import type { Estimator } from '../estimator/estimator';
import {
  CATBOOST_EXPORT,
  Global,
  KERAS_EXPORT,
  NumpyArray,
  PyObject,
  PyTuple,
  type PyValue,
  TORCH_EXPORT,
} from '../joblib';

/** Libraries whose classes are known not to be the user's own. */
const LIBRARIES: ReadonlyMap<string, string> = new Map([
  ['autogluon', 'AutoGluon'],
  ['category_encoders', 'category_encoders'],
  ['cuml', 'cuML'],
  ['dask_ml', 'Dask-ML'],
  ['feature_engine', 'Feature-engine'],
  ['flaml', 'FLAML'],
  ['imblearn', 'imbalanced-learn'],
  ['interpret', 'InterpretML'],
  ['lightgbm', 'LightGBM'],
  ['mlxtend', 'mlxtend'],
  ['ngboost', 'NGBoost'],
  ['numpy', 'numpy'],
  ['prophet', 'Prophet'],
  ['pycaret', 'PyCaret'],
  ['sklearnex', 'the extension of Intel for scikit-learn'],
  ['sklearn_pandas', 'sklearn-pandas'],
  ['skopt', 'scikit-optimize'],
  ['statsmodels', 'statsmodels'],
  ['tpot', 'TPOT'],
  ['xgboost', 'XGBoost'],
]);

/** Where the converted classes are listed; there are too many for a message. */
const LISTED = 'docs/reference/models.md lists what it converts';

/** What is no step of a model, by class or library, and what to do with it. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ...['keras', 'tensorflow'].map((name) => [name, `a neural network of Keras; ${KERAS_EXPORT}`] as const),
  ...['torch', 'skorch'].map((name) => [name, `a neural network of PyTorch; ${TORCH_EXPORT}`] as const),
  ['catboost', `a class of CatBoost, whose models are not in the file in a form that is read; ${CATBOOST_EXPORT}`],
  [
    'sklearn.preprocessing._label.LabelEncoder',
    'which names the labels of a model; pack the model, and give this with --labels',
  ],
  ['pandas', 'a table and not a fitted estimator; save the estimator alone, as in joblib.dump(model, "model.joblib")'],
]);

/** The error for an estimator of a class that no converter knows. */
export function refusal(estimator: Estimator): SlipwayError {
  const { className } = estimator;
  const [top = ''] = className.split('.', 1);
  const elsewhere = ELSEWHERE.get(className) ?? ELSEWHERE.get(top);
  if (elsewhere !== undefined) return estimator.unsupported(`is ${className}, ${elsewhere}`);
  const library = top === 'sklearn' ? 'scikit-learn' : LIBRARIES.get(top);
  if (library) {
    return estimator.unsupported(
      `uses ${className}, a class of ${library} that this version of Slipway does not convert; ${LISTED}. Ways out: use one of those in its place, or open an issue that names the class`,
    );
  }
  return estimator.unsupported(
    `uses ${className}, a class of your own. Its code is not in the file, so it can't be converted. Ways out: do what it does before the request is sent and fit the rest of the model without it, or replace it by estimators of scikit-learn; ${LISTED}`,
  );
}

/** The error for a file whose object is not an estimator. */
export function notAnEstimator(file: string, root: PyValue): SlipwayError {
  return new SlipwayError(
    'E_UNSUPPORTED',
    `${file}: holds ${describe(root)}, not a fitted estimator; ${hasParts(root) ? 'choose the estimator in it with --select, or ' : ''}save the estimator alone, as in joblib.dump(model, "model.joblib")`,
  );
}

function hasParts(root: PyValue): boolean {
  return root instanceof Map || root instanceof PyTuple || Array.isArray(root);
}

function describe(root: PyValue): string {
  if (root instanceof Map) {
    const keys = [...root.keys()].filter((key) => typeof key === 'string').slice(0, 8);
    return keys.length > 0 ? `a dict with ${keys.map((key) => `'${key}'`).join(', ')}` : 'a dict';
  }
  if (root instanceof NumpyArray) return 'a numpy array';
  if (Array.isArray(root)) return `a list of ${root.length}`;
  if (root instanceof PyTuple) return `a tuple of ${root.items.length}`;
  if (root === null) return 'None';
  if (root instanceof Global) return `${root.fullName} itself, which is a class or a function`;
  if (root instanceof PyObject) return `an instance of ${root.callee.fullName}`;
  if (typeof root === 'string') return 'a string';
  if (typeof root === 'number' || typeof root === 'bigint') return 'a number';
  return 'something else';
}
