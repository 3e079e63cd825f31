/** Bundles that are kept: what a user gets is always what the sources say. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { keptProgram } from '../../lib/artifacts/kept-program';
import { temporaryFolder } from '../../testing/temporary-folder';

let root: string;
let cache: string;
let builds: number;

const write = (path: string, text: string) => writeFileSync(join(root, path), text);

beforeEach(() => {
  root = temporaryFolder();
  cache = join(root, 'cache');
  builds = 0;
  for (const folder of ['sources', 'sources/part']) mkdirSync(join(root, folder));
  write('sources/main.ts', "import { word } from './part'; console.log(word);");
  write('sources/part/index.ts', "export const word = 'first';");
  write('settings.json', '{}');
});

function program(change: Partial<BuildOptions> = {}, folder = cache): string {
  const options: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    entryPoints: ['sources/main.ts'],
    outfile: '/program.js',
    logLevel: 'silent',
    ...change,
  };
  const sources = { root, folders: ['sources'], files: ['settings.json', 'not-there.json'] };
  const code = keptProgram(folder, JSON.stringify(options), sources, options, (all) => {
    builds += 1;
    return buildSync(all);
  });
  return Buffer.from(code).toString();
}

test('the same sources are bundled once, with the same bytes', () => {
  expect(program()).toBe(program());
  expect(builds).toBe(1);
});

test.each<[string, () => void, string]>([
  [
    'a source that it is made of is another',
    () => write('sources/part/index.ts', "export const word = 'second';"),
    'second',
  ],
  ['a new file is found in place of one', () => write('sources/part.ts', "export const word = 'third';"), 'third'],
  ['settings of the project are others', () => write('settings.json', '{"type":"module"}'), 'first'],
])('it is bundled anew when %s', (_, change, word) => {
  program();
  change();
  expect(program()).toContain(`"${word}"`);
  expect(builds).toBe(2);
});

test('a source that has gone is told by the bundler, not answered from what was kept', () => {
  program();
  rmSync(join(root, 'sources/part'), { recursive: true });
  expect(() => program()).toThrow(/Could not resolve/);
});

test('other options have a bundle of their own', () => {
  program();
  expect(program({ minifyWhitespace: true })).not.toBe(program());
  expect(builds).toBe(2);
});

test('one that was cut off is bundled anew', () => {
  const whole = program();
  const [name] = readdirSync(cache);
  writeFileSync(join(cache, name!), '{"resolution":');
  expect(program()).toBe(whole);
  expect(builds).toBe(2);
});

test('where nothing can be kept it is bundled each time', () => {
  write('file', '');
  const there = join(root, 'file/cache');
  expect(program({}, there)).toBe(program({}, there));
  expect(builds).toBe(2);
});
