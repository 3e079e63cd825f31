import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../../../lambda/inference/engine';
import { replayGolden } from '../../../../lib/model/golden';
import { readModelPackage } from '../../../../lib/model/package';
import { encodeRows } from '../../../../lib/model/row';

const model = readModelPackage(join(__dirname, '../../../../models/breast-cancer'));
const { signature, golden } = model.manifest;
const rows = model.golden!.inputs;

describe('the ONNX Runtime engine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine(join(model.directory, 'model.onnx'), { threads: 1 });
  });
  afterAll(() => engine.close());

  test('says its version', () => {
    expect(engine.name).toMatch(/^onnxruntime \d+\.\d+\.\d+$/);
  });

  test('gives what scikit-learn gave', async () => {
    const replay = await replayGolden(model.golden!, signature, golden!.tolerance, (inputs, methods) =>
      engine.run(inputs, methods),
    );
    expect(replay.differences).toEqual([]);
  });

  test('computes only what was asked for, in the types and shapes of the signature', async () => {
    const outputs = await engine.run(encodeRows(signature, rows.slice(0, 3)), ['predict', 'predict_proba']);
    expect(Object.keys(outputs)).toEqual(['predict', 'predict_proba']);
    expect(outputs.predict).toMatchObject({ type: 'int64', shape: [3] });
    expect(outputs.predict_proba).toMatchObject({ type: 'float64', shape: [3, 2] });
    expect(Object.prototype.toString.call(outputs.predict!.data)).toBe('[object BigInt64Array]');
  });

  test('runs at once, without giving up the turn of the event loop', async () => {
    const inputs = encodeRows(signature, rows);
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    await engine.run(inputs, ['predict']);
    expect(turned).toBe(false);
  });

  test('refuses a method that the graph does not have', async () => {
    await expect(engine.run(encodeRows(signature, rows), ['transform' as 'predict'])).rejects.toMatchObject({
      code: 'E_PACKAGE',
      message: expect.stringContaining('it has predict'),
    });
  });
});

describe('a model file that cannot be loaded', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-engine-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['is missing', undefined, 'cannot be read'],
    ['is empty', Buffer.alloc(0), 'pack the model again'],
    ['is not ONNX', Buffer.from('not a graph'), 'pack the model again'],
  ])('one that %s is refused with its path', async (_, bytes, message) => {
    const path = join(folder, 'model.onnx');
    if (bytes) writeFileSync(path, bytes);
    await expect(createEngine(path)).rejects.toMatchObject({
      code: 'E_PACKAGE',
      message: expect.stringContaining(message),
    });
    await expect(createEngine(path)).rejects.toThrow(path);
  });
});
