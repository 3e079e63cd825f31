import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replayGolden } from '../../../lib/model/package/golden-replay';
import { convertModel } from '../../../lib/packaging/converters';
import { createBothEngines } from '../../lambda/inference/engine/both-engines';
import { expectedAnswers, load, releasesOf } from '../fixtures';

/** scikit-learn's own sums differ by as much between processors. */
const TOLERANCE = { absolute: 1e-12, relative: 1e-9 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(releasesOf('models'))('%s', (release) => {
  const expected = expectedAnswers(release);

  test.each(Object.keys(expected))('%s answers as scikit-learn did', async (file) => {
    const { onnx, signature } = convertModel(await load(release, file));
    const path = join(folder, 'model.onnx');
    writeFileSync(path, onnx);
    const engine = await createBothEngines(path, signature);
    try {
      const replay = await replayGolden(expected[file]!, signature, TOLERANCE, (inputs, methods) =>
        engine.run(inputs, methods),
      );
      expect(replay.differences).toEqual([]);
      expect(signature.outputs.map((output) => output.name)).toEqual(
        ['predict', 'predict_proba', 'decision_function'].filter((method) => method in expected[file]!),
      );
      expect(signature.columns.some((column) => column.missing)).toBe(false); // none of them accepts NaN
    } finally {
      await engine.close();
    }
  });
});

describe('the signature', () => {
  const signatureOf = async (file: string) => convertModel(await load('models/sklearn-1.9.1', file)).signature;

  test('of a regressor is one float64 for each row', async () => {
    expect((await signatureOf('Ridge.joblib')).outputs).toEqual([{ name: 'predict', type: 'float64', width: 1 }]);
  });

  test('of several targets has a value for each', async () => {
    expect((await signatureOf('several-values.joblib')).outputs).toEqual([
      { name: 'predict', type: 'float64', width: 3 },
    ]);
  });

  test('of categories allows those that the model knows, and no others', async () => {
    const { columns } = await signatureOf('CategoricalNB.joblib');
    expect(columns.every(({ categories }) => categories?.[0] === 0)).toBe(true);
  });

  test('of clusters is an integer without classes', async () => {
    const { outputs, classes } = await signatureOf('KMeans.joblib');
    expect(outputs).toEqual([{ name: 'predict', type: 'int64', width: 1 }]);
    expect(classes).toBeUndefined();
  });

  test('of one-versus-one decisions has one for each pair of classes', async () => {
    const { outputs } = await signatureOf('SVC-rbf-of-4.joblib');
    expect(outputs.map(({ name, width }) => [name, width])).toEqual([
      ['predict', 1],
      ['predict_proba', 4],
      ['decision_function', 6],
    ]);
  });
});

test('takes the label of a support vector machine from the votes, not from the probabilities', () => {
  const expected = expectedAnswers('models/sklearn-1.9.1');
  const disagree = Object.keys(expected).some((file) => {
    const { predict, predict_proba } = expected[file]!;
    if (!/^SVC-\w+-of-4/.test(file)) return false; // the labels of these are 0 to 3
    return predict.some((label, row) => label !== argmax(predict_proba![row] as number[]));
  });
  expect(disagree).toBe(true); // so the answers above tell the two apart
});

function argmax(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
