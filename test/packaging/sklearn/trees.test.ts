import { convertFile, describeAnswers, describeRefusals } from '../answers';
import { describeDamage } from '../damage';
import { modelsOf, releasesOf } from '../fixtures';
import { acceptedByTrees, FLOAT32_MAXIMUM, treeNodes } from '../trees';

describeAnswers('sklearn/trees', {
  tolerance: { absolute: 1e-15, relative: 1e-14 },
  engines: 'both',
  // what adds up nothing, or adds up in the very order of scikit-learn, and applies no function to the sum
  exact: /^(column-tree|tree|forest|plain-dill|hist-(regressor|categories)|gradient-(squared_error|quantile|tie))/,
});

describeRefusals('sklearn/trees', [
  [
    'tree-several-targets',
    'the model (sklearn.tree._classes.DecisionTreeClassifier) predicts several targets at once, which is not converted; fit it within MultiOutputClassifier, which has one model for each target',
  ],
  [
    'gradient-init',
    "the model (sklearn.ensemble._gb.GradientBoostingClassifier) has init=sklearn.linear_model._logistic.LogisticRegression, which is not converted; leave init as it is, or use 'zero' or sklearn.dummy.DummyClassifier",
  ],
]);

describeDamage('trees', [
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
  ['isolation-auto', 'estimators_', [null], 'E_FORMAT', 'something in it is not an estimator'],
]);

const signatureOf = async (file: string, release?: string) =>
  (await convertFile(modelsOf('trees', release), file)).signature;

describe.each(releasesOf('sklearn/trees').filter((release) => !release.endsWith('1.3.2')))('%s', (release) => {
  test.each([
    ['tree-classifier', '1.3'],
    ['forest-regressor', '1.4'],
    ['isolation-auto', '1.6'],
    ['gradient-classes-2', undefined],
  ])('%s accepts what fits into a float32, and NaN since %s', async (name, since) => {
    const { columns } = (await convertFile(release, `${name}.joblib`)).signature;
    for (const column of columns) expect(column).toMatchObject(acceptedByTrees(release, since));
  });

  test.each(['hist-classes-2', 'hist-regressor'])('%s accepts NaN and any number', async (name) => {
    const { columns } = (await convertFile(release, `${name}.joblib`)).signature;
    for (const column of columns) expect(column).toEqual({ name: column.name, type: 'float64', missing: true });
  });
});

test('limits integer categories of old releases to those that a set can hold', async () => {
  const [, , category] = (await signatureOf('hist-categories.joblib', '1.1.3')).columns;
  expect(category).toEqual({ name: 'x2', type: 'float64', missing: true, maximum: 255, above: -Number.MIN_VALUE });
});

describe('a missing value', () => {
  test.each([
    ['a forest fitted with some', '1.9.1', 'forest-missing', true],
    ['a forest fitted without, which accepts them all the same', '1.9.1', 'forest', true],
    ['a forest behind a scaler, which lets them through', '1.9.1', 'forest-missing-scaled', true],
    ['a forest of scikit-learn 1.5', '1.5.2', 'forest', true],
    ['a forest of scikit-learn 1.3, which raises', '1.3.2', 'forest', false],
    ['a forest of scikit-learn 1.1, which raises', '1.1.3', 'forest-scaled', false],
  ])('in %s', async (_model, release, name, accepted) => {
    const { columns } = await signatureOf(`${name}.joblib`, release);
    expect(columns.every((column) => column.missing === accepted)).toBe(true);
  });
});

describe('the largest magnitude', () => {
  test('is that of float32 where a forest takes the columns as they come', async () => {
    const { columns } = await signatureOf('forest.joblib');
    expect(columns.map((column) => column.maximum)).toEqual(Array(5).fill(FLOAT32_MAXIMUM));
  });

  test('is scaled along with the columns where a scaler comes first', async () => {
    const { columns } = await signatureOf('forest-scaled.joblib');
    for (const { maximum } of columns) {
      expect(maximum).toBeGreaterThan(FLOAT32_MAXIMUM / 10);
      expect(maximum).not.toBe(FLOAT32_MAXIMUM);
    }
  });
});

test('labels of a forest are of the type that it was fitted with', async () => {
  const { outputs, classes } = await signatureOf('forest-strings.joblib');
  expect(outputs[0]).toEqual({ name: 'predict', type: 'string', width: 1 });
  expect(classes).toEqual(['x', 'y', 'z']);
});

test.each(['forest-regressor', 'gradient-classes-3', 'hist-classes-3', 'isolation-0.1'])(
  '%s has one node for all of its trees',
  async (name) => {
    const model = await convertFile(modelsOf('trees'), `${name}.joblib`);
    expect(treeNodes(model)).toBe(1);
    expect(model.computeClass).toBe('tree');
  },
);
