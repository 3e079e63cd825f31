import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replayGolden } from '../../../lib/model/package/golden-replay';
import { convertModel } from '../../../lib/packaging/converters';
import { createBothEngines } from '../../lambda/inference/engine/both-engines';
import { expectedAnswers, load, RELEASES } from './fixtures';

/** Numbers near 0 are told apart too: what a logarithm or a difference has lost there shows. */
const TOLERANCE = { absolute: 1e-15, relative: 1e-9 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(RELEASES)('%s', (release) => {
  const expected = expectedAnswers(release);

  test.each(Object.keys(expected))('%s answers as scikit-learn did', async (name) => {
    const { onnx, signature } = convertModel(await load(release, name));
    const path = join(folder, `${release}-${name}.onnx`);
    writeFileSync(path, onnx);
    const engine = await createBothEngines(path, signature);
    try {
      const { differences } = await replayGolden(expected[name]!, signature, TOLERANCE, (inputs, methods) =>
        engine.run(inputs, methods),
      );
      expect(differences).toEqual([]);
    } finally {
      await engine.close();
    }
  });
});

test('is one row at a time what it is for many', async () => {
  const release = RELEASES[0]!;
  const golden = expectedAnswers(release)['table-usual']!;
  const { onnx, signature } = convertModel(await load(release, 'table-usual'));
  const path = join(folder, 'single.onnx');
  writeFileSync(path, onnx);
  const engine = await createBothEngines(path, signature);
  for (let row = 0; row < golden.inputs.length; row++) {
    const one = {
      inputs: [golden.inputs[row]],
      predict: [golden.predict[row]!],
      predict_proba: [golden.predict_proba![row]!],
    };
    const { differences } = await replayGolden(one, signature, TOLERANCE, (inputs, methods) =>
      engine.run(inputs, methods),
    );
    expect(differences).toEqual([]);
  }
  await engine.close();
});
