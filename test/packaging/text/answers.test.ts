import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../../lambda/inference/engine';
import { replayGolden } from '../../../lib/model/package/golden-replay';
import { convertModel } from '../../../lib/packaging/converters';
import { expectedAnswers, load } from '../fixtures';

const TOLERANCE = { absolute: 1e-15, relative: 1e-9 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function engineOf(release: string, file: string) {
  const { onnx, signature } = convertModel(await load(release, file));
  const path = join(folder, 'model.onnx');
  writeFileSync(path, onnx);
  return { signature, engine: await createEngine(path) };
}

describe.each(['text/sklearn-0.22.2.post1', 'text/sklearn-1.1.3', 'text/sklearn-1.5.2', 'text/sklearn-1.9.1'])(
  '%s',
  (release) => {
    const expected = expectedAnswers(release);

    test.each(Object.keys(expected))('%s answers as scikit-learn did', async (file) => {
      const { engine, signature } = await engineOf(release, file);
      try {
        const { differences } = await replayGolden(expected[file]!, signature, TOLERANCE, (inputs, methods) =>
          engine.run(inputs, methods),
        );
        expect(differences).toEqual([]);
      } finally {
        await engine.close();
      }
    });
  },
);

test('is one text at a time what it is for many, also where there is no token at all', async () => {
  const golden = expectedAnswers('text/sklearn-1.9.1')['model-logistic.joblib']!;
  const { engine, signature } = await engineOf('text/sklearn-1.9.1', 'model-logistic.joblib');
  for (let row = 0; row < golden.inputs.length; row++) {
    const one = { inputs: [golden.inputs[row]], predict: [golden.predict[row]!] };
    const { differences } = await replayGolden(one, signature, TOLERANCE, (inputs, methods) =>
      engine.run(inputs, methods),
    );
    expect(differences).toEqual([]);
  }
  await engine.close();
});

describe('the signature', () => {
  const signatureOf = async (file: string) => convertModel(await load('text/sklearn-1.9.1', file)).signature;

  test('of a text is one column, which says how it is tokenised', async () => {
    const { columns, inputs } = await signatureOf('pairs.joblib');
    expect(columns).toEqual([
      { name: 'x0', type: 'string', missing: false, tokens: { lowercase: false, shortest: 2 } },
    ]);
    expect(inputs).toEqual([{ name: 'tokens', type: 'string', columns: [0] }]);
  });

  test('of a table has texts, categories and numbers beside each other', async () => {
    const { columns, inputs } = await signatureOf('table.joblib');
    expect(columns.map(({ name, tokens }) => [name, tokens?.stopWords?.length])).toEqual([
      ['title', undefined],
      ['city', undefined],
      ['paid', undefined],
      ['body', 318],
    ]);
    expect(inputs.map(({ name, columns: indices }) => [name, indices])).toEqual([
      ['input', [2]],
      ['text', [1]],
      ['tokens', [0, 3]],
    ]);
  });
});
