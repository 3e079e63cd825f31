import { firstRows } from '../../../lib/model/package/golden-file';
import { replayGolden } from '../../../lib/model/package/golden-replay';
import { convertFile, describeAnswers, describeRefusals, withEngine } from '../answers';
import { describeColumns } from '../columns';
import { expectedAnswers, modelsOf } from '../fixtures';

const TOLERANCE = { absolute: 1e-15, relative: 1e-12 };

describeAnswers('sklearn/composition', {
  tolerance: TOLERANCE,
  engines: 'both',
  exact: /^(search-halving-random|target-)/, // trees, and what is done to their targets
});

describeRefusals('sklearn/composition', [
  [
    'own-function',
    /^own-function\.joblib: step 'prepare' \(sklearn\.preprocessing\._function_transformer\.FunctionTransformer\) has func=features\.ratio, a function whose code is not in the file, so it can't be converted; numpy's absolute, .* are\. Ways out: /,
  ],
  ['cube-root', /has func=numpy\.cbrt, which is not converted; numpy's .*, log1p, .* are\. Ways out: /],
  ['keywords', /has kw_args, which are not converted; leave them out/],
  [
    'text-and-number',
    /gives column 3 to 'remainder' and to another transformer, and one of them takes it for a number, a text/,
  ],
  ['domain', /step 'prepare' > 'root' .* is undefined for some of the numbers that the step before it computes/],
  [
    'target-power',
    "step 'transformer' (sklearn.preprocessing._data.PowerTransformer) transforms the target in a way whose inverse is not converted; use func and inverse_func, or StandardScaler, MinMaxScaler, MaxAbsScaler or RobustScaler",
  ],
]);

describeColumns('composition', [
  ['log1p', [-0.5, 0, 0], true],
  ['log1p', [-1, 0, 0], false],
  ['logarithms', [0, 1, 1], false],
  ['log-forest', [-0.999, 0, 0], true],
  ['log-forest', [-1, 0, 0], false], // infinity
  ['log-forest', [-3, 0, 0], true], // NaN, which such a forest takes for a missing value
  ['functions', [800, 0, 0], false],
  ['forest-dense', [1, null, 'a', 'Oslo', 'a', 1], true],
  ['forest-sparse', [1, null, 'a', 'Oslo', 'a', 1], false], // trees accept no NaN in a sparse matrix
]);

test('a table is one row at a time what it is for many', async () => {
  const release = modelsOf('composition', '0.22.2.post1');
  const golden = expectedAnswers(release)['table-usual.joblib']!;
  const model = await convertFile(release, 'table-usual.joblib');
  await withEngine(model, async (engine) => {
    for (let row = 0; row < golden.inputs.length; row++) {
      const { inputs, predict, predict_proba } = golden;
      const rest = { inputs: inputs.slice(row), predict: predict.slice(row), predict_proba: predict_proba!.slice(row) };
      const { differences } = await replayGolden(firstRows(rest, 1), model.signature, TOLERANCE, (...run) =>
        engine.run(...run),
      );
      expect(differences).toEqual([]);
    }
  });
});

test('magnitudes are limited before a forest, and not what never reaches it', async () => {
  const { columns } = (await convertFile(modelsOf('composition'), 'table-forest.joblib')).signature;
  expect(columns.map(({ maximum }) => maximum !== undefined)).toEqual([true, true, false, false, false, false]);
});

test('lists the estimators from the outside in, and the version that fitted them', async () => {
  const model = await convertFile(modelsOf('composition'), 'search-inside.joblib');
  expect(model.estimators).toEqual([
    'sklearn.pipeline.Pipeline',
    'sklearn.preprocessing._data.StandardScaler',
    'sklearn.model_selection._search.GridSearchCV',
    'sklearn.linear_model._logistic.LogisticRegression',
  ]);
  expect(model.libraries).toEqual({ 'scikit-learn': '1.9.1' });
  expect(model.computeClass).toBe('scalar');
});
