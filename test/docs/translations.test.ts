/** What is translated says the same: each line of code and each figure is one of an English page. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = (folder: string) =>
  readdirSync(join(root, folder), { encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

const all = ['.', 'docs', 'docs/guide', 'docs/reference'].flatMap(pages);
const translated = all.filter((path) => path.endsWith('.zh-CN.md'));
const english = all.filter((path) => !translated.includes(path) && path !== 'CHANGELOG.md').map(read);

/** Its lines of code, but for pictures, whose words are translated. */
const code = (text: string) =>
  [...text.matchAll(/^ *```(\w+)\n([\s\S]*?)^ *```$/gm)]
    .filter(([, language]) => language !== 'mermaid')
    .flatMap(([, , lines]) => lines!.split('\n'));

const table = (text: string) => text.split('\n').filter((line) => line.startsWith('|'));

/** Numbers of at least two digits, as they stand there: `1,201`, `0.165`. */
const figures = (text: string) => text.match(/\d[\d.,]*\d/g) ?? [];

test('there are a README and a guide in Chinese', () => {
  expect(translated).toEqual(['README.zh-CN.md', 'docs/guide/getting-started.zh-CN.md']);
});

test.each(translated)('each line of code of %s stands in an English page', (path) => {
  const known = new Set(english.flatMap(code));
  const lines = code(read(path));
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.filter((line) => !known.has(line))).toEqual([]);
});

test('the README in Chinese has the figures of the English one, in the same tables and sections', () => {
  const [original, chinese] = [read('README.md'), read('README.zh-CN.md')];
  expect(table(chinese).map(figures)).toEqual(table(original).map(figures));
  const known = new Set(figures(original));
  expect(figures(chinese).filter((figure) => !known.has(figure))).toEqual([]);
  const headings = (text: string) => text.match(/^## /gm)!.length;
  expect(headings(chinese)).toBe(headings(original));
  const pictures = (text: string) => text.match(/^```mermaid/gm)!.length;
  expect(pictures(chinese)).toBe(pictures(original));
});

test.each(translated)('each command that %s names in a table is one', (path) => {
  const named = table(read(path)).flatMap((row) => [...row.matchAll(/`slipway ([a-z-]+)/g)].map(([, name]) => name!));
  const commands = new Set(
    readdirSync(join(root, 'bin/commands'), { encoding: 'utf8' }).map((name) => name.replace(/\.ts$/, '')),
  );
  expect(named.filter((name) => !commands.has(name))).toEqual([]);
});
