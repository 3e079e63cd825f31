import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary } from '../../lib/artifacts/node-binary';
import { temporaryFolder } from '../../testing/temporary-folder';

let folder: string;
let runtime: { path: string; version: string; sha256: string };
beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'package/bin'), { recursive: true });
  writeFileSync(join(folder, 'package/bin/node'), '#!/bin/sh\necho v24\n', { mode: 0o755 });
  mkdirSync(join(folder, 'cache'));
  const path = join(folder, 'cache', 'node.tgz');
  execFileSync('tar', ['-czf', path, '-C', folder, 'package']);
  runtime = { path, version: '24.0.0', sha256: 'ab'.repeat(32) };
});

test('the binary of a fetched runtime is unpacked beside it, once', () => {
  const binary = nodeBinary(runtime);
  expect(readFileSync(binary, 'utf8')).toContain('echo v24');
  expect(statSync(binary).mode & 0o111).toBe(0o111);
  writeFileSync(runtime.path, 'no longer needed');
  expect(nodeBinary(runtime)).toBe(binary);
});

test('a runtime that cannot be unpacked leaves nothing behind', () => {
  writeFileSync(runtime.path, 'not a tarball');
  expect(() => nodeBinary(runtime)).toThrow();
  expect(readdirSync(join(folder, 'cache'))).toEqual(['node.tgz']);
});
