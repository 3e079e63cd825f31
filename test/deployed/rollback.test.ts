/** What a stack tells of its packages, and a package fetched from its bucket, with AWS played by this test. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readModelPackage } from '../../lib/model/package/model-package';
import { steadyProfile } from '../../testing/sizing/examples';
import { temporaryFolder } from '../../testing/temporary-folder';
import { slipway } from '../bin/run-slipway';
import { EXAMPLE_CONFIG, EXAMPLE_MODEL, LOAN_MODEL } from '../example';

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

const stored = (folder: string) => {
  const { manifest, digest } = readModelPackage(folder);
  const files = ['manifest.json', 'model.onnx', 'golden.json', 'training.json', 'profile.json'];
  const objects = files
    .filter((file) => existsSync(join(folder, file)))
    .map((file) => [file, `${manifest.name}-${file}`]);
  return { name: manifest.name, digest, bucket: 'assets', objects: Object.fromEntries(objects) };
};
/** The other model, as if it had been measured. */
const LOAN = join(temporaryFolder(), 'loan');
cpSync(LOAN_MODEL, LOAN, { recursive: true });
const profile = { ...steadyProfile(1), modelSha256: readModelPackage(LOAN).manifest.model.sha256 };
writeFileSync(join(LOAN, 'profile.json'), JSON.stringify(profile));

const FOLDERS: Record<string, string> = { 'breast-cancer': EXAMPLE_MODEL, loan: LOAN };

let outputs: Record<string, string> = {};
let damaged = '';
const asked: string[] = [];
const server: Server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  if (request.method === 'POST') {
    const members = Object.entries(outputs).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${escaped(value)}</OutputValue></member>`,
    );
    return response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end(
        `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>s</StackName><CreationTime>2026-11-29T00:00:00Z</CreationTime><StackStatus>UPDATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
      );
  }
  const [, name, file] = /^\/assets\/(breast-cancer|loan)-(.+)$/.exec(request.url!)!;
  if (!/AWS4-HMAC-SHA256 .*\/eu-west-1\/s3\//.test(request.headers.authorization ?? ''))
    return response.writeHead(403).end();
  if (file === damaged) return response.end('damaged');
  return response.end(readFileSync(join(FOLDERS[name!]!, file!)));
});

const before = process.cwd();
const environment = { ...process.env };

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_ACCESS_KEY_ID = 'id';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
});

afterAll(() => {
  process.env = environment;
  server.close();
});

beforeEach(() => {
  const clone = temporaryFolder();
  writeFileSync(join(clone, 'slipway.yaml'), readFileSync(EXAMPLE_CONFIG, 'utf8'));
  cpSync(EXAMPLE_MODEL, join(clone, 'models/breast-cancer'), { recursive: true });
  process.chdir(clone);
  asked.length = 0;
  damaged = '';
  outputs = {
    Package: JSON.stringify(stored(EXAMPLE_MODEL)),
    PreviousPackage: JSON.stringify(stored(LOAN)),
  };
});

afterEach(() => process.chdir(before));

const rollback = () => slipway('rollback', '--stage', 'prod');
const FETCHED = join('.slipway/packages', readModelPackage(LOAN).digest.slice(0, 12));

test('the package before is fetched whole, though this folder never had it, and what changes is said before the question', async () => {
  const { status, stdout, stderr } = await rollback();
  expect(stdout).toMatch(/^prod has breast-cancer [0-9a-f]{12}; before it had loan [0-9a-f]{12}\./);
  expect(stdout).toMatch(/model: [0-9a-f]{12} → [0-9a-f]{12}/);
  expect(readModelPackage(FETCHED).digest).toBe(readModelPackage(LOAN).digest);
  expect(stderr).toMatch(/nobody can be asked here; look at the above, and say --yes/);
  expect(status).toBe(2);
});

test('what was fetched is not fetched again', async () => {
  await rollback();
  asked.length = 0;
  await rollback();
  expect(asked.filter((one) => one.startsWith('GET'))).toEqual([]);
});

test('a file that is not what was deployed is refused', async () => {
  damaged = 'model.onnx';
  const { status, stderr } = await rollback();
  expect(stderr).toMatch(/model\.onnx: has SHA-256 .* but the manifest says/);
  expect(status).toBe(2);
  rmSync(FETCHED, { recursive: true });
});

test.each([
  [
    'there was none',
    () => JSON.stringify(stored(EXAMPLE_MODEL)),
    'none',
    /has had no other package than breast-cancer/,
  ],
  ['the stack is of an older Slipway', undefined, undefined, /does not tell which package it has/],
  ['the stack tells something else', () => '{"digest":"../../etc"}', 'none', /in a form that is not read/],
])('%s', async (_, current, previous, message) => {
  outputs = { ...(current && { Package: current() }), ...(previous && { PreviousPackage: previous }) };
  const { status, stderr } = await rollback();
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
});

test('a package of another digest than the stack says is refused', async () => {
  outputs.PreviousPackage = JSON.stringify({ ...stored(LOAN), digest: 'a'.repeat(64) });
  const { stderr } = await rollback();
  expect(stderr).toMatch(/is not the package that was deployed/);
});
