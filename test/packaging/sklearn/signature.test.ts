import type { Signature } from '../../../lib/model/rows/signature';
import { convertModel } from '../../../lib/packaging/converters';
import { load, NEWEST } from '../fixtures';

const FLOAT32_MAXIMUM = 3.4028234663852886e38;

async function signatureOf(release: string, file: string): Promise<Signature> {
  return convertModel(await load(release, file)).signature;
}

test('takes column names and text classes from a model fitted on a data frame', async () => {
  const signature = await signatureOf(NEWEST, 'softmax-strings.joblib');
  expect(signature.namedColumns).toBe(true);
  expect(signature.columns.map((column) => column.name)).toEqual([
    'age',
    'income / year',
    'tenure~months',
    'größe',
    '__proto__',
  ]);
  expect(signature.classes).toEqual(['high', 'low', 'médium']);
  expect(signature.outputs).toEqual([
    { name: 'predict', type: 'string', width: 1 },
    { name: 'predict_proba', type: 'float64', width: 3 },
    { name: 'decision_function', type: 'float64', width: 3 },
  ]);
});

test('names columns as scikit-learn does when the model knows no names', async () => {
  const signature = await signatureOf(NEWEST, 'linear-protocol4.joblib');
  expect(signature.namedColumns).toBe(false);
  expect(signature.columns.map((column) => column.name)).toEqual(['x0', 'x1', 'x2', 'x3', 'x4']);
  expect(signature.inputs).toEqual([{ name: 'input', type: 'float64', columns: [0, 1, 2, 3, 4] }]);
  expect(signature.outputs[2]).toEqual({ name: 'decision_function', type: 'float64', width: 1 });
});

test.each([
  ['linear-booleans.joblib', 'bool', [false, true]],
  ['linear-floats.joblib', 'float64', [1, 2]],
  ['linear-int8.joblib', 'int64', [-1, 1]],
  ['forest-strings.joblib', 'string', ['x', 'y', 'z']],
])('%s answers with labels of type %s', async (file, type, classes) => {
  const signature = await signatureOf(NEWEST, file);
  expect(signature.outputs[0]).toEqual({ name: 'predict', type, width: 1 });
  expect(signature.classes).toEqual(classes);
});

describe('a missing value', () => {
  test.each([
    ['a linear model, which raises', NEWEST, 'linear-protocol4.joblib', false],
    ['a forest fitted with some', NEWEST, 'forest-missing.joblib', true],
    ['a forest fitted without, which accepts them all the same', NEWEST, 'forest.joblib', true],
    ['a forest behind a scaler, which lets them through', NEWEST, 'forest-missing-scaled.joblib', true],
    ['a forest of scikit-learn 1.5', 'sklearn-1.5.2', 'forest.joblib', true],
    ['a forest of scikit-learn 1.3, which raises', 'sklearn-1.3.2', 'forest.joblib', false],
    ['a forest of scikit-learn 1.1, which raises', 'sklearn-1.1.3', 'forest-scaled.joblib', false],
  ])('in %s', async (_model, release, file, accepted) => {
    const { columns } = await signatureOf(release, file);
    expect(columns.every((column) => column.missing === accepted)).toBe(true);
  });
});

describe('the largest magnitude', () => {
  test('is that of float32 where a forest takes the columns as they come', async () => {
    const { columns } = await signatureOf(NEWEST, 'forest.joblib');
    expect(columns.map((column) => column.maximum)).toEqual(Array(5).fill(FLOAT32_MAXIMUM));
  });

  test('is scaled along with the columns where a scaler comes first', async () => {
    const { columns } = await signatureOf(NEWEST, 'forest-scaled.joblib');
    for (const { maximum } of columns) {
      expect(maximum).toBeGreaterThan(FLOAT32_MAXIMUM / 10);
      expect(maximum).not.toBe(FLOAT32_MAXIMUM);
    }
  });

  test('is not limited in a linear model', async () => {
    const { columns } = await signatureOf(NEWEST, 'linear-protocol4.joblib');
    for (const column of columns) expect(column).not.toHaveProperty('maximum');
  });
});

test('lists the estimators from the outside in, and the version that fitted them', async () => {
  const { estimators, libraries, computeClass } = convertModel(await load(NEWEST, 'search-inside.joblib'));
  expect(estimators).toEqual([
    'sklearn.pipeline.Pipeline',
    'sklearn.preprocessing._data.StandardScaler',
    'sklearn.model_selection._search.GridSearchCV',
    'sklearn.linear_model._logistic.LogisticRegression',
  ]);
  expect(libraries).toEqual({ 'scikit-learn': '1.9.1' });
  expect(computeClass).toBe('scalar');
});
