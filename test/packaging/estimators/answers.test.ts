import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../../lambda/inference/engine';
import { replayGolden } from '../../../lib/model/golden';
import { convertModel } from '../../../lib/packaging/sklearn';
import { errorOf, expectedAnswers, load } from '../fixtures';

const TOLERANCE = { absolute: 1e-12, relative: 1e-9 };

/** XGBoost computes in float32. */
const SINGLE = { absolute: 1e-6, relative: 1e-6 };

const RELEASES = ['sklearn-0.22.2.post1', 'sklearn-1.1.3', 'sklearn-1.5.2', 'sklearn-1.9.1'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(RELEASES.map((release) => `estimators/${release}`))('%s', (release) => {
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
