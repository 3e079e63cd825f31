/** Before "slipway rollback" deploys, what it would deploy is held against what runs; the CDK and AWS are played by this test. */
import { EventEmitter } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { loadConfig } from '../../lib/config/load';
import { type StackTemplate, stacksOf } from '../../lib/deployed/assembly';
import { readModelPackage } from '../../lib/model/package/model-package';
import { addStages } from '../../lib/stacks/slipway-app';
import { steadyProfile } from '../../testing/sizing/examples';
import { temporaryFolder } from '../../testing/temporary-folder';
import { slipway } from '../bin/run-slipway';
import { EXAMPLE_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';

/** What the CDK was asked to do, and the assembly that it writes. */
const asked: string[][] = [];
let synthesised = '';
jest.mock('node:child_process', () => ({
  ...jest.requireActual('node:child_process'),
  spawn: (_node: string, [_cdk, ...words]: string[]) => {
    asked.push(words);
    if (words[0] === 'synth') cpSync(synthesised, words[words.indexOf('--output') + 1]!, { recursive: true });
    const child = new EventEmitter();
    setImmediate(() => child.emit('close', 0));
    return child;
  },
}));

const { manifest, digest } = readModelPackage(EXAMPLE_MODEL);
const stored = {
  name: manifest.name,
  digest,
  bucket: 'assets',
  objects: Object.fromEntries(
    ['manifest.json', 'model.onnx', 'golden.json', 'profile.json'].map((file) => [file, file]),
  ),
};
const packageOf = (name: string) => JSON.stringify({ ...stored, name });
const profile = { ...steadyProfile(1), modelSha256: manifest.model.sha256 };

const templates = new Map<string, StackTemplate>();
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const OUTPUTS = [
  ['Package', packageOf('now')],
  ['PreviousPackage', packageOf(manifest.name)],
];
const server: Server = createServer(async (request, response) => {
  if (request.method === 'GET') {
    const file = request.url!.split('/').at(-1)!;
    return response.end(file === 'profile.json' ? JSON.stringify(profile) : readFileSync(join(EXAMPLE_MODEL, file)));
  }
  let body = '';
  for await (const chunk of request) body += chunk;
  const form = new URLSearchParams(body);
  const [action, name] = [form.get('Action')!, form.get('StackName') ?? ''];
  const result =
    action === 'GetTemplate'
      ? `<TemplateBody>${escaped(JSON.stringify(templates.get(name)))}</TemplateBody>`
      : `<Stacks><member><StackName>${name}</StackName><CreationTime>2026-11-29T00:00:00Z</CreationTime><StackStatus>UPDATE_COMPLETE</StackStatus><Outputs>${OUTPUTS.map(([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${escaped(value!)}</OutputValue></member>`).join('')}</Outputs></member></Stacks>`;
  response.setHeader('content-type', 'text/xml');
  response.end(
    `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${result}</${action}Result></${action}Response>`,
  );
});

/** A folder with slipway.yaml, whose only stage has these lines. */
function folderWith(...lines: string[]): string {
  const folder = temporaryFolder();
  const stage = [
    'region: eu-west-1',
    'availability: instance',
    'traffic: { requestsPerSecond: 50, p99: 100ms }',
    'monitoring: { notify: none }',
    'domain: { name: a.example.com, zone: example.com, zoneId: Z0123456789 }',
    ...lines,
  ];
  const text = `model: ${EXAMPLE_MODEL}\nstages:\n  prod:\n${stage.map((line) => `    ${line}\n`).join('')}`;
  writeFileSync(join(folder, 'slipway.yaml'), text);
  return folder;
}

function synthesise(folder: string): string {
  const app = testingApp();
  addStages(app, loadConfig(join(folder, 'slipway.yaml')), standIns());
  return app.synth().directory;
}

const before = process.cwd();
const environment = { ...process.env };
beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_ACCESS_KEY_ID = 'id';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  for (const { stackName, template } of stacksOf(synthesise(folderWith()), 'prod')) templates.set(stackName, template);
});
afterAll(() => {
  process.env = environment;
  server.close();
});
beforeEach(() => {
  asked.length = 0;
});
afterEach(() => process.chdir(before));

async function rollBack(...lines: string[]) {
  const folder = folderWith(...lines);
  synthesised = synthesise(folder);
  process.chdir(folder);
  return slipway('rollback', '--stage', 'prod', '--yes');
}

test('what the running stage would not survive is refused after the synthesis, and nothing is deployed', async () => {
  const { status, stderr } = await rollBack('cidr: 10.1.0.0/16');
  expect(stderr).toMatch(/prod cannot be deployed from this slipway\.yaml/);
  expect(stderr).toMatch(
    /a-example-com-network: the network \(NetworkVpc\w+\) would be replaced, since another CidrBlock/,
  );
  expect(asked.map(([verb]) => verb)).toEqual(['synth']);
  expect(status).toBe(2);
});

test('what may be deployed is deployed from the assembly that was looked at', async () => {
  const { status, stdout } = await rollBack();
  expect(asked.map(([verb]) => verb)).toEqual(['synth', 'deploy']);
  const [synth, deploy] = asked as [string[], string[]];
  expect(deploy[deploy.indexOf('--app') + 1]).toBe(synth[synth.indexOf('--output') + 1]);
  expect(stdout).toMatch(/prod has breast-cancer [0-9a-f]{12} again, and /);
  expect(status).toBe(0);
});
