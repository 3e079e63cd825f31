/** A large model in a thread of its own: the same answers and the same errors, and whoever asks stays free. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { createEngine, type Engine } from '../../../../lambda/inference/engine';
import { engineBehind, serveEngine } from '../../../../lambda/inference/engine/thread';
import { HANDLER_FILE } from '../../../../lib/artifacts/handler-bundle';
import { sha256 } from '../../../../lib/model/formats/digest';
import { jsonText } from '../../../../lib/model/formats/json';
import { toEnvironment } from '../../../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS } from '../../../../lib/model/instance/handler-settings';
import { readModelPackage } from '../../../../lib/model/package/model-package';
import { encodeRows } from '../../../../lib/model/rows/row';
import type { Tensors } from '../../../../lib/model/rows/tensor';
import { bundledHandler } from '../../../../testing/bundled-handler';
import { LoggedHandler } from '../../../../testing/handler-process';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { closing } from '../../../closing';
import { send } from '../http-client';
import { labels, MODEL, modelPackage, rows } from '../serving';
import { withLargeText } from './large-model';

jest.setTimeout(30_000); // it bundles the handler and starts it

const folder = temporaryFolder();
let bundle: string;
let threadFile: string;
const large = join(folder, 'large');
const { signature } = modelPackage.manifest;

beforeAll(() => {
  bundle = bundledHandler();
  threadFile = join(bundle, HANDLER_FILE);
  mkdirSync(large);
  cpSync(MODEL, large, { recursive: true });
  const model = withLargeText(readFileSync(join(MODEL, 'model.onnx')));
  writeFileSync(join(large, 'model.onnx'), model);
  const manifest = JSON.parse(readFileSync(join(large, 'manifest.json'), 'utf8'));
  manifest.model = {
    ...manifest.model,
    sha256: sha256(model),
    ...('bytes' in manifest.model && { bytes: model.length }),
  };
  writeFileSync(join(large, 'manifest.json'), jsonText(manifest));
});
afterEach(() => LoggedHandler.killAll());

/** ONNX Runtime, in a thread if the model is large. */
const onnxRuntime = async (directory: string): Promise<Engine> =>
  closing(await createEngine(join(directory, 'model.onnx'), { engine: 'onnxruntime', threadFile }), (engine) =>
    engine.close(),
  );

/**
 * Whether whoever asks is free before the outputs are there. A word from another thread comes with a turn of the event
 * loop, however fast that thread is; what is done before the loop turns was done here.
 */
async function staysFree(engine: Engine): Promise<{ free: boolean; outputs: Tensors }> {
  let free = true;
  const running = engine.run(encodeRows(signature, rows), ['predict']).finally(() => {
    free = false;
  });
  for (let i = 0; i < 100; i++) await new Promise<void>((resolve) => process.nextTick(resolve));
  return { free, outputs: await running };
}

test('ONNX Runtime evaluates a large model without holding up whoever asks, a small one at once', async () => {
  const [small, threaded] = [await onnxRuntime(MODEL), await onnxRuntime(large)];
  const [there, here] = [await staysFree(threaded), await staysFree(small)];
  expect([there.free, here.free]).toEqual([true, false]);
  expect(threaded.name).toBe(small.name);
  expect(there.outputs.predict!.data as BigInt64Array).toEqual(here.outputs.predict!.data);
});

test('what it cannot load is told as without a thread', async () => {
  const damaged = join(folder, 'damaged.onnx');
  writeFileSync(damaged, Buffer.alloc(5 * 2 ** 20, 1));
  await expect(createEngine(damaged, { engine: 'onnxruntime', threadFile })).rejects.toMatchObject({
    code: 'E_PACKAGE',
    message: expect.stringMatching(/damaged\.onnx: ONNX Runtime .* cannot load it/),
  });
});

test.each([1, 2])('%i workers serve a large model, and stop', async (workers) => {
  const { directory } = readModelPackage(large);
  const settings = { ...DEFAULT_HANDLER_SETTINGS, model: directory, host: '127.0.0.1', port: 0, workers };
  const handler = new LoggedHandler(bundle, toEnvironment({ ...settings, engine: 'onnxruntime' }));
  await handler.event('ready', workers);
  expect((await send(await handler.base(), '/predict', { body: rows })).json).toEqual({ result: labels });
  handler.signal('SIGTERM');
  expect(await handler.exited).toBe(0);
});

describe('the channel', () => {
  const channel = () => closing(new MessageChannel(), ({ port1 }) => port1.close()); // the other with it

  async function behind(engine: Engine): Promise<Engine> {
    const { port1, port2 } = channel();
    const [, other] = await Promise.all([serveEngine(port1, async () => engine), engineBehind(port2)]);
    return other;
  }
  const input = { x: { type: 'float64' as const, shape: [1, 2], data: new Float64Array([0, 1, 2, 3]).subarray(1, 3) } };

  test('takes a part of a buffer, and leaves the buffer to its owner', async () => {
    const engine = await behind({ name: 'echo', run: async (inputs) => inputs, close: async () => {} });
    const { x } = await engine.run(input, ['x']);
    expect(Array.from(x!.data as Float64Array)).toEqual([1, 2]);
    expect(Array.from(input.x.data)).toEqual([1, 2]);
    await engine.close();
  });

  test('a run that fails fails alone', async () => {
    const engine = await behind({
      name: 'faulty',
      run: async (inputs, methods) => {
        if (methods[0] === 'predict') throw new Error('no such row');
        return inputs;
      },
      close: async () => {},
    });
    const [failed, good] = await Promise.allSettled([engine.run(input, ['predict']), engine.run(input, ['x'])]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'no such row' } });
    expect(good.status).toBe('fulfilled');
    await engine.close();
  });

  test('what cannot be made is told', async () => {
    const { port1, port2 } = channel();
    void serveEngine(port1, () => Promise.reject(new Error('no room')));
    await expect(engineBehind(port2)).rejects.toThrow('no room');
  });
});
