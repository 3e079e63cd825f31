import { readFileSync } from 'node:fs';
import { readModelBytes } from '../../../lib/packaging/joblib';
import { errorOf } from '../../../testing/error-of';
import { ALL_RUNS } from '../../runs';
import { fixtureBytes, fixturePath, load } from '../fixtures';

const METHODS = ['bz2', 'xz', 'lz4'] as const;
const compressed = (method: string) => fixtureBytes('inputs', `binary-${method}.joblib`);

/** The object of a file without the file. */
const contents = (file: string) => load('inputs', file).then(({ root }) => root);

test.each(METHODS)('reads from %s what it reads from zlib', async (method) => {
  const loaded = await load('inputs', `binary-${method}.joblib`);
  expect(loaded.compression).toBe(method);
  expect(JSON.stringify([loaded.root], readable)).toBe(JSON.stringify([await contents('binary.joblib')], readable));
});

/** Maps and the names of files do not survive JSON or differ. */
function readable(key: string, value: unknown): unknown {
  if (key === 'file') return undefined;
  return value instanceof Map ? [...value] : value;
}

test.each(METHODS)('refuses a damaged %s stream, with what is wrong', async (method) => {
  const bytes = Buffer.from(compressed(method));
  const middle = bytes.length >> 1;
  const cut = await errorOf(readModelBytes('model.joblib', bytes.subarray(0, middle)));
  expect(cut.code).toBe('E_FORMAT');
  expect(cut.message).toMatch(
    new RegExp(`^model.joblib: is damaged: its ${method} stream cannot be decompressed \\(it ends too early\\)$`),
  );
  for (let at = 0; at < bytes.length; at += ALL_RUNS ? 7 : 35) {
    const flipped = Buffer.from(bytes);
    flipped[at]! ^= 0x55;
    const outcome = await readModelBytes('model.joblib', flipped).catch((error) => error);
    if (outcome instanceof Error)
      expect(outcome).toHaveProperty('code', expect.stringMatching(/^E_(FORMAT|UNSAFE|LIMIT)$/));
  }
});

test.each(METHODS)('stops decompressing %s at the limit', async (method) => {
  const error = await errorOf(readModelBytes('model.joblib', compressed(method), { inflatedBytes: 500 }));
  expect(error.code).toBe('E_LIMIT');
  expect(error.message).toContain('inflates to more than 500 bytes');
});

test('refuses the lzma format, which has no mark of its own, with the way out', async () => {
  const path = fixturePath('inputs', 'binary-lzma.joblib');
  const error = await errorOf(readModelBytes('model.joblib', readFileSync(path)));
  expect(error.message).toBe(
    'model.joblib: is compressed with lzma, which this version does not read; save it again with joblib.dump(model, "model.joblib", compress=3), which is zlib, or with compress=0',
  );
});
