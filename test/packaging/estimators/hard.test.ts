/** Rows for which rounding matters: far away ones, those on learnt edges, ties (test/fixtures/packaging/hard/make.py). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../../lambda/inference/engine';
import { replayGolden } from '../../../lib/model/package/golden-replay';
import { encodeRows } from '../../../lib/model/rows/row';
import type { Signature } from '../../../lib/model/rows/signature';
import { rowRefusal } from '../../../lib/model/rows/undecided-row';
import { prepare } from '../../../lib/packaging/conversion/prepare';
import { convertModel } from '../../../lib/packaging/converters';
import { errorOf } from '../../../testing/error-of';
import { expectedAnswers, fixtureJson, fixturePath, load, releasesOf } from '../fixtures';

const TOLERANCE = { absolute: 1e-9, relative: 1e-9 };

/** Models of scikit-learn that have ties, and are refused without --ties first. */
const TIED = ['iris.joblib'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function converted(release: string, file: string, use: (engine: Engine, signature: Signature) => Promise<void>) {
  const warnings: string[] = [];
  const policy = { allowUntested: false, warn: (text: string) => warnings.push(text) };
  const loaded = await load(release, file);
  const { onnx, signature } = convertModel(loaded, TIED.includes(file) ? { ...policy, ties: 'first' } : policy);
  const path = join(folder, 'model.onnx');
  writeFileSync(path, onnx);
  const engine = await createEngine(path);
  try {
    await use(engine, signature);
  } finally {
    await engine.close();
  }
  return warnings;
}

describe.each(releasesOf('hard'))('%s', (release) => {
  const expected = expectedAnswers(release);

  test.each(Object.keys(expected))('%s answers each row as scikit-learn did', async (file) => {
    await converted(release, file, async (engine, signature) => {
      const { differences } = await replayGolden(expected[file]!, signature, TOLERANCE, (...run) => engine.run(...run));
      expect(differences).toEqual([]);
    });
  });

  const undecided = Object.entries(fixtureJson<Record<string, number[][]>>(release, 'undecided.json'));

  test.each(undecided)('%s gives no answer to rows for which rounding would choose it', async (file, rows) => {
    await converted(release, file, async (engine, signature) => {
      for (const row of rows) {
        const outputs = signature.outputs.map(({ name }) => name);
        const error = await errorOf(engine.run(encodeRows(signature, [row]), outputs));
        expect(rowRefusal(error)?.message).toMatch(/^\/: expected rows (whose nearest|near enough)/);
      }
    });
  });
});

test('a model that leaves the rows undecided that are made up to try it is converted without golden rows', async () => {
  const [release] = releasesOf('hard').slice(-1);
  const { model, golden } = await prepare({ files: [fixturePath(release!, 'undecided-at-zero.joblib')] }, () => {});
  expect(model.estimators).toEqual(['sklearn.neighbors._classification.KNeighborsClassifier']);
  expect(golden).toBeUndefined();
});

test('columns that depend on each other are told, with how to mend the model', async () => {
  const [release] = releasesOf('hard').slice(-1);
  const [warning] = await converted(release!, 'dependent.joblib', async () => {});
  expect(warning).toMatch(
    /LinearRegression has coefficients up to 4\.0e\+15, whose terms cancel: .* is 8\.9e-1, so that scikit-learn itself answers rows at once otherwise than one alone.*OneHotEncoder\(drop="first"\)/,
  );
});

test('ties refuse a model, and say how it is packed all the same and what that means', async () => {
  const [release] = releasesOf('hard').slice(-1);
  const loaded = await load(release!, 'iris.joblib');
  const error = await errorOf((async () => convertModel(loaded))());
  expect(error.message).toMatch(/for \d+ of 450 rows that were tried \(\d\.?\d* %\), among neighbours.*--ties first/);
  const warnings = await converted(release!, 'iris.joblib', async () => {});
  expect(warnings).toEqual([
    expect.stringMatching(/^sklearn\S+ has to choose, for \d+ of 450 rows .* the first of training count, where/),
  ]);
});
