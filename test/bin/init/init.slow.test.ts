import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModelPackage } from '../../../lib/model/package/model-package';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { onLinux } from '../../on-linux';

jest.setTimeout(120_000); // it starts processes, on a machine that may be busy

const ROOT = join(__dirname, '../../..');
const DOMAIN = ['--domain', 'claims.dev.example.com', '--zone-id', 'Z0EXAMPLE00'];

function started(folder: string, ...words: string[]): { child: ChildProcess; said: () => string } {
  const launcher = join(ROOT, 'bin/launcher.js');
  const child = spawn(process.execPath, [launcher, 'init', 'model.joblib', '--name', 'claims', '--yes', ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  return { child, said: () => said };
}

async function init(folder: string, ...words: string[]) {
  const { child, said } = started(folder, ...words);
  const [status] = await once(child, 'close');
  return { status, said: said() };
}

/** A folder with a model that somebody has trained, and what else is in it. */
function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryFolder();
  for (const file of ['model.joblib', 'golden.json'])
    cpSync(join(ROOT, 'examples/breast-cancer', file), join(folder, file));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const MADE = ['.gitignore', '.slipway', 'cdk.json', 'golden.json', 'model.joblib', 'models', 'slipway.yaml'];

test('an empty folder can be deployed afterwards, and a second run changes nothing', async () => {
  const folder = folderWith();
  const { status, said } = await init(folder, ...DOMAIN, '--no-profile', '--ci', 'github');
  expect([status, said]).toEqual([0, expect.stringMatching(/^wrote slipway\.yaml$.*^wrote \.gitignore$/ms)]);
  expect(readdirSync(folder).sort()).toEqual(['.github', ...MADE].sort());
  expect(readModelPackage(join(folder, 'models/claims')).manifest.golden?.rows).toBe(32);
  expect(readdirSync(join(folder, '.slipway'))).toEqual([]);
  const before = readFileSync(join(folder, 'slipway.yaml'));
  const again = await init(folder, ...DOMAIN, '--no-profile');
  expect([again.status, again.said]).toEqual([2, expect.stringMatching(/slipway\.yaml: is there already/)]);
  expect(readFileSync(join(folder, 'slipway.yaml'))).toEqual(before);
});

test('a CDK app keeps its cdk.json, and Python its .gitignore', async () => {
  const own = { 'cdk.json': '{"app": "python app.py"}\n', '.gitignore': '.venv/\n', 'requirements.txt': 'joblib\n' };
  const folder = folderWith(own);
  const { status, said } = await init(folder, '--no-profile');
  expect([status, said]).toEqual([
    0,
    expect.stringMatching(/cdk\.json is that of your own app, and stays: deploy with --app "node /),
  ]);
  expect(readFileSync(join(folder, 'cdk.json'), 'utf8')).toBe(own['cdk.json']);
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('.venv/\nnode_modules/\n.slipway/\ncdk.out/\n');
});

test.each([
  ['a pipeline is in the way', () => ({ Jenkinsfile: 'mine' }), ['--ci', 'jenkins'], /Jenkinsfile: is there already/],
  ['golden rows do not hold', () => ({ 'golden.json': wrongRows() }), [], /E_PARITY/],
])('where %s, the folder is as it was', async (_, files, words, message) => {
  const folder = folderWith(files());
  const before = readdirSync(folder).sort();
  const { status, said } = await init(folder, ...DOMAIN, '--no-profile', ...words);
  expect([status, said]).toEqual([expect.anything(), expect.stringMatching(message)]);
  expect(status).not.toBe(0);
  expect(readdirSync(folder).sort()).toEqual(before);
});

function wrongRows(): string {
  const golden = JSON.parse(readFileSync(join(ROOT, 'examples/breast-cancer/golden.json'), 'utf8'));
  golden.predict_proba[0] = [0.5, 0.5];
  return JSON.stringify(golden);
}

onLinux.each(['reading model', 'converting', 'replaying'])('ended while "%s", it leaves nothing', async (moment) => {
  const folder = folderWith();
  mkdirSync(join(folder, 'models'));
  const before = readdirSync(folder, { recursive: true }).sort();
  const { child, said } = started(folder, ...DOMAIN);
  const ended = once(child, 'close');
  child.stderr!.on('data', () => said().includes(moment) && child.kill('SIGINT'));
  expect((await ended)[1]).toBe('SIGINT');
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(before);
  expect(existsSync(join(folder, 'slipway.yaml'))).toBe(false);
});
