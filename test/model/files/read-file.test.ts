import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { readRegularFile, withRegularFile } from '../../../lib/model/files/read-file';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { onLinux } from '../../on-linux';

const folder = temporaryFolder();
const path = (name: string) => join(folder, name);

test('a file is read to its last byte, through links too, and with exactly as many bytes as are allowed', () => {
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251));
  writeFileSync(path('file'), bytes);
  symlinkSync('file', path('link'));
  expect(readRegularFile(path('file'), bytes.length).equals(bytes)).toBe(true);
  expect(readRegularFile(path('link'), 1e9).equals(bytes)).toBe(true);
  writeFileSync(path('empty'), '');
  expect(readRegularFile(path('empty'), 0)).toHaveLength(0);
});

test('one byte more is refused', () => {
  writeFileSync(path('file'), '12345');
  expect(() => readRegularFile(path('file'), 4)).toThrow(
    expect.objectContaining({
      code: 'E_LIMIT',
      message: `${path('file')}: has 5 bytes, more than the limit of 4 bytes`,
    }),
  );
});

onLinux('the size that the system claims is not believed: this one is 0', () => {
  expect(readRegularFile('/proc/self/maps', 1e8).length).toBeGreaterThan(1000);
  expect(() => readRegularFile('/proc/self/maps', 1000)).toThrow(/has at least \d+ bytes, more than the limit of 1000/);
});

onLinux.each([
  ['a device that never ends', () => '/dev/zero', 'a device'],
  ['a link to one', () => linked('/dev/zero'), 'a device'],
  ['a pipe that nobody writes to', () => pipe(), 'a pipe'],
  ['a folder', () => folder, 'a folder'],
])('%s is refused at once', (_, make, kind) => {
  const odd = make();
  const refused = expect.objectContaining({ code: 'E_FILE', message: `${odd}: is ${kind}, not a file; name a file` });
  expect(() => readRegularFile(odd, 100)).toThrow(refused);
  expect(() => withRegularFile(odd, () => 'opened')).toThrow(refused);
});

onLinux('a socket is refused', async () => {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(path('socket'), listening));
  try {
    expect(() => readRegularFile(path('socket'), 100)).toThrow(/socket: is a socket, not a file/);
  } finally {
    await new Promise((closed) => server.close(closed));
  }
});

test.each([
  ['that is not there', () => path('none'), /none: does not exist$/],
  [
    'below a file',
    () => join(path('file'), 'below'),
    /below: cannot be read: a part of the path is a file.*\(ENOTDIR\)/,
  ],
  ['of a name without end', () => path('x'.repeat(300)), /cannot be read: the name is longer .*\(ENAMETOOLONG\)/],
  [
    'whose link leads to itself',
    () => linked('circle', 'circle'),
    /cannot be read: its links lead in a circle \(ELOOP\)/,
  ],
  ['with NUL in its name', () => 'a\0b', /^"a\\u0000b": is no path: it has a character NUL$/],
])('a file %s: the message says why', (_, make, message) => {
  const odd = make();
  expect(() => readRegularFile(odd, 100)).toThrow(expect.objectContaining({ code: 'E_FILE' }));
  expect(() => readRegularFile(odd, 100)).toThrow(message);
});

test('a descriptor is closed whatever is done with it', () => {
  let seen = -1;
  expect(() =>
    withRegularFile(path('file'), (file) => {
      seen = file;
      throw new TypeError('a fault');
    }),
  ).toThrow(TypeError);
  expect(withRegularFile(path('file'), (file) => file)).toBe(seen);
});

function linked(to: string, name = `link-${Math.random()}`): string {
  rmSync(path(name), { force: true });
  symlinkSync(to, path(name));
  return path(name);
}

function pipe(): string {
  execFileSync('mkfifo', [path('pipe')]);
  return path('pipe');
}
