/** `slipway start` of a package that a registry has, in a process of its own. */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { readModelPackage } from '../../lib/model/package/model-package';
import { fetchedPackage } from '../../lib/model/package/package-address';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';

jest.setTimeout(120_000); // it starts processes, on a machine that may be busy

const { digest } = readModelPackage(EXAMPLE_MODEL);
const address = (of = digest) => `s3://models-of-ours/credit@sha256:${of}`;

async function freePort(): Promise<string> {
  const server = createServer().listen(0, 'localhost');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as { port: number };
  await new Promise((ended) => server.close(ended));
  return String(port);
}

/** In a folder that has fetched the package before, so that nobody is asked for it. */
async function start(words: readonly string[], of = digest) {
  const cwd = temporaryFolder();
  const folder = join(cwd, fetchedPackage(of).slice(resolve('.').length + 1));
  cpSync(EXAMPLE_MODEL, folder, { recursive: true });
  const launcher = resolve('bin/launcher.js');
  const all = [launcher, 'start', ...words, '--port', await freePort(), '--exit-after-verify'];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { cwd, encoding: 'utf8' });
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
