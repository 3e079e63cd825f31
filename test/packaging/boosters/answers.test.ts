import { convertFile, describeAnswers } from '../answers';
import { LIGHTGBM, XGBOOST } from './fixtures';

describeAnswers('boosters', {
  tolerance: { absolute: 0, relative: 1e-14 },
  exceptions: [
    {
      files: /^ada\.joblib/,
      tolerance: { absolute: 1e-15, relative: 1e-14 },
      why: 'AdaBoost adds up logarithms of either sign',
    },
  ],
  engines: 'both',
  partial: /^raw|\.(txt|json|ubj)$/, // boosters without their wrapper, which answer more than was recorded
  also: ({ singlePrecision }, release) => expect(singlePrecision === true).toBe(release.includes('xgboost')),
});

const converted = (release: string, file: string) => convertFile(`boosters/${release}`, file);

test.each([
  [XGBOOST, 'binary.ubj'],
  [XGBOOST, 'categories.joblib'],
  [LIGHTGBM, 'frame.txt'],
])('converts %s/%s to the same bytes again', async (release, file) => {
  const [one, other] = [await converted(release, file), await converted(release, file)];
  expect(Buffer.from(one.onnx).equals(other.onnx)).toBe(true);
});

test('gives the same graph for a pickle, a JSON file and a UBJSON file of one model', async () => {
  const files = ['binary.joblib', 'binary.json', 'binary.ubj'];
  const [one, ...others] = await Promise.all(files.map((file) => converted(XGBOOST, file)));
  for (const other of others) expect(Buffer.from(other.onnx).equals(one!.onnx)).toBe(true);
});

test("offers a classifier's decision_function as of the release of LightGBM that has one, and a booster's always", async () => {
  const methods = async (release: string, file: string) =>
    (await converted(release, file)).signature.outputs.map(({ name }) => name);
  const probabilities = ['predict', 'predict_proba'];
  expect(await methods('lightgbm-3.3.5', 'multi.joblib')).toEqual(probabilities);
  expect(await methods('lightgbm-4.6.0', 'multi.joblib')).toEqual(probabilities);
  expect(await methods(LIGHTGBM, 'multi.joblib')).toEqual([...probabilities, 'decision_function']);
  expect(await methods('lightgbm-4.6.0', 'binary.txt')).toEqual([...probabilities, 'decision_function']);
});

describe('signature', () => {
  test('names the columns of the training frame', async () => {
    const { signature } = await converted(XGBOOST, 'named.json');
    expect(signature.namedColumns).toBe(true);
    expect(signature.columns.map(({ name }) => name)).toEqual(['a', 'b b', 'c', 'd']);
  });

  test('has the names of the frame that an estimator around a booster was fitted with', async () => {
    for (const file of ['calibrated', 'duels', 'rest', 'bagging', 'ada']) {
      const { signature } = await converted(LIGHTGBM, `${file}.joblib`);
      expect(signature.columns.map(({ name }) => name)).toEqual(['d', 'c', 'b', 'a']);
    }
  });

  test('has a label for each of several targets, and no classes', async () => {
    const { classes, outputs } = (await converted(XGBOOST, 'labels.json')).signature;
    expect(classes).toBeUndefined();
    expect(outputs).toEqual([
      { name: 'predict', type: 'float64', width: 2 },
      { name: 'predict_proba', type: 'float64', width: 2 },
    ]);
  });

  test('gives columns without names the names that scikit-learn gives them', async () => {
    const { signature } = await converted(LIGHTGBM, 'binary.txt');
    expect(signature.namedColumns).toBe(false);
    expect(signature.columns.map(({ name }) => name)).toEqual(['x0', 'x1', 'x2', 'x3']);
  });

  test('accepts missing values, and of XGBoost only what fits into a float32', async () => {
    const [xgboost, lightgbm] = [await converted(XGBOOST, 'binary.json'), await converted(LIGHTGBM, 'binary.txt')];
    expect(xgboost.signature.columns[0]).toMatchObject({ missing: true, maximum: (2 - 2 ** -23) * 2 ** 127 });
    expect(lightgbm.signature.columns[0]).toEqual({ name: 'x0', type: 'float64', missing: true });
  });

  test("takes text where LightGBM's training frame had categories of text", async () => {
    const { signature } = await converted(LIGHTGBM, 'frame.joblib');
    expect(signature.columns.map(({ name, type }) => [name, type])).toEqual([
      ['colour', 'string'],
      ['amount', 'float64'],
      ['size', 'float64'],
    ]);
  });

  test('allows of a column of XGBoost only the categories of the training frame, as XGBoost does', async () => {
    const { columns } = (await converted(XGBOOST, 'frame.json')).signature;
    const categories = ['blue', 'green', 'grey', 'red'];
    expect(columns[0]).toEqual({ name: 'colour', type: 'string', missing: true, categories });
    expect(columns[2]).toMatchObject({ name: 'size', type: 'float64', categories: [2, 3, 7] });
  });

  test('has the classes of a classifier, and none for a regressor or ranker', async () => {
    expect((await converted(LIGHTGBM, 'labels.joblib')).signature.classes).toEqual(['no', 'perhaps', 'yes']);
    expect((await converted(XGBOOST, 'multi.joblib')).signature.classes).toEqual([0, 1, 2]);
    expect((await converted(XGBOOST, 'ranker.joblib')).signature.classes).toBeUndefined();
  });
});

test('records the version of XGBoost, beside that of scikit-learn in a pipeline', async () => {
  expect((await converted(XGBOOST, 'binary.ubj')).libraries).toEqual({ XGBoost: '3.2.0' });
  expect((await converted(XGBOOST, 'pipeline.joblib')).libraries).toEqual({
    XGBoost: '3.2.0',
    'scikit-learn': '1.9.1',
  });
});
