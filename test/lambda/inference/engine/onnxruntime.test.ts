import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../../../lambda/inference/engine';
import { replayGolden } from '../../../../lib/model/package/golden-replay';
import { readModelPackage } from '../../../../lib/model/package/model-package';
import { encodeRows } from '../../../../lib/model/rows/row';
import type { Tensor, Tensors } from '../../../../lib/model/rows/tensor';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../../../example';

const model = readModelPackage(EXAMPLE_MODEL);
const { signature, golden } = model.manifest;
const rows = model.golden!.inputs;

const folder = temporaryFolder();

describe('the ONNX Runtime engine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine(join(model.directory, 'model.onnx'), { threads: 1, engine: 'onnxruntime' });
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

/*
 * Two graphs of onnx 1.x, opset 13, made by onnx.helper:
 * every type: Identity of s (string [n,1]), f (float [n,2]), b (bool [n,1]) as predict, predict_proba, decision_function
 * sequence: SequenceConstruct of f (float [n,2]) as predict, of the kind that skl2onnx's ZipMap gives
 */
const EVERY_TYPE =
  'CAg6gQIKFgoBcxIHcHJlZGljdCIISWRlbnRpdHkKHAoBZhINcHJlZGljdF9wcm9iYSIISWRlbnRpdHkKIAoBYhIRZGVjaXNpb25fZnVuY3Rpb24iCElkZW50aXR5EgFnWhQKAXMSDwoNCAgSCQoDEgFuCgIIAVoUCgFmEg8KDQgBEgkKAxIBbgoCCAJaFAoBYhIPCg0ICRIJCgMSAW4KAggBYhoKB3ByZWRpY3QSDwoNCAgSCQoDEgFuCgIIAWIgCg1wcmVkaWN0X3Byb2JhEg8KDQgBEgkKAxIBbgoCCAJiJAoRZGVjaXNpb25fZnVuY3Rpb24SDwoNCAkSCQoDEgFuCgIIAUIECgAQDQ==';
const SEQUENCE =
  'CAg6TwofCgFmEgdwcmVkaWN0IhFTZXF1ZW5jZUNvbnN0cnVjdBIBZ1oUCgFmEg8KDQgBEgkKAxIBbgoCCAJiEwoHcHJlZGljdBIIIgYKBAoCCAFCBAoAEA0=';

test('strings, 32-bit floats and booleans go in and come out as they are', async () => {
  const path = join(folder, 'types.onnx');
  writeFileSync(path, Buffer.from(EVERY_TYPE, 'base64'));
  const engine = await createEngine(path, { threads: 2, engine: 'onnxruntime' });
  const inputs: Tensors = {
    s: { type: 'string', shape: [2, 1], data: ['ä, 鯨', ''] },
    f: { type: 'float32', shape: [2, 2], data: Float32Array.of(0.1, -0, 1e38, Number.NaN) },
    b: { type: 'bool', shape: [2, 1], data: Uint8Array.of(1, 0) },
  };
  const outputs = await engine.run(inputs, ['predict', 'predict_proba', 'decision_function']);
  const plain = (tensor: Tensor | undefined) => ({ ...tensor, data: Array.from(tensor!.data as Iterable<unknown>) });
  expect(plain(outputs.predict)).toEqual({ type: 'string', shape: [2, 1], data: ['ä, 鯨', ''] });
  expect(plain(outputs.predict_proba)).toEqual({
    type: 'float32',
    shape: [2, 2],
    data: [Math.fround(0.1), -0, Math.fround(1e38), Number.NaN],
  });
  expect(plain(outputs.decision_function)).toEqual({ type: 'bool', shape: [2, 1], data: [1, 0] });
  await engine.close();
});

describe('a model file that cannot be loaded', () => {
  test.each([
    ['is missing', undefined, 'cannot be read'],
    ['is empty', Buffer.alloc(0), 'pack the model again'],
    ['is not ONNX', Buffer.from('not a graph'), 'pack the model again'],
    ['has an output that is no tensor', Buffer.from(SEQUENCE, 'base64'), '"predict" is not a tensor of'],
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
