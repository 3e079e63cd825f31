import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { place, requireRoom } from '../../../bin/init/place';
import { temporaryFolder } from '../../../testing/temporary-folder';

const before = process.cwd();
let from: string;

beforeEach(() => {
  process.chdir(temporaryFolder());
  from = join(temporaryFolder(), 'made');
  mkdirSync(from);
  writeFileSync(join(from, 'manifest.json'), '{}');
});
afterEach(() => process.chdir(before));

const files = new Map([
  ['slipway.yaml', 'model: models/a\n'],
  ['ci/pipeline.yml', 'on: push\n'],
]);

test('everything has its place', () => {
  const written = place({ model: 'models/a', from, files });
  expect(written).toEqual(['models/a', 'slipway.yaml', 'ci/pipeline.yml', '.gitignore']);
  expect(readdirSync('models/a')).toEqual(['manifest.json']);
  expect(readFileSync('ci/pipeline.yml', 'utf8')).toBe('on: push\n');
  expect(readFileSync('.gitignore', 'utf8')).toBe('node_modules/\n.slipway/\ncdk.out/\n');
});

test.each([
  ['no end of line', '.venv', '.venv\nnode_modules/\n.slipway/\ncdk.out/\n'],
  ['other ways to say it', '/node_modules\ncdk.out\n', '/node_modules\ncdk.out\n.slipway/\n'],
  ['lines of Windows', '.venv\r\n', '.venv\r\nnode_modules/\r\n.slipway/\r\ncdk.out/\r\n'],
])('a .gitignore with %s keeps what it has', (_, text, expected) => {
  writeFileSync('.gitignore', text);
  place({ model: 'models/a', from, files });
  expect(readFileSync('.gitignore', 'utf8')).toBe(expected);
});

test.each(['slipway.yaml', 'ci/pipeline.yml', 'models/a'])('with %s there, all is as it was', (path) => {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, 'mine');
  const [was, mine] = [readdirSync('.', { recursive: true }).sort(), /is there already; nothing was written/];
  expect(() => place({ model: 'models/a', from, files })).toThrow(mine);
  expect(() => requireRoom(['models/a', ...files.keys()])).toThrow(mine);
  expect([readdirSync('.', { recursive: true }).sort(), readFileSync(path, 'utf8')]).toEqual([was, 'mine']);
});

test('where the last of it cannot be written, all is as it was', () => {
  mkdirSync('.gitignore');
  expect(() => place({ model: 'models/a', from, files })).toThrow(/\.gitignore/);
  expect(readdirSync('.')).toEqual(['.gitignore']);
});
