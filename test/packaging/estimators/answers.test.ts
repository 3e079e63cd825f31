import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../../lambda/inference/engine';
import { replayGolden } from '../../../lib/model/package/golden-replay';
import { encodeRows } from '../../../lib/model/rows/row';
import { rowRefusal } from '../../../lib/model/rows/undecided-row';
import { convertModel } from '../../../lib/packaging/converters';
import { NumpyArray, type PyDict, type PyObject, type PyTuple } from '../../../lib/packaging/joblib';
import { DType } from '../../../lib/packaging/joblib/dtype';
import { errorOf } from '../../../testing/error-of';
import { expectedAnswers, load, releasesOf } from '../fixtures';

const TOLERANCE = { absolute: 1e-12, relative: 1e-9 };

/** XGBoost computes in float32. */
const SINGLE = { absolute: 1e-6, relative: 1e-6 };

const RELEASES = ['estimators', 'transforms', 'companions', 'between'].flatMap(releasesOf);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(RELEASES)('%s', (release) => {
  const expected = expectedAnswers(release);

  test.each(Object.keys(expected))('%s answers as scikit-learn did', async (file) => {
    const { onnx, signature, singlePrecision } = convertModel(await load(release, file));
    const path = join(folder, 'model.onnx');
    writeFileSync(path, onnx);
    const engine = await createEngine(path);
    try {
      const { differences } = await replayGolden(
        expected[file]!,
        signature,
        singlePrecision ? SINGLE : TOLERANCE,
        (inputs, methods) => engine.run(inputs, methods),
      );
      expect(differences).toEqual([]);
      expect(signature.outputs.map((output) => output.name)).toEqual(
        ['predict', 'predict_proba', 'decision_function'].filter((method) => method in expected[file]!),
      );
    } finally {
      await engine.close();
    }
  });
});

test.each([
  [
    'targets-mixed',
    /has labels of the types string and int64, which is not converted; give all targets labels of one type/,
  ],
  [
    'chain-logarithm',
    /has chain_method_=predict_log_proba, which is not converted; use chain_method='predict' or another of/,
  ],
  [
    'drawn',
    /has sample_posterior=true, which is not converted; a drawn value is another one in every request: use False/,
  ],
  ['emptied', /was fitted with a column that had no values at all, which is not converted; fit it without that column/],
  ['isotonic-raise', /has out_of_bounds=raise, which is not converted; use 'clip' or 'nan'/],
  ['kernel', /uses the kernel sklearn\.gaussian_process\.kernels\.RationalQuadratic, which is not converted; use sums/],
  ['smoothness', /has nu=0\.7, which is not converted; use 0\.5, 1\.5 or 2\.5/],
])('%s is refused by name', async (name, message) => {
  const loaded = await load('estimators/refused', `${name}.joblib`);
  const error = await errorOf((async () => convertModel(loaded))());
  expect(error.code).toBe('E_UNSUPPORTED');
  expect(error.message).toMatch(message);
});

test.each([
  ['neighbours-tied', /has to choose, for missing values of "x1", among neighbours that are about as far away/],
  ['neighbours-weighted', /has weights=distance, which is not converted; scikit-learn rounds these distances/],
  ['neighbours-empty', /was fitted with a column that had no values at all, which is not converted; fit it without/],
  ['spline-error', /has extrapolation=error, which is not converted; use 'constant', 'linear' or 'periodic'/],
  ['spline-edges', /has extrapolation=linear with degree=1 for several columns, where scikit-learn mistakes the ends/],
  ['spline-steps', /has degree=0, with which scikit-learn itself fails beyond the last knot; use 1 or more/],
  ['kernel-cosine', /has kernel=cosine, which is not converted; use one of linear, poly/],
  ['axes-cosine', /has kernel=cosine, which is not converted; use one of linear, poly/],
  ['directions', /has more components than its kernel has directions: .* fit it with a smaller n_components/],
  ['outliers-rows', /has novelty=false, which is not converted; it has no predict then: fit it with novelty=True/],
  [
    'outliers-tied',
    /has to choose, for \d+ of 180 rows that were tried \(\S+ %\), among neighbours that are equally far away/,
  ],
  ['envelope-without', /has store_precision=false, which is not converted; it keeps the precision then: use True/],
])('%s among the transforms is refused by name', async (name, message) => {
  const loaded = await load('transforms/refused', `${name}.joblib`);
  const error = await errorOf((async () => convertModel(loaded))());
  expect(error).toMatchObject({ code: 'E_UNSUPPORTED', message: expect.stringMatching(message) });
});

test('an imputer of neighbours accepts no missing value where rounding would choose, in a column that had none in training', async () => {
  const { signature } = convertModel(await load('transforms/sklearn-1.9.1', 'neighbours-whole.joblib'));
  expect(signature.columns.map(({ missing }) => missing)).toEqual([true, false, true]);
});

test('an imputer of neighbours answers no row of which the missing values leave a tie that no row of training has', async () => {
  const { onnx, signature } = convertModel(await load('transforms/sklearn-1.9.1', 'neighbours-several.joblib'));
  const path = join(folder, 'several.onnx');
  writeFileSync(path, onnx);
  const engine = await createEngine(path);
  const answer = (rows: unknown[]) => engine.run(encodeRows(signature, rows), ['predict']);
  try {
    const tied = [null, null, null, 2]; // many rows of training have that count
    const alike = [null, null, 0.3, 2]; // the third column decides
    expect((await answer([alike])).predict!.shape).toEqual([1]);
    const error = await errorOf(answer([alike, tied]));
    expect(rowRefusal(error)).toMatchObject({
      code: 'E_INPUT',
      message: expect.stringMatching(
        /^\/: expected rows whose missing values the training data decide, got one for which/,
      ),
    });
    const golden = { inputs: [alike, tied], predict: [0, 0] };
    expect(await errorOf(replayGolden(golden, signature, TOLERANCE, (...run) => engine.run(...run)))).toMatchObject({
      code: 'E_GOLDEN',
      message: 'the model has no answer for one of the golden rows 0 to 1; leave it out',
    });
  } finally {
    await engine.close();
  }
});

test('an imputer of neighbours has a bound on what a file may have it go through', async () => {
  const loaded = await load('transforms/sklearn-1.9.1', 'neighbours-usual.joblib');
  const [step] = ((loaded.root as PyObject).state as PyDict).get('steps') as PyTuple[];
  const state = (step!.items[1] as PyObject).state as PyDict;
  const [rows, columns] = [501, 1000]; // columns, by columns, by rows: 5.01e8
  const filled = (type: string, bytes: number) =>
    new NumpyArray('model.joblib').fill(
      DType.parse(type),
      [rows, columns],
      new Uint8Array(rows * columns * bytes),
      false,
    );
  state.set('n_features_in_', columns);
  state.set('_fit_X', filled('f8', 8));
  state.set('_mask_fit_X', filled('b1', 1));
  const error = await errorOf((async () => convertModel(loaded))());
  expect(error).toMatchObject({
    code: 'E_LIMIT',
    message: expect.stringContaining('has a KNNImputer of 1000 columns and 501 rows'),
  });
});
