/** A table with columns of text and of numbers, all the way: packed with golden rows, read back, served. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '../../lambda/inference/engine';
import { readModelPackage } from '../../lib/model/package/model-package';
import { answers } from '../../lib/model/rows/answer';
import { neutralRow } from '../../lib/model/rows/neutral-row';
import { encodeRows } from '../../lib/model/rows/row';
import { convertModel } from '../../lib/packaging/converters';
import { pack } from '../../lib/packaging/pack';
import { temporaryFolder } from '../../testing/temporary-folder';
import { expectedAnswers, fixturePath, load, modelsOf } from './fixtures';

const MODELS = modelsOf('composition');

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
});

test('is packed with records as golden rows, and serves records without the columns that it does not look at', async () => {
  const expected = expectedAnswers(MODELS)['table-usual.joblib']!;
  const golden = join(folder, 'golden.json');
  writeFileSync(golden, JSON.stringify(expected));
  const out = join(folder, 'package');
  const { replay } = await pack({ file: fixturePath(MODELS, 'table-usual.joblib'), golden, name: 'table', out });
  expect(replay!.differences).toEqual([]);

  const { signature } = readModelPackage(out).manifest;
  expect(signature.namedColumns).toBe(true);
  expect(signature.columns.map(({ name, type, missing, unused }) => [name, type, missing, unused])).toEqual([
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
  const needed = expected.inputs.map((row) => {
    const { id: _id, rooms: _rooms, ...rest } = row as Record<string, unknown>;
    return rest;
  });
  const engine = await createEngine(join(out, 'model.onnx'));
  const outputs = await engine.run(encodeRows(signature, needed), ['predict']);
  expect(answers(outputs.predict!)).toEqual(expected.predict);
  await engine.close();
});

test('refuses a category for which scikit-learn would have raised, and says which there are', async () => {
  const { signature } = convertModel(await load(MODELS, 'table-strict.joblib'));
  const row = { age: 40, income: 1000, city: 'Oslo', plan: 'a' };
  expect(() => encodeRows(signature, [row, { ...row, city: null }])).not.toThrow(); // some cities were missing in training
  expect(() => encodeRows(signature, [{ ...row, city: 'Paris' }])).toThrow(
    '/0/city: expected one of "Bergen", "Oslo", "rare 1", "rare 2", "Ålesund" or null for column "city", got the string "Paris"',
  );
  expect(() => encodeRows(signature, [{ ...row, plan: null }])).toThrow('/0/plan: expected one of "a", "b"');
  expect(() => encodeRows(signature, [{ ...row, plan: 1 }])).toThrow('/0/plan: expected one of "a", "b"');
});

test('accepts the row that is made up to warm it', async () => {
  const { signature } = convertModel(await load(MODELS, 'table-strict.joblib'));
  expect(neutralRow(signature)).toEqual([0, 0, '', 'Bergen', 'a', '']);
  expect(() => encodeRows(signature, [neutralRow(signature)])).not.toThrow();
});
