import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Occupant, placeFolder } from '../../../lib/model/files/place-folder';
import { temporaryFolder } from '../../../testing/temporary-folder';

let folder: string;
let place: string;
beforeEach(() => {
  folder = temporaryFolder();
  place = join(folder, 'a', 'b', 'place');
});

const replace: Occupant = () => 'replace';
const holding = (text: string) => (made: string) => writeFileSync(join(made, 'file'), text);
const content = () => readFileSync(join(place, 'file'), 'utf8');
/** Nothing but the place is there: no folder of the work is left. */
const alone = () => expect(readdirSync(join(place, '..'))).toEqual(['place']);

test('a folder is made with those above it, and replaces the one before', () => {
  placeFolder(place, holding('one'), replace);
  expect(content()).toBe('one');
  placeFolder(place, holding('two'), replace);
  expect(content()).toBe('two');
  alone();
});

test('what is kept is not even built', () => {
  placeFolder(place, holding('one'), replace);
  const fill = jest.fn();
  placeFolder(place, fill, () => 'keep');
  expect(fill).not.toHaveBeenCalled();
  expect(content()).toBe('one');
});

test('what fails while it is filled leaves nothing, not even the folders above', () => {
  const full = () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  };
  expect(() => placeFolder(place, full, replace)).toThrow(
    `${place}: cannot be written: the disk is full; free some space (ENOSPC)`,
  );
  expect(readdirSync(folder)).toEqual([]);
  placeFolder(place, holding('one'), replace);
  expect(() => placeFolder(place, full, replace)).toThrow('the disk is full');
  expect(content()).toBe('one');
  alone();
});

test('an error that is none of the system is not told as one', () => {
  expect(() =>
    placeFolder(
      place,
      () => {
        throw new TypeError('a fault');
      },
      replace,
    ),
  ).toThrow(new TypeError('a fault'));
});

test('another process that is faster is asked about, and may be kept or replaced', () => {
  const late = (made: string) => {
    placeFolder(place, holding('first'), replace);
    holding('second')(made);
  };
  placeFolder(place, late, () => 'keep');
  expect(content()).toBe('first');
  rmSync(place, { recursive: true });
  placeFolder(place, late, replace);
  expect(content()).toBe('second');
  alone();
});

test('what comes into the folder at the last moment is found, and stays', () => {
  placeFolder(place, holding('one'), replace);
  let asked = 0;
  const occupant: Occupant = (old) => {
    // after the first look somebody writes into it
    if (asked++ === 1) writeFileSync(join(old, 'thesis'), 'years of work');
    if (existsSync(join(old, 'thesis')) && asked > 2) throw new Error('not ours');
    return 'replace';
  };
  expect(() => placeFolder(place, holding('two'), occupant)).toThrow('not ours');
  expect(readdirSync(place).sort()).toEqual(['file', 'thesis']);
  expect(content()).toBe('one');
  alone();
});

test('a link that leads nowhere is in the place too', () => {
  mkdirSync(join(place, '..'), { recursive: true });
  symlinkSync('nowhere', place);
  const occupant = jest.fn<'keep' | 'replace', [string]>(() => {
    throw new Error('a link');
  });
  expect(() => placeFolder(place, holding('one'), occupant)).toThrow('a link');
  alone();
});

test.each([
  [
    'below a file',
    (file: string) => join(file, 'below', 'place'),
    /place: cannot be written: a part of the path is a file/,
  ],
  [
    'with a name of 300 letters',
    (file: string) => `${file}${'x'.repeat(300)}`,
    /cannot be written: the name is longer/,
  ],
  [
    'with a folder of 300 letters on the way',
    (file: string) => join(`${file}${'x'.repeat(300)}`, 'new'),
    /name is longer/,
  ],
])('%s: says why, and leaves nothing', (_, path, message) => {
  const file = join(folder, 'file');
  writeFileSync(file, 'mine');
  expect(() => placeFolder(path(file), holding('one'), replace)).toThrow(message);
  expect(readdirSync(folder)).toEqual(['file']);
  expect(readFileSync(file, 'utf8')).toBe('mine');
});
