import { inspect } from '../../../lib/packaging/inspect/inspect';
import { inspectionText } from '../../../lib/report/inspection-text';
import { errorOf } from '../../../testing/error-of';
import { fixturePath, modelsOf } from '../fixtures';

const inspected = (folder: string, file: string) => inspect(fixturePath(folder, file));
const shown = (folder: string, file: string) => inspected(folder, file).then(inspectionText);

test('shows the steps, options, shapes and versions of a pipeline', async () => {
  expect(await shown('inputs', 'binary-xz.joblib')).toBe(`\
binary-xz.joblib: joblib, protocol 4, compressed with xz, 1132 bytes
sklearn.pipeline.Pipeline
|  scikit-learn=1.5.2
|- standardscaler: sklearn.preprocessing._data.StandardScaler
|     with_mean=True, with_std=True, feature_names_in_=age, income, tenure, member, n_features_in_=4
|     n_samples_seen_=200, mean_=(4) f8, var_=(4) f8, scale_=(4) f8, scikit-learn=1.5.2
\`- logisticregression: sklearn.linear_model._logistic.LogisticRegression
      penalty=l2, dual=False, tol=0.0001, C=1, fit_intercept=True, intercept_scaling=1, solver=lbfgs
      max_iter=100, multi_class=deprecated, n_features_in_=4, classes_=0, 1, n_iter_=(1) i4
      coef_=(1, 4) f8, intercept_=(1) f8, scikit-learn=1.5.2
can be packed: 4 columns -> predict, predict_proba, decision_function
  classes    0, 1
  trained by scikit-learn 1.5.2
  ONNX       ${(await inspected('inputs', 'binary-xz.joblib')).model!.bytes} bytes`);
});

test('shows the parts of a dict, what converts, and what to do', async () => {
  const { tree, converts } = await inspected('inputs', 'parts.joblib');
  expect(tree.what).toBe('a dict of 4');
  expect(tree.children.map(({ name, converts: part }) => [name, part?.yes])).toEqual([
    ['scaler', true],
    ['model', true],
    ['label_encoder', false],
    ['threshold', undefined],
  ]);
  expect(converts).toEqual({ yes: false, reason: expect.stringContaining('choose the estimator in it with --select') });
});

test('names the step that cannot be converted, and why', async () => {
  const { tree, converts, model } = await inspected('refused', 'own-class.joblib');
  const dates = tree.children[0]!.children.find(({ name }) => name === 'dates')!;
  expect(dates).toMatchObject({ name: 'dates', what: 'features.DateParts', converts: { yes: false } });
  expect(dates.converts!.reason).toContain(
    "own-class.joblib: step 'prep' > 'dates' uses features.DateParts, a class of your own",
  );
  expect(converts.reason).toContain("step 'prep' > 'dates'");
  expect(model).toBeUndefined();
});

test('shows the model that a search has found, and not the one that it was given', async () => {
  const { tree } = await inspected(modelsOf('composition'), 'search-grid.joblib');
  expect(tree.children.map(({ name }) => name)).toEqual(['best_estimator_']);
});

test('counts the trees of a forest', async () => {
  const { tree } = await inspected(modelsOf('trees'), 'forest.joblib');
  const forest = JSON.stringify(tree);
  expect(forest).toMatch(/"name":"estimators_","what":"\d+ x sklearn\.tree\._classes\.DecisionTreeClassifier"/);
});

test('shows an ONNX file', async () => {
  expect(await shown('inputs', 'zipmap-forest.onnx')).toContain(`\
an ONNX model
|  producer=skl2onnx 1.17.0, operator sets=ai.onnx 9, ai.onnx.ml 1, constants=0, 0 bytes
|- inputs: 1
|  \`- X: a tensor of float32 [?, 4]
|- outputs: 2
|  |- output_label: a tensor of int64 [?]
|  \`- output_probability: a sequence
\`- operators: 3 nodes
      ai.onnx.ml.TreeEnsembleClassifier=1, Cast=1, ai.onnx.ml.ZipMap=1
can be packed: 4 columns without names -> predict, predict_proba`);
});

test.each([
  ['contains-itself.joblib', 'nests estimators without end'],
  ['billion-laughs.joblib', 'has too many estimators'],
])('has an end for %s', async (file, reason) => {
  const { converts, tree } = await inspected('refused', file);
  expect(converts.reason).toContain(reason);
  expect(JSON.stringify(tree).length).toBeLessThan(500_000);
});

test('refuses a file that asks Python to run something', async () => {
  expect((await errorOf(inspected('refused', 'os-system.pkl'))).code).toBe('E_UNSAFE');
});

test('prints no commands to a terminal', () => {
  const node = { name: '', what: 'evil\u001b[31m\u202e', details: {}, children: [] };
  const text = inspectionText({
    file: 'm',
    bytes: 1,
    format: 'pickle',
    tree: node,
    converts: { yes: false, reason: '' },
  });
  expect(text).toContain('evil\\u001b[31m\\u202e');
});
