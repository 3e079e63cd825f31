import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GoldenRows } from '../../../lib/model/package/golden-file';
import { replayGolden } from '../../../lib/model/package/golden-replay';
import { convertModel } from '../../../lib/packaging/converters';
import { createBothEngines } from '../../lambda/inference/engine/both-engines';
import { fixtureJson, load } from '../fixtures';
import { FOLDER, RELEASES } from './fixtures';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const METHODS = ['predict', 'predict_proba', 'decision_function'];

/** The largest difference from what scikit-learn answered, relative to it. */
const TOLERANCE = { absolute: 1e-15, relative: 1e-14 };

/** Models that add up nothing, or add up in the very order of scikit-learn, and apply no function to the sum. */
const EXACT = /^(tree|forest|hist-(regressor|categories)|gradient-(squared_error|quantile|tie))/;

describe.each(RELEASES)('%s', (release) => {
  const expected = fixtureJson<Record<string, GoldenRows>>(`trees/${release}`, 'expected.json');

  test('has answers to every model', () => {
    const files = readdirSync(join(FOLDER, release)).filter((file) => file.endsWith('.joblib'));
    expect(Object.keys(expected).sort()).toEqual(files.sort());
  });

  test.each(Object.keys(expected))('%s answers as scikit-learn did', async (file) => {
    const golden = expected[file]!;
    const { onnx, signature } = convertModel(await load(`trees/${release}`, file));
    const path = join(folder, `${release}-${file}.onnx`);
    writeFileSync(path, onnx);
    const engine = await createBothEngines(path, signature);
    try {
      const replay = await replayGolden(golden, signature, TOLERANCE, (inputs, methods) => engine.run(inputs, methods));
      expect(replay.differences).toEqual([]);
      if (EXACT.test(file)) expect(replay.maximumDifference).toBe(0); // bit for bit
      expect(signature.outputs.map((output) => output.name)).toEqual(METHODS.filter((method) => method in golden));
    } finally {
      await engine.close();
    }
  });
});
