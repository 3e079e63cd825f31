/** What `npm ci` removes at its end, tried on a small node_modules. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import packageJson from '../../package.json';
import { temporaryFolder } from '../../testing/temporary-folder';

const SCRIPT = resolve(__dirname, '../../scripts/lighten.cjs');
const OTHER = process.platform === 'darwin' ? 'win32/x64/onnxruntime.dll' : 'darwin/arm64/libonnxruntime.1.dylib';
const RUNTIME = 'onnxruntime-node/bin/napi-v6';

const USED = [
  `${RUNTIME}/linux/arm64/libonnxruntime.so.1`,
  `${RUNTIME}/linux/x64/libonnxruntime.so.1`,
  `${RUNTIME}/${OTHER.replace(/[^/]+$/, 'onnxruntime_binding.node')}`,
  'aws-cdk-lib/index.js',
  'aws-cdk-lib/index.d.ts',
  '@aws-sdk/client-x/package.json',
  '@aws-sdk/client-x/dist-cjs/index.js',
  'typescript/package.json',
  'library/LICENSE',
  'library/index.d.ts',
];
const UNUSED = [
  `${RUNTIME}/${OTHER}`,
  'aws-cdk-lib/.jsii.gz',
  'aws-cdk-lib/.jsii.tabl.json.gz',
  '@aws-sdk/client-x/dist-es/index.js',
  '@aws-sdk/client-x/dist-types/ts3.4/index.d.ts',
  'library/index.js.map',
  'library/README.md',
];

let folder: string;
const modules = () => join(folder, 'node_modules');

function write(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '{}');
}

/** As npm runs it at the end of an installation. */
function installed(environment: Readonly<Record<string, string>> = {}) {
  const [, code] = /^node -e "(.*)"$/.exec(packageJson.scripts.postinstall)!;
  return spawnSync(process.execPath, ['-e', code!], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, SLIPWAY_INSTALL: '', ...environment },
  });
}

const left = (): string[] =>
  readdirSync(modules(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(modules().length + 1))
    .sort();

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'scripts'));
  cpSync(SCRIPT, join(folder, 'scripts/lighten.cjs'));
  write(join(folder, '.npmrc'));
  for (const path of [...USED, ...UNUSED]) write(join(modules(), path));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('an installation keeps what is used, and nothing else', () => {
  const { status, stdout } = installed();
  expect({ status, left: left() }).toEqual({ status: 0, left: [...USED].sort() });
  expect(stdout).toMatch(/^removed \d+ MiB that nothing here uses/);
  expect(existsSync(join(modules(), '@aws-sdk/client-x/dist-es'))).toBe(false);
});

test('a second one removes nothing, and says nothing', () => {
  installed();
  expect(installed()).toMatchObject({ status: 0, stdout: '', stderr: '' });
});

test('without TypeScript declarations go, but for those of the CDK', () => {
  rmSync(join(modules(), 'typescript'), { recursive: true });
  installed();
  expect(left().filter((path) => path.endsWith('.d.ts'))).toEqual(['aws-cdk-lib/index.d.ts']);
});

test.each<[string, Readonly<Record<string, string>>, () => void]>([
  ['where all is wanted', { SLIPWAY_INSTALL: 'whole' }, () => {}],
  ['in a layer of Docker that has the manifests alone', {}, () => rmSync(join(folder, 'scripts'), { recursive: true })],
  ['as somebody else’s dependency', {}, () => rmSync(join(folder, '.npmrc'))],
])('%s nothing is removed', (_, environment, change) => {
  change();
  expect(installed(environment)).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(left()).toEqual([...USED, ...UNUSED].sort());
});

test('an installation without packages ends well', () => {
  rmSync(modules(), { recursive: true });
  expect(installed()).toMatchObject({ status: 0, stderr: '' });
});

test('what cannot be removed is no reason for an installation to fail', () => {
  rmSync(join(modules(), '@aws-sdk/client-x/package.json')); // an installation that broke off
  const { status, stderr } = installed();
  expect(status).toBe(0);
  expect(stderr).toMatch(/^node_modules stays larger than it need be: /);
});
