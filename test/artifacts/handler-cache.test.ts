import { readdirSync, readFileSync, statSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentTarget, HANDLER_FILE, handlerFiles } from '../../lib/artifacts/handler-bundle';
import { cachedHandler } from '../../lib/artifacts/handler-cache';
import { temporaryFolder } from '../../testing/temporary-folder';

const cache = temporaryFolder();
const target = currentTarget();

const inodes = (folder: string) => readdirSync(folder).map((name) => [name, statSync(join(folder, name)).ino]);

test('a second command gets the very files that the first one runs, which it has mapped', () => {
  const first = cachedHandler(cache, target);
  const before = inodes(first);
  expect(readdirSync(first).sort()).toEqual(handlerFiles(target));
  expect(cachedHandler(cache, target)).toBe(first);
  expect(inodes(first)).toEqual(before);
  expect(readdirSync(cache)).toHaveLength(1);
});

test('another bundle has another folder', () => {
  const [here, there] = [target, { platform: 'linux', architecture: 'arm64' } as const].map((one) =>
    cachedHandler(cache, one),
  );
  expect(there).not.toBe(here);
  expect(readdirSync(here!)).toContain(HANDLER_FILE);
});

test('a bundle that was cut off is made anew, and the library that is delivered stays as it is', () => {
  const folder = cachedHandler(cache, target);
  const text = readFileSync(join(folder, HANDLER_FILE), 'utf8');
  truncateSync(join(folder, HANDLER_FILE), 100);
  const library = handlerFiles(target).find((name) => name.includes('onnxruntime.') && !name.endsWith('.node'))!;
  const { size } = statSync(join(folder, library));
  unlinkSync(join(folder, library)); // it may be another name of the one that is delivered
  writeFileSync(join(folder, library), 'cut off');
  expect(cachedHandler(cache, target)).toBe(folder);
  expect(readFileSync(join(folder, HANDLER_FILE), 'utf8')).toBe(text);
  expect(statSync(join(folder, library)).size).toBe(size);
});
