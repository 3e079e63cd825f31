import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseGoldenRows } from '../../lib/model/package/golden-file';
import { isVerified } from '../../lib/model/package/manifest';
import { type PackOptions, pack } from '../../lib/packaging/pack';
import { packedText } from '../../lib/report';
import { temporaryFolder } from '../../testing/temporary-folder';
import { fixturePath } from './fixtures';

const source = (...path: string[]) => fixturePath('sources', join(...path));

/** A source of the fixtures, held against what the library answered. */
async function packed(path: string, options: Partial<PackOptions> = {}) {
  const said: string[] = [];
  const out = join(temporaryFolder(), 'out');
  const result = await pack({
    file: path,
    name: 'model',
    out,
    isolated: false,
    onProgress: (text) => said.push(text),
    ...options,
  });
  return { ...result, said: said.join('\n'), text: packedText(result).replaceAll(out, 'OUT') };
}

describe('a skops file answers as scikit-learn did', () => {
  const models = readdirSync(source('skops')).filter((file) => file.endsWith('.skops'));
  test.each(models)('%s', async (file) => {
    const golden = source('skops', file.replace('.skops', '.golden.json'));
    const { package: made, replay } = await packed(source('skops', file), { golden });
    expect(replay!.differences).toEqual([]);
    expect(made.manifest.source).toMatchObject({ file, format: 'skops', libraries: { 'scikit-learn': '1.9.1' } });
  });
});

describe('what tools saved answers as the library did', () => {
  test.each([
    ['mlflow/sklearn', 'model.skops of an MLflow model (flavor sklearn)'],
    ['mlflow/cloudpickle', 'model.pkl of an MLflow model (flavor sklearn)'],
    ['mlflow/xgboost', 'model.ubj of an MLflow model (flavor xgboost)'],
    ['mlflow/lightgbm', 'model.lgb of an MLflow model (flavor lightgbm)'],
    ['mlflow/onnx', 'model.onnx of an MLflow model (flavor onnx)'],
    ['mlflow/run', 'model.skops of an MLflow model (flavor sklearn)'],
    ['sagemaker/sklearn.tar.gz', 'model.joblib of a tar, as SageMaker keeps models'],
    ['sagemaker/xgboost.tar.gz', 'xgboost-model of a tar, as SageMaker keeps models'],
    ['bentoml/credit.bentomodel', 'saved_model.pkl of a BentoML model (bentoml.sklearn)'],
  ])('%s', async (path, from) => {
    const golden = source(`${path.replace(/\.(tar\.gz|bentomodel)$/, '')}.golden.json`);
    const { replay, text, said } = await packed(source(path), { golden });
    expect(replay!.differences).toEqual([]);
    expect(text).toContain(`from       ${from}`);
    expect(said).toContain(`took ${from}`);
  });
});

describe('inputs that MLflow saved beside a model, where there are no golden rows', () => {
  test('are golden rows with the answers of the package, which is said and does not verify it', async () => {
    const { package: made, text } = await packed(source('mlflow', 'sklearn'));
    const { manifest, golden } = made;
    expect(manifest.golden).toMatchObject({ rows: 9, recordedBy: 'pack' });
    expect(isVerified(manifest)).toBe(false);
    expect(golden!.inputs[0]).toEqual({ age: null, income: expect.any(Number), purpose: expect.any(String) });
    expect(text).toContain('UNVERIFIED 9 rows run, and nobody has recorded what the model answers to them');
    expect(manifest.warnings).toEqual([
      expect.stringMatching(
        /^the 9 golden rows are inputs of serving_input_example.json with the answers of this package/,
      ),
    ]);
    const recorded = parseGoldenRows(readFileSync(source('mlflow', 'sklearn.golden.json'), 'utf8'), 'golden.json');
    expect(golden!.predict).toEqual(recorded.predict.slice(0, 9));
  });

  test('of an array are rows', async () => {
    const { package: made } = await packed(source('mlflow', 'cloudpickle'));
    expect(made.golden!.inputs).toHaveLength(4);
    expect(made.golden!.inputs[0]).toHaveLength(2);
  });

  test('are left out with a warning where they do not fit', async () => {
    const folder = temporaryFolder();
    cpSync(source('mlflow', 'cloudpickle'), folder, { recursive: true });
    writeFileSync(join(folder, 'serving_input_example.json'), '{"inputs": [["a", "b"]]}');
    const { package: made, text } = await packed(folder);
    expect(made.manifest.golden).toBeUndefined();
    expect(made.manifest.warnings).toEqual([
      'the inputs of serving_input_example.json do not fit the model and were left out: /inputs/0/0: expected a number for column "x0", got the string "a"',
    ]);
    expect(text).toContain('UNVERIFIED no golden rows');
  });

  test('do not stand beside golden rows', async () => {
    const golden = source('mlflow', 'sklearn.golden.json');
    const { package: made, text } = await packed(source('mlflow', 'sklearn'), { golden });
    expect(made.manifest.golden).toMatchObject({ rows: 20 });
    expect(isVerified(made.manifest)).toBe(true);
    expect(text).toContain('verified   20 golden rows hold');
  });
});

test('says of code beside a model that it is not run', async () => {
  const { package: made } = await packed(source('sagemaker', 'sklearn.tar.gz'));
  expect(made.manifest.warnings).toEqual([
    expect.stringContaining('has code in it (code/inference.py), which is not run'),
  ]);
});
