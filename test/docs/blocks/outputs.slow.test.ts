/** What guides show of the output of commands is what these print. `...` stands for what is left out. */
import { cpSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { requireHolds } from '../../../lambda/verification/checks';
import { readModelPackage } from '../../../lib/model/package/model-package';
import { allBlocks, placeOf } from '../../../testing/documents/code-blocks';
import { thrownBy } from '../../../testing/error-of';
import { FakeBucket } from '../../../testing/fake-bucket';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { slipway } from '../../bin/run-slipway';
import { EXAMPLE_MODEL } from '../../example';
import { fixturePath } from '../../packaging/fixtures';

const root = join(__dirname, '../../..');
const guides = allBlocks().filter(({ page }) => page.startsWith('docs/guide/'));
const cwd = process.cwd();
const environment = { ...process.env };
let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(cwd);
  process.env = environment;
});

/** A model and golden rows that do not hold: the scaler was fitted on other rows. */
async function packedWrongly(): Promise<string> {
  const from = (file: string) => fixturePath('steps/sklearn-1.9.1', file);
  cpSync(from('model.joblib'), 'model.joblib');
  const { stderr } = await slipway(...['pack', 'model.joblib', '--golden', from('other-scale.json')], ...named('iris'));
  return stderr;
}

const named = (name: string) => ['--name', name, '--out', `models/${name}`];

async function packedOfMlflow(): Promise<string> {
  const source = join(root, 'test/fixtures/packaging/sources/mlflow');
  const { stderr } = await slipway('pack', join(source, 'sklearn'), ...named('credit'));
  return stderr;
}

async function pushed(): Promise<string> {
  const bucket = new FakeBucket('models-of-ours');
  const endpoint = await bucket.start();
  process.env = {
    ...environment,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-west-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ENDPOINT_URL: endpoint,
  };
  const { stdout } = await slipway('push', EXAMPLE_MODEL, 's3://models-of-ours/credit');
  await bucket.stop();
  return stdout;
}

async function checkedMemory(): Promise<string> {
  const text = 'slipway_instance_memory_bytes 3972844748\nslipway_instance_memory_available_bytes 671088640\n';
  const server = createServer((_, response) => response.end(text)).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  process.env = { ...environment, SLIPWAY_CHECKING: '1' };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { stdout } = await slipway('check', 'memory', '-u', url, '-w', '80', '-c', '90');
  server.closeAllConnections();
  server.close();
  return stdout;
}

/** What the function says that judges a deployment. */
function judged(): string {
  const { manifest, golden, ...rest } = readModelPackage(EXAMPLE_MODEL);
  const difference = { row: 2, method: 'predict_proba', expected: [0.02, 0.98], got: [0.41, 0.59] } as const;
  const verification = { rows: golden!.inputs.length, differences: [difference] };
  return thrownBy(() => requireHolds({ manifest, golden: golden!, ...rest }, verification as never)).message;
}

/** By the page; each shows one output. */
const PRINTED: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/guide/nagios.md': checkedMemory,
  'docs/guide/registry.md': pushed,
  'docs/guide/rollout.md': judged,
  'docs/guide/sources.md': packedOfMlflow,
  'docs/guide/training.md': packedWrongly,
};

/** Every line that is shown, in a row of lines that were printed. */
function shows(shown: string, printed: string): boolean {
  const pattern = shown
    .trim()
    .split('\n')
    .map((line) => line.split('...').map(escaped).join('.*'));
  return new RegExp(`^${pattern.join('\n(?:.*\n)*?')}`, 'm').test(printed);
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const outputs = guides.filter(({ language }) => language === 'text');

test.each(outputs.map((block) => [placeOf(block), block] as const))('%s', async (_, { page, code }) => {
  const printed = await PRINTED[page]!();
  if (!shows(code, printed)) expect(printed).toBe(code); // which shows how they differ
});

test('every page of which an output is known shows it', () => {
  expect(outputs.map(({ page }) => page)).toEqual(Object.keys(PRINTED));
});

test('resource.cfg in docs/guide/nagios.md sets the variables that the objects of Nagios use', () => {
  const { code } = guides.find(({ language }) => language === 'cfg')!;
  const set = code.match(/^\$USER\d\$(?==)/gm)!;
  const source = readFileSync(join(root, 'lib/watching/nagios/nagios.ts'), 'utf8');
  expect(set).toEqual([...new Set(source.match(/\$USER\d\$/g))].sort());
  for (const [path] of code.matchAll(/\/opt\/\S+/g)) expect(source).toContain(path);
});
