/** A table with columns of text and of numbers, all the way: packed with golden rows, read back, served. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../../lambda/inference/engine';
import { answers } from '../../../lib/model/answer';
import { readModelPackage } from '../../../lib/model/package';
import { encodeRows } from '../../../lib/model/row';
import type { Signature } from '../../../lib/model/signature';
import { pack } from '../../../lib/packaging/pack';
import { expectedAnswers, modelPath, NEWEST } from './fixtures';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function packed(name: string): Promise<{ signature: Signature; engine: Engine }> {
  const golden = join(folder, `${name}.json`);
  writeFileSync(golden, JSON.stringify(expectedAnswers(NEWEST)[name]));
  const out = join(folder, name);
  const { replay } = await pack({ file: modelPath(NEWEST, name), golden, name, out });
  expect(replay!.differences).toEqual([]);
  return {
    signature: readModelPackage(out).manifest.signature,
    engine: await createEngine(join(out, 'model.onnx')),
  };
}

it.each(['table-usual', 'table-forest'])('%s is packed with records, and serves them', async (name) => {
  const { signature, engine } = await packed(name);
  expect(signature.namedColumns).toBe(true);
  expect(signature.columns.map(({ name: column, type, missing, unused }) => [column, type, missing, unused])).toEqual([
    ['age', 'float64', true, undefined],
    ['income', 'float64', true, undefined],
    ['id', 'string', true, true],
    ['city', 'string', true, undefined],
    ['plan', 'string', true, undefined],
    ['rooms', 'string', true, true],
  ]);
  expect(signature.inputs).toEqual([
    { name: 'input', type: 'float64', columns: [0, 1] },
    { name: 'text', type: 'string', columns: [3, 4] },
  ]);

  const { inputs, predict } = expectedAnswers(NEWEST)[name]!;
  const needed = inputs.map((row) => {
    const { id: _id, rooms: _rooms, ...rest } = row as Record<string, unknown>;
    return rest; // what the model does not look at need not be sent
  });
  const outputs = await engine.run(encodeRows(signature, needed), ['predict']);
  expect(answers(outputs.predict!)).toEqual(predict);
  await engine.close();
});

it('refuses a category for which scikit-learn would have raised, and says which there are', async () => {
  const { signature, engine } = await packed('table-strict');
  await engine.close();
  const row = { age: 40, income: 1000, city: 'Oslo', plan: 'a' };
  expect(() => encodeRows(signature, [row, { ...row, city: null }])).not.toThrow(); // some cities were missing in training
  expect(() => encodeRows(signature, [{ ...row, city: 'Paris' }])).toThrow(
    '/0/city: expected one of "Bergen", "Oslo", "rare 1", "rare 2", "Ålesund" or null for column "city", got the string "Paris"',
  );
  expect(() => encodeRows(signature, [{ ...row, plan: null }])).toThrow('/0/plan: expected one of "a", "b"');
  expect(() => encodeRows(signature, [{ ...row, plan: 1 }])).toThrow('/0/plan: expected one of "a", "b"');
});

it('is packed without golden rows too, which needs a made-up row that it accepts', async () => {
  const out = join(folder, 'unverified');
  const { package: written } = await pack({ file: modelPath(NEWEST, 'table-strict'), name: 'unverified', out });
  expect(written.manifest.golden).toBeUndefined();
});
