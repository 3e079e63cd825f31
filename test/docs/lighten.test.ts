/** What `npm ci` removes at its end, tried on a small node_modules. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import packageJson from '../../package.json';
import { temporaryFolder } from '../../testing/temporary-folder';

const ROOT = resolve(__dirname, '../..');
const SCRIPTS = ['scripts/lighten.cjs', 'scripts/lighten'];
const OTHER = process.platform === 'darwin' ? 'win32/x64/onnxruntime.dll' : 'darwin/arm64/libonnxruntime.1.dylib';
const RUNTIME = 'onnxruntime-node/bin/napi-v6';
const ofInstances = ['x64', 'arm64'].map((architecture) => `${RUNTIME}/linux/${architecture}/libonnxruntime.so.1`);
const packed = ofInstances.filter((path) => !path.includes(`/${process.platform}/${process.arch}/`));

/** What a declaration says of others. */
const CONTENTS: Readonly<Record<string, string>> = {
  'aws-cdk-lib/index.d.ts': "export * as aws_quicksight from './aws-quicksight';",
  'aws-cdk-lib/aws-ec2/index.d.ts': "export * from './lib';",
  'library/index.d.ts': "import { Named } from 'named/part';",
  'aws-cdk-lib/aws-ec2/lib/index.d.ts': 'import type { Table } from "../../aws-dynamodb/lib/table";',
};
const USED = [
  ...ofInstances,
  `${RUNTIME}/${OTHER.replace(/[^/]+$/, 'onnxruntime_binding.node')}`,
  'aws-cdk-lib/index.js',
  'aws-cdk-lib/aws-dynamodb/lib/table.d.ts',
  'aws-cdk-lib/aws-quicksight/index.js',
  ...Object.keys(CONTENTS),
  '@aws-sdk/client-ec2/dist-types/commands/DescribeImagesCommand.d.ts',
  '@types/named/index.d.ts',
  'named/index.js',
  '@aws-sdk/client-x/package.json',
  '@aws-sdk/client-x/dist-cjs/index.js',
  'typescript/package.json',
  '@typescript/typescript-linux-x64/lib/lib.es2023.d.ts',
  'library/LICENSE',
];
const UNUSED = [
  `${RUNTIME}/${OTHER}`,
  `${RUNTIME}/linux/x64/libonnxruntime_providers_shared.so`,
  '@aws-cdk/asset-awscli-v1/lib/layer.zip',
  'aws-cdk-lib/aws-quicksight/index.d.ts',
  'aws-cdk-lib/aws-quicksight/.jsiirc.json',
  '@aws-sdk/client-ec2/dist-types/commands/AcceptAddressTransferCommand.d.ts',
  '@typescript/typescript-linux-x64/lib/lib.dom.d.ts',
  'of-a-tool/index.d.ts',
  'aws-cdk-lib/.jsii.gz',
  'aws-cdk-lib/.jsii.tabl.json.gz',
  '@aws-sdk/client-x/dist-es/index.js',
  '@aws-sdk/client-x/dist-types/ts3.4/index.d.ts',
  'library/index.js.map',
  'library/README.md',
];

let folder: string;
const modules = () => join(folder, 'node_modules');

function write(path: string, content = '{}'): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
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
  for (const path of SCRIPTS) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  write(join(folder, '.npmrc'));
  const dependencies = { library: '1.0.0', 'aws-cdk-lib': '2.0.0', '@aws-sdk/client-ec2': '3.0.0' };
  write(join(folder, 'package.json'), JSON.stringify({ dependencies }));
  for (const path of [...USED, ...UNUSED]) write(join(modules(), path), CONTENTS[path]);
});

afterEach(() => rmSync(folder, { recursive: true }));

test('an installation keeps what is used, and nothing else', () => {
  const { status, stdout } = installed();
  const kept = USED.map((path) => (packed.includes(path) ? `${path}.br` : path));
  expect({ status, left: left() }).toEqual({ status: 0, left: kept.sort() });
  expect(stdout).toMatch(/^removed \d+ MiB that nothing here uses/);
  expect(existsSync(join(modules(), '@aws-sdk/client-x/dist-es'))).toBe(false);
});

test('ONNX Runtime for instances of another architecture is there, compressed', () => {
  installed();
  expect(packed.length).toBeGreaterThan(0);
  for (const path of packed) {
    expect(brotliDecompressSync(readFileSync(join(modules(), `${path}.br`))).toString()).toBe('{}');
  }
});

test('a second one removes nothing, and says nothing', () => {
  installed();
  expect(installed()).toMatchObject({ status: 0, stdout: '', stderr: '' });
});

test('without TypeScript declarations go, but for those of the CDK', () => {
  rmSync(join(modules(), 'typescript'), { recursive: true });
  installed();
  const declared = USED.filter((path) => /^(?:aws-cdk-lib|@types)\/.*\.d\.ts$/.test(path));
  expect(left().filter((path) => path.endsWith('.d.ts'))).toEqual(declared.sort());
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

describe('declarations stay for what something here imports, and for nothing else:', () => {
  const folders = ['bin', 'lib', 'lambda', 'test', 'bench', 'proof', 'scripts', 'testing', 'docs', 'examples'];
  const texts = folders
    .flatMap((name) =>
      readdirSync(join(ROOT, name), { recursive: true, encoding: 'utf8' }).map((path) => join(name, path)),
    )
    .filter((path) => /\.(?:ts|md)$/.test(path) && !path.includes('node_modules'))
    .map((path) => readFileSync(join(ROOT, path), 'utf8'));
  const all = (pattern: RegExp) => texts.flatMap((text) => [...text.matchAll(pattern)].map(([, found]) => found!));

  test('services of AWS in the CDK', () => {
    const { reachedDeclarations } = require('../../scripts/lighten/cdk-declarations.cjs') as {
      reachedDeclarations(modules: string): ReadonlySet<string>;
    };
    const reached = reachedDeclarations(join(ROOT, 'node_modules'));
    const imported = new Set(all(/['"]aws-cdk-lib\/([\w-]+)['"]/g));
    expect([...imported].filter((name) => !reached.has(`aws-cdk-lib/${name}/index.d.ts`))).toEqual([]);
    expect(reached.has('aws-cdk-lib/aws-quicksight/index.d.ts')).toBe(false);
  });

  test('commands of EC2', () => {
    const { EC2_COMMANDS } = require('../../scripts/lighten/declared-packages.cjs') as { EC2_COMMANDS: string[] };
    const imported = all(/import (?:type )?\{([^}]*)\} from '@aws-sdk\/client-ec2'/g).flatMap((names) =>
      [...names.matchAll(/\b(?:paginate(\w+)|(\w+)Command(?:Input|Output)?)\b/g)].map(
        ([, page, sent]) => page ?? sent!,
      ),
    );
    expect([...new Set(imported)].sort()).toEqual([...EC2_COMMANDS].sort());
  });
});
