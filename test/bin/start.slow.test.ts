/** `slipway start` of a package that a registry has, in a process of its own. */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { readModelPackage } from '../../lib/model/package/model-package';
import { fetchedPackage } from '../../lib/model/package/package-address';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';

jest.setTimeout(120_000); // it starts processes, on a machine that may be busy

const { digest } = readModelPackage(EXAMPLE_MODEL);
const address = (of = digest) => `s3://models-of-ours/credit@sha256:${of}`;

/** Of nobody: what is asked for is asked of a port that nobody listens to. */
const KEYS = { AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none', AWS_REGION: 'us-east-1' };

async function freePort(): Promise<string> {
  const server = createServer().listen(0, 'localhost');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as { port: number };
  await new Promise((ended) => server.close(ended));
  return String(port);
}

/** In a folder that has fetched the package before, so that nobody is asked for it. @param config text of slipway.yaml */
async function start(words: readonly string[], of = digest, config?: string) {
  const cwd = temporaryFolder();
  if (config !== undefined) writeFileSync(join(cwd, 'slipway.yaml'), config);
  const folder = join(cwd, fetchedPackage(of).slice(resolve('.').length + 1));
  cpSync(EXAMPLE_MODEL, folder, { recursive: true });
  const launcher = resolve('bin/launcher.js');
  const all = [launcher, 'start', ...words, '--port', await freePort(), '--exit-after-verify'];
  const env = { ...process.env, AWS_ENDPOINT_URL: 'http://localhost:1', AWS_MAX_ATTEMPTS: '1', ...KEYS };
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { cwd, encoding: 'utf8', env });
  rmSync(cwd, { recursive: true, force: true });
  return { status, stdout, stderr };
}

test('a package of a registry is served when its digest is that of the address', async () => {
  const { status, stderr, stdout } = await start([address()]);
  expect(stderr).toContain(`version ${digest.slice(0, 12)}, its digest is that of the address; 32 golden rows`);
  expect(stderr).toContain('[2/6] it has a profile');
  expect(stderr).toMatch(/32 (?:of 32 )?golden rows/);
  expect(stdout).toContain('The plan of');
  expect(status).toBe(0);
});

test('another package in its place is refused', async () => {
  const other = digest.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  const { status, stderr } = await start([address(other)], other);
  expect(stderr).toMatch(/E_PACKAGE|is not the package s3:/);
  expect(status).toBe(2);
});

test.each([
  [['s3://models-of-ours/credit'], 'is no address of a package'],
  [[address(), '--golden', 'golden.json'], 'leave out --golden'],
  [[address(), '--name', 'other'], 'leave out --name'],
])('%s is refused', async (words, message) => {
  const { status, stderr } = await start(words);
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});

test('a shadow of a registry is asked for before any work is done', async () => {
  const missing = `s3://models-of-ours/credit@sha256:${'a'.repeat(64)}`;
  const config = [
    'model: models/credit',
    'stages:',
    '  dev:',
    '    region: us-east-1',
    '    availability: single',
    '    monitoring: { notify: none }',
    '    traffic: { requestsPerSecond: 20, p99: 100ms }',
    '    domain: { name: a.example.com, zone: example.com, zoneId: Z0EXAMPLE000000000000 }',
    `    shadow: { model: "${missing}" }`,
  ].join('\n');
  const { status, stderr } = await start([address()], digest, config);
  expect(stderr).toContain('models-of-ours');
  expect(stderr).not.toMatch(/\[1\/6\]|does not exist/);
  expect(status).not.toBe(0);
});
