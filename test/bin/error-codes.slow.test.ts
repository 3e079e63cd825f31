/** Each code of docs/reference/errors.md is what a command really says, with the exit status that is documented. */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { ERRORS, type ErrorCode } from '../../lib/model/error';
import { TYPESCRIPT } from '../../lib/model/process/typescript';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_CONFIG, EXAMPLE_MODEL } from '../example';
import { cdkContext } from '../testing-app';

const ROOT = resolve(__dirname, '../..');
const EXAMPLE = join(ROOT, 'examples/breast-cancer');
const SAVED = join(EXAMPLE, 'model.joblib');
const GOLDEN = join(EXAMPLE, 'golden.json');

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const folder = temporaryFolder();

/** A process of its own, in a folder of its own, without AWS. */
function slipway(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/launcher.js'), ...words], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: folder,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_MAX_ATTEMPTS: '1',
      ...environment,
    },
  });
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (part: string) => {
      text[stream] += part;
    });
  }
  return new Promise((done) => child.once('close', (status) => done({ status, ...text })));
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The golden rows of the example, changed. */
function golden(name: string, change: (rows: { inputs: unknown[][]; predict: unknown[] }) => object): string {
  return file(name, JSON.stringify(change(JSON.parse(readFileSync(GOLDEN, 'utf8')))));
}

const packed = (rows: string) => ['pack', SAVED, '--golden', rows, '--name', 'x', '--out', join(folder, 'x')];

/** A port that somebody has, for as long as the tests run. */
const taken = createServer().listen(0, '127.0.0.1');
afterAll(() => taken.close());

function damagedPackage(): string {
  const path = join(folder, 'damaged');
  cpSync(EXAMPLE_MODEL, path, { recursive: true });
  writeFileSync(join(path, 'model.onnx'), 'of another model');
  return path;
}

const SAID: Readonly<
  Record<Exclude<ErrorCode, 'E_INTERNAL' | 'E_RUNTIME_MISSING' | 'E_PLATFORM'>, () => readonly string[]>
> = {
  E_USAGE: () => ['plan', EXAMPLE_MODEL],
  E_FILE: () => ['inspect', 'none.joblib'],
  E_CONFIG: () => [
    'plan',
    '--stage',
    'dev',
    '--config',
    file('wrong.yaml', `model: ${EXAMPLE_MODEL}\nstages: {dev: {regoin: eu-west-1}}\n`),
  ],
  E_FORMAT: () => ['inspect', file('letter.joblib', 'Dear model,\n')],
  E_UNSAFE: () => packedModel('refused/os-system.pkl'),
  E_LIMIT: () => packedModel('refused/shape-bomb.joblib'),
  E_UNSUPPORTED: () => packedModel('sklearn/clustering/refused/clusters-float32.joblib'),
  E_PACKAGE: () => ['profile', damagedPackage()],
  E_GOLDEN: () => packed(file('empty.json', '{"inputs": [], "predict": []}')),
  E_INPUT: () => ['compare', EXAMPLE_MODEL, EXAMPLE_MODEL, '--data', file('rows.json', '{"rows": "many"}')],
  E_PARITY: () =>
    packed(golden('other.json', (rows) => ({ ...rows, predict: rows.predict.map((one) => (one === 0 ? 1 : 0)) }))),
  E_INFEASIBLE: () => ['plan', EXAMPLE_MODEL, '--rps', '400', '--p99', '1ms', '--availability', 'zone'],
  E_REFRESH: () => [
    ...['catalog', 'refresh', '--region', 'eu-west-1', '--source', 'public', '--out', join(folder, 'catalogue.json')],
    ...['--price-list', 'http://127.0.0.1:9', '--spot', 'none'],
  ],
  E_UNREACHABLE: () => ['verify', 'http://127.0.0.1:9', '--model', EXAMPLE_MODEL],
  E_AWS: () => ['status', '--stage', 'prod', '--config', EXAMPLE_CONFIG],
  E_PORT: () => ['serve', EXAMPLE_MODEL, '--port', String((taken.address() as AddressInfo).port)],
};

function packedModel(fixture: string): string[] {
  const model = join(ROOT, 'test/fixtures/packaging', fixture);
  return ['pack', model, '--golden', GOLDEN, '--name', 'x', '--out', join(folder, 'x')];
}

function expectSaid(code: ErrorCode, { status, stderr }: Outcome): void {
  expect({ status, said: /^error (E_\w+): ./m.exec(stderr)?.[1], stderr }).toEqual({
    status: ERRORS[code].exit,
    said: code,
    stderr: expect.not.stringMatching(/^\s+at /m),
  });
}

test.each(Object.entries(SAID))('%s', async (code, words) => {
  expectSaid(code as ErrorCode, await slipway(words()));
});

test('E_RUNTIME_MISSING', () => {
  const models = join(folder, 'models');
  mkdirSync(models);
  cpSync(EXAMPLE_MODEL, join(models, 'breast-cancer'), { recursive: true });
  copyFileSync(EXAMPLE_CONFIG, join(folder, 'slipway.yaml'));
  const said = spawnSync(process.execPath, [...TYPESCRIPT, join(ROOT, 'bin/app.ts')], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: temporaryFolder(),
      CDK_VALIDATION: 'false',
      CDK_CONTEXT_JSON: JSON.stringify(cdkContext()),
    },
  });
  expectSaid('E_RUNTIME_MISSING', said);
});

test('E_PLATFORM', async () => {
  const preload = file(
    'without.cjs',
    `const module_ = require('node:module');
const resolve = module_._resolveFilename;
module_._resolveFilename = function (name, ...rest) {
  if (name.startsWith('onnxruntime-node')) throw Object.assign(new Error('not there'), { code: 'MODULE_NOT_FOUND' });
  return resolve.call(this, name, ...rest);
};
`,
  );
  const said = await slipway(['profile', EXAMPLE_MODEL], { NODE_OPTIONS: `--require ${preload}` });
  expectSaid('E_PLATFORM', said);
});

test('E_INTERNAL, which alone shows where', async () => {
  const preload = file('faulty.cjs', `require('node:fs').renameSync = () => { throw new TypeError('a fault'); };\n`);
  const { status, stderr } = await slipway(
    ['plan', EXAMPLE_MODEL, '--rps', '1', '--p99', '1s', '--availability', 'single', '--html', 'x.html'],
    {
      NODE_OPTIONS: `--require ${preload}`,
    },
  );
  expect(status).toBe(3);
  expect(stderr).toMatch(/^error E_INTERNAL: a fault of Slipway, not of yours/m);
  expect(stderr).toMatch(/^\s+at /m);
});
