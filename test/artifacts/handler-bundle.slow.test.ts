import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { generate } from 'selfsigned';
import {
  buildHandlerBundle,
  currentTarget,
  HANDLER_FILE,
  handlerCode,
  handlerFiles,
  handlerOptions,
} from '../../lib/artifacts/handler-bundle';
import { toEnvironment } from '../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS } from '../../lib/model/instance/handler-settings';
import { readModelPackage, writeModelPackage } from '../../lib/model/package/model-package';
import { GraphBuilder, serializeModel } from '../../lib/packaging/onnx';
import { LoggedHandler } from '../../testing/handler-process';
import { temporaryFolder } from '../../testing/temporary-folder';
import { send } from '../lambda/inference/http-client';
import { expectNear, labels, MODEL, probabilities, rows } from '../lambda/inference/serving';

jest.setTimeout(30_000); // it starts processes, on a machine that may be busy

const folder = temporaryFolder();
const bundle = join(folder, 'here');
const settings = { ...DEFAULT_HANDLER_SETTINGS, model: MODEL, host: '127.0.0.1', port: 0 };
const target = currentTarget();

beforeAll(() => buildHandlerBundle(bundle, target));
afterAll(() => LoggedHandler.killAll());

/** Replays the golden rows over HTTP against the bundle, run where there is no node_modules. */
async function replay(environment: Record<string, string>, directory = bundle): Promise<void> {
  const handler = new LoggedHandler(directory, environment);
  await handler.event('ready');
  const base = await handler.base();
  const body = { data: rows };
  expect((await send(base, '/predict', { body })).json).toEqual({ result: labels });
  const { result } = (await send(base, '/predict_proba', { body })).json as { result: unknown };
  expectNear(result, probabilities);
  handler.signal('SIGTERM');
  expect(await handler.exited).toBe(0);
}

test('holds exactly the files of its target', () => {
  expect(readdirSync(bundle).sort()).toEqual(handlerFiles(target));
});

test('has no part of its dependencies that nothing uses: the languages of zod alone would be as much as all the rest', () => {
  expect(statSync(join(bundle, HANDLER_FILE)).size).toBeLessThan(800_000);
});

test('is the same for every platform but Linux, as its name among the built programs says', () => {
  const codeFor = (platform: 'darwin' | 'win32', architecture: 'arm64' | 'x64') => {
    const code = handlerCode({ platform, architecture }, { onnxRuntime: false });
    return createHash('sha256').update(code).digest('hex');
  };
  expect(codeFor('win32', 'x64')).toBe(codeFor('darwin', 'arm64'));
});

test('gives the golden predictions from a folder without node_modules', () => replay(toEnvironment(settings)));

test('gives the golden predictions over TLS', async () => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }]);
  const tls = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
  writeFileSync(tls.certificate, cert);
  writeFileSync(tls.key, key);
  await replay(toEnvironment({ ...settings, tls }));
});

test('has the same bytes when it is built elsewhere, and no path of this machine', () => {
  const elsewhere = join(folder, 'else', 'where');
  const before = process.cwd();
  process.chdir(folder);
  try {
    buildSync({ ...handlerOptions(target), outfile: join(elsewhere, HANDLER_FILE) }); // as the first of another process
  } finally {
    process.chdir(before);
  }
  const digest = (directory: string) =>
    createHash('sha256')
      .update(readFileSync(join(directory, HANDLER_FILE)))
      .digest('hex');
  expect(digest(elsewhere)).toBe(digest(bundle));
  const text = readFileSync(join(bundle, HANDLER_FILE), 'utf8');
  expect(text).not.toContain(join(__dirname, '../..'));
  expect(text).not.toContain(folder);
});

// e_machine of ELF (offset 18): 62 is x86-64, 183 is AArch64
test.each([
  ['x64', 62],
  ['arm64', 183],
] as const)('takes the native files of linux %s, whatever machine builds it', (architecture, machine) => {
  const directory = join(folder, architecture);
  buildHandlerBundle(directory, { platform: 'linux', architecture });
  for (const file of ['libonnxruntime.so.1', 'onnxruntime_binding.node']) {
    expect(readFileSync(join(directory, file)).readUInt16LE(18)).toBe(machine);
  }
});

describe('without ONNX Runtime', () => {
  const native = join(folder, 'native');
  beforeAll(() => {
    buildHandlerBundle(native, target); // what was there with it is gone
    buildHandlerBundle(native, target, { onnxRuntime: false });
  });

  test('is one file', () => {
    expect(readdirSync(native)).toEqual([HANDLER_FILE]);
    expect(handlerFiles(target, { onnxRuntime: false })).toEqual([HANDLER_FILE]);
  });

  test('gives the golden predictions of a model that the native engine evaluates', () =>
    replay(toEnvironment(settings), native));

  test('says what is missing, and why it is wanted, to a model that the native engine does not evaluate', async () => {
    const model = join(folder, 'model');
    const graph = new GraphBuilder('test');
    graph.output('predict', graph.topK(graph.input('input', 'float64', 30), 2, 'largest')[0], 2);
    const { golden, training, ...manifest } = readModelPackage(MODEL).manifest;
    writeModelPackage(model, { manifest, model: serializeModel(graph.finish()) });
    const handler = new LoggedHandler(native, toEnvironment({ ...settings, model }));
    expect(await handler.event('failed')).toMatchObject({
      code: 'E_PLATFORM',
      error: expect.stringMatching(
        /native engine does not evaluate it: it has the operator TopK; and ONNX Runtime is not a part of this handler/,
      ),
    });
    expect(await handler.exited).toBe(2);
  });
});

describe('the place of a bundle', () => {
  const place = join(folder, 'place');
  const small = { onnxRuntime: false };
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  test('is relative to the current folder, for all of its files', () => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      buildHandlerBundle('place', target);
    } finally {
      process.chdir(before);
    }
    expect(readdirSync(place).sort()).toEqual(handlerFiles(target));
  });

  test('may be an empty folder, and a bundle of whatever target', () => {
    mkdirSync(place);
    buildHandlerBundle(place, { platform: 'linux', architecture: 'arm64' });
    writeFileSync(join(place, 'onnxruntime.dll'), 'of Windows');
    buildHandlerBundle(place, target, small);
    expect(readdirSync(place)).toEqual([HANDLER_FILE]);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test.each([
    ['a handler of somebody else', { [HANDLER_FILE]: 'exports.handler = mine;' }, /it has no handler\.cjs of Slipway/],
    ['a library without a handler', { 'libonnxruntime.so.1': 'mine' }, /it has no handler\.cjs of Slipway/],
    ['a Dockerfile', { Dockerfile: 'FROM scratch' }, /exists and is not a bundle of the handler: it holds Dockerfile;/],
  ])('with %s is refused, and left as it is', (_, files, message) => {
    mkdirSync(place);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
    expect(() => buildHandlerBundle(place, target, small)).toThrow(message);
    expect(readdirSync(place)).toEqual(Object.keys(files));
    for (const [name, text] of Object.entries(files)) expect(readFileSync(join(place, name), 'utf8')).toBe(text);
  });

  test('that is a file, or below one, is refused', () => {
    writeFileSync(place, 'mine');
    expect(() => buildHandlerBundle(place, target, small)).toThrow(/is not a bundle of the handler: it is a file/);
    expect(() => buildHandlerBundle(join(place, 'below'), target, small)).toThrow(
      expect.objectContaining({ code: 'E_FILE', message: expect.stringContaining('a part of the path is a file') }),
    );
    expect(readFileSync(place, 'utf8')).toBe('mine');
  });
});

test('refuses a target that ONNX Runtime is not delivered for', () => {
  expect(() => buildHandlerBundle(join(folder, 'mac'), { platform: 'darwin', architecture: 'x64' })).toThrow(
    expect.objectContaining({ code: 'E_PLATFORM', message: expect.stringContaining('darwin arm64') }),
  );
});
