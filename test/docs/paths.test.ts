/** Every link of a document leads somewhere, and every path or script that a document or a source file names exists. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { scripts } from '../../package.json';

const root = join(__dirname, '../..');

/** The folders that hold the repository's own files; `models` and `slipway.yaml` at the root are the user's. */
const FOLDERS = '.ci .github bench bin docs examples lambda lib proof scripts test testing'
  .split(' ')
  .filter((folder) => existsSync(join(root, folder)));
const BINARY = /\.(joblib|pkl|onnx|parquet|gz|xz|zst|lzma|bz2|ubj|zip|npz|node|wasm|snap|json|txt|csv)$/;

const ownFiles = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => !path.includes('node_modules') && !path.includes('__pycache__') && !BINARY.test(path))
    .filter((path) => statSync(join(root, path)).isFile());

const files = [...readdirSync(root).filter((name) => /\.(md|yaml|cjs)$/.test(name)), ...FOLDERS.flatMap(ownFiles)];
const documents = files.filter((path) => path.endsWith('.md'));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** As GitHub makes the anchor of a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchors = (path: string) => [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading!));

test.each(documents)('the links of %s lead somewhere', (document) => {
  const dead = [...read(document).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link!)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path, fragment] = link.split('#') as [string, string?];
      const target = path === '' ? document : relative(root, join(root, dirname(document), path));
      if (!existsSync(join(root, target))) return true;
      return fragment !== undefined && !anchors(target).includes(fragment);
    });
  expect(dead).toEqual([]);
});

/** What an example's training writes; of a virtual environment, of a Node.js archive, of the handler's page, of a user's repository: not of this one. */
const ELSEWHERE = /^(bin\/[a-z-]+|docs\/form|examples\/[a-z-]+\/build|\.github\/workflows\/slipway\.yml)$/;

test('every path that a file names exists', () => {
  const named = new RegExp(`(?<![\\w./@-])(?:${FOLDERS.join('|').replaceAll('.', '\\.')})/[\\w./-]*[\\w/]`, 'g');
  const missing = files
    .filter((file) => file !== 'test/docs/doors.slow.test.ts') // its files are made for the linter
    .flatMap((file) =>
      [...read(file).matchAll(named)]
        .map(([path]) => path)
        .filter((path) => !ELSEWHERE.test(path))
        .filter((path) => !['', '.ts', '.test.ts'].some((end) => existsSync(join(root, path + end))))
        .map((path) => `${file}: ${path}`),
    );
  expect(missing).toEqual([]);
});

test('every script that a document names is in package.json', () => {
  const missing = documents.flatMap((document) =>
    [...read(document).matchAll(/npm run (?:--\S+ )*([\w:-]+)/g)]
      .map(([, script]) => script!)
      .filter((script) => !(script in scripts))
      .map((script) => `${document}: ${script}`),
  );
  expect(missing).toEqual([]);
});

test('every page of docs is in its index', () => {
  const index = read('docs/README.md');
  const pages = documents.filter((path) => path.startsWith('docs/') && path !== 'docs/README.md');
  expect(pages.filter((path) => !index.includes(`(${relative('docs', path)})`))).toEqual([]);
});
