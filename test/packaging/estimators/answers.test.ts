import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../../lambda/inference/engine';
import { replayGolden } from '../../../lib/model/golden';
import { convertModel } from '../../../lib/packaging/sklearn';
import { errorOf, expectedAnswers, load, releasesOf } from '../fixtures';

const TOLERANCE = { absolute: 1e-12, relative: 1e-9 };

/** XGBoost computes in float32. */
const SINGLE = { absolute: 1e-6, relative: 1e-6 };

const RELEASES = ['estimators', 'transforms', 'companions'].flatMap(releasesOf);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(RELEASES)('%s', (release) => {
  const expected = expectedAnswers(release);

  it.each(Object.keys(expected))('%s answers as scikit-learn did', async (file) => {
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

it.each([
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

it.each([
  ['neighbours-tied', /has to choose, for missing values of "x1", among neighbours that are about as far away/],
  ['neighbours-weighted', /has weights=distance, which is not converted; scikit-learn rounds these distances/],
  ['neighbours-empty', /was fitted with a column that had no values at all, which is not converted; fit it without/],
  ['spline-error', /has extrapolation=error, which is not converted; use 'constant', 'linear' or 'periodic'/],
  ['spline-edges', /has extrapolation=linear with degree=1 for several columns, where scikit-learn mistakes the ends/],
  ['spline-steps', /has degree=0, with which scikit-learn itself fails beyond the last knot; use 1 or more/],
  ['kernel-cosine', /has kernel=cosine, which is not converted; use one of linear, poly/],
])('%s among the transforms is refused by name', async (name, message) => {
  const loaded = await load('transforms/refused', `${name}.joblib`);
  const error = await errorOf((async () => convertModel(loaded))());
  expect(error).toMatchObject({ code: 'E_UNSUPPORTED', message: expect.stringMatching(message) });
});

it('an imputer of neighbours accepts no missing value where rounding would choose, in a column that had none in training', async () => {
  const { signature } = convertModel(await load('transforms/sklearn-1.9.1', 'neighbours-whole.joblib'));
  expect(signature.columns.map(({ missing }) => missing)).toEqual([true, false, true]);
});
