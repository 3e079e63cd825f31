import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replayGolden } from '../../../lib/model/package/golden-replay';
import { convertModel } from '../../../lib/packaging/converters';
import { createBothEngines } from '../../lambda/inference/engine/both-engines';
import { expectedAnswers, load, NEWEST, RELEASES } from '../fixtures';

/** What a conversion has to reach on this machine; `pack` allows for other processors too, and this test must not follow it. */
const TOLERANCE = { absolute: 1e-12, relative: 1e-12 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(RELEASES)('%s', (release) => {
  const expected = expectedAnswers(release);

  test.each(Object.keys(expected))('%s answers as scikit-learn did', async (file) => {
    const { onnx, signature, computeClass } = convertModel(await load(release, file));
    const path = join(folder, `${release}-${file}.onnx`);
    writeFileSync(path, onnx);
    const engine = await createBothEngines(path, signature);
    try {
      const replay = await replayGolden(expected[file]!, signature, TOLERANCE, (inputs, methods) =>
        engine.run(inputs, methods),
      );
      expect(replay.differences).toEqual([]);
      if (computeClass === 'tree') expect(replay.maximumDifference).toBe(0); // bit for bit
      expect(signature.outputs.map((output) => output.name)).toEqual(
        ['predict', 'predict_proba', 'decision_function'].filter((method) => method in expected[file]!),
      );
    } finally {
      await engine.close();
    }
  });
});

test('covers every family in the newest release', () => {
  const files = Object.keys(expectedAnswers(NEWEST)).join(' ');
  for (const family of ['linear-', 'softmax-', 'forest-', 'search-']) expect(files).toContain(family);
});

test.each(['linear-zlib.joblib', 'forest.joblib', 'search-grid.joblib'])(
  'converts %s to the same bytes again',
  async (file) => {
    const [one, other] = [convertModel(await load(NEWEST, file)), convertModel(await load(NEWEST, file))];
    expect(Buffer.from(one.onnx).equals(other.onnx)).toBe(true);
  },
);

test('gives the same graph whatever the protocol and the compression of the file', async () => {
  const files = Object.keys(expectedAnswers(NEWEST)).filter((file) => /^linear-(protocol|zlib|gzip)/.test(file));
  const graphs = await Promise.all(files.map(async (file) => Buffer.from(convertModel(await load(NEWEST, file)).onnx)));
  expect(graphs.length).toBe(14);
  for (const graph of graphs) expect(graph.equals(graphs[0]!)).toBe(true);
});
