import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { asCalled, callWords } from '../../../bin/terminal/as-called';
import { bin, name } from '../../../package.json';
import { temporaryFolder } from '../../../testing/temporary-folder';

const root = realpathSync(join(__dirname, '../../..'));
const launcher = join(root, bin.slipway);

/** A page of somebody else. */
const THEIRS = ['docs', 'of-theirs.md'].join('/');

let folder: string;

beforeEach(() => {
  folder = realpathSync(temporaryFolder());
});

/** What npm leaves in a project: the package, and its program beside it. */
function install(project: string, packages: string, program: string): void {
  mkdirSync(join(project, 'node_modules/.bin'), { recursive: true });
  symlinkSync(packages, join(project, 'node_modules', name));
  symlinkSync(program, join(project, 'node_modules/.bin/slipway'));
}

describe('a command is named as it can be typed', () => {
  test('in a clone, and in folders of it', () => {
    expect(callWords(root, '')).toBe('npx slipway');
    expect(callWords(join(root, 'examples/fraud'), '')).toBe('npx slipway');
  });

  test('in a project that has the package, and in folders of it', () => {
    install(folder, root, launcher);
    mkdirSync(join(folder, 'infrastructure'));
    expect(callWords(folder, '')).toBe('npx slipway');
    expect(callWords(join(folder, 'infrastructure'), '')).toBe('npx slipway');
  });

  test('in a part of a workspace whose packages lie above it', () => {
    install(folder, root, launcher);
    mkdirSync(join(folder, 'services/scoring'), { recursive: true });
    writeFileSync(join(folder, 'services/scoring/package.json'), '{}');
    expect(callWords(join(folder, 'services/scoring'), '')).toBe('npx slipway');
  });

  test('by its name where it is installed for the whole machine', () => {
    symlinkSync(launcher, join(folder, 'slipway'));
    expect(callWords(root, ['/nowhere', folder].join(delimiter))).toBe('slipway');
  });

  test('while npm runs it, the path that npm has made is not that of the shell', () => {
    install(folder, root, launcher);
    expect(callWords(folder, join(folder, 'node_modules/.bin'))).toBe('npx slipway');
    expect(callWords(temporaryFolder(), join(folder, 'node_modules/.bin'))).toMatch(/^node \S+launcher\.js$/);
  });
});

describe('nobody is told to npx what npm would fetch by this name', () => {
  const fromHere = () => `node ${[relative(folder, launcher), launcher].sort((a, b) => a.length - b.length)[0]}`;

  test('in an empty folder', () => {
    expect(callWords(folder, '')).toBe(fromHere());
  });

  test('in a project without the package', () => {
    writeFileSync(join(folder, 'package.json'), '{}');
    expect(callWords(folder, '')).toBe(fromHere());
  });

  test('in a project whose slipway is of somebody else', () => {
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other/slipway'), '');
    install(folder, join(folder, 'other'), join(folder, 'other/slipway'));
    expect(callWords(folder, join(folder, 'other'))).toBe(fromHere());
  });

  test('in a file that every folder reads', () => {
    expect(callWords(undefined, '')).toBe(`node ${launcher}`);
  });
});

describe('in a text', () => {
  const cwd = process.cwd();
  const path = process.env.PATH;
  beforeEach(() => {
    process.env.PATH = '';
  });
  afterEach(() => {
    process.chdir(cwd);
    process.env.PATH = path;
  });

  test.each([
    ['slipway plan --stage prod', 'npx slipway plan --stage prod'],
    ['run "npx slipway runtime", and', 'run "npx slipway runtime", and'],
    ['it ("slipway key" makes one); slipway --help', 'it ("npx slipway key" makes one); npx slipway --help'],
    ['Usage: slipway [options] [command]', 'Usage: npx slipway [options] [command]'],
    ['docs/runbook.md#no-healthy-instance, docs/guide/lambda.md.', undefined],
    [`slipway.yaml, slipway:stage, @slipway-ml/slipway, ./slipway plan, slipway planner, ${THEIRS}`, undefined],
  ])('of a clone: %s', (text, shown = text) => {
    process.chdir(root);
    expect(asCalled(text)).toBe(shown);
  });

  test('of a project, pages are where the package has them', () => {
    install(folder, root, launcher);
    process.chdir(folder);
    expect(asCalled('see docs/runbook.md; slipway why')).toMatch(/^see \S+\/docs\/runbook\.md; npx slipway why$/);
    expect(asCalled(`see ${THEIRS}`)).toBe(`see ${THEIRS}`);
  });
});
