import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../../lib/model/files/replace-file';
import { temporaryFolder } from '../../../testing/temporary-folder';

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'file');
});

test('a file is made, and replaced by another, with nothing beside it', () => {
  replaceFile(path, 'one');
  const before = statSync(path).ino;
  replaceFile(path, 'two', { mode: 0o600 });
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(statSync(path).ino).not.toBe(before); // whoever has it open has the old one
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['file']);
});

test('a link stays, and the file behind it is replaced', () => {
  writeFileSync(path, 'one');
  const link = join(folder, 'link');
  symlinkSync('file', link);
  replaceFile(link, 'two');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('two');
});

test('folders on the way are made where that is asked for, and go again when the file does not come', () => {
  const below = join(folder, 'a', 'b', 'file');
  expect(() => replaceFile(below, 'x')).toThrow(
    /file: cannot be written: it, or a folder on the way to it, does not exist/,
  );
  replaceFile(below, 'x', { folders: true });
  expect(readFileSync(below, 'utf8')).toBe('x');
  rmSync(join(folder, 'a'), { recursive: true });
  expect(() => replaceFile(join(folder, 'a', 'b', 'x'.repeat(300)), 'x', { folders: true })).toThrow(/name is longer/);
  expect(existsSync(join(folder, 'a'))).toBe(false);
});

test.each([
  ['a folder', () => folder],
  ['a device', () => '/dev/null'],
])('%s is not replaced', (_, odd) => {
  const before = statSync(odd()).ino;
  expect(() => replaceFile(odd(), 'x')).toThrow(expect.objectContaining({ code: 'E_FILE' }));
  expect(statSync(odd()).ino).toBe(before);
});

test('a name that is too long is said to be so', () => {
  expect(() => replaceFile(join(folder, 'x'.repeat(300)), 'x')).toThrow(/cannot be written: the name is longer/);
  expect(readdirSync(folder)).toEqual([]);
});
