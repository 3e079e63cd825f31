/** The code keeps to the table of rooms and doors (scripts/rooms.ts), from which the lint rule is made. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { doors, isIn } from '../../scripts/doors';
import { AROUND, INNER_ROOMS, ROOMS } from '../../scripts/rooms';

const root = join(__dirname, '../..');

const IMPORT = /(?:from|require\(|import\(|import) ?'(\.[^']+)'/g;

const known = doors();

/** The innermost room that a file, by its path without the ending, lies in. */
function roomOf(path: string): string | undefined {
  return known
    .map(({ room }) => room)
    .filter((room) => isIn(path, room))
    .sort((one, other) => other.length - one.length)[0];
}

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => posix.join(folder, path))
    .filter((path) => path.endsWith('.ts') && statSync(join(root, path)).isFile());
}

/** A file by its path without the ending; of a folder its index. */
function target(from: string, opens: string): string {
  const path = relative(root, join(root, dirname(from), opens));
  return existsSync(join(root, path, 'index.ts')) ? `${path}/index` : path;
}

function mayOpen(from: string, path: string): boolean {
  const [own, other] = [roomOf(from), roomOf(path)];
  if (own === undefined || own === other) return true;
  const { opens } = known.find(({ room }) => room === own)!;
  // the files that lie right in a room put the rooms within it together
  if (other !== undefined && Object.keys(INNER_ROOMS).includes(own) && isIn(other, own)) return true;
  return opens.some((each) => each === path || each === other || (isIn(path, each) && !isIn(own, each)));
}

test('what a room imports of another, the table lets it', () => {
  const shut = ['lib', 'lambda', ...Object.keys(AROUND)].flatMap(sourcesIn).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)]
      .map(([, opens]) => target(file, opens!))
      .filter((path) => path !== 'package.json' && !mayOpen(file, path))
      .map((path) => `${file} opens ${path}`),
  );
  expect(shut).toEqual([]);
});

/** What each file, by its path without the ending, imports: in the house, and in the command line. */
const imports = new Map(
  ['lib', 'lambda', 'bin'].flatMap(sourcesIn).map((file) => {
    const opened = [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)].map(([, opens]) =>
      target(file, opens!),
    );
    return [file.replace(/\.ts$/, ''), opened] as const;
  }),
);

/** Those that import one another, in circles of any length. */
function circles(graph: ReadonlyMap<string, Iterable<string>>): string[][] {
  const reached = (from: string) => {
    const seen = new Set<string>();
    const open = [from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const next of graph.get(at) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        open.push(next);
      }
    }
    return seen;
  };
  const all = new Map([...graph.keys()].map((name) => [name, reached(name)]));
  const tied = (name: string) => [...all.get(name)!].filter((other) => all.get(other)?.has(name)).sort();
  return [...new Set([...all.keys()].map((name) => tied(name).join()))]
    .filter((each) => each !== '')
    .map((each) => each.split(','));
}

test('no folder opens one that opens it, over however many others, be it the folder around it', () => {
  const folders = new Map<string, Set<string>>();
  for (const [file, opened] of imports) {
    const folder = dirname(file);
    const others = folders.get(folder) ?? new Set();
    for (const path of opened) if (imports.has(path) && dirname(path) !== folder) others.add(dirname(path));
    folders.set(folder, others);
  }
  expect(circles(folders)).toEqual([]);
});

test.each([
  ['lib/sizing/search/search.ts', 'lib/sizing/judgement/judgement', true],
  ['lib/sizing/demand/queue.ts', 'lib/sizing/judgement/judgement', false],
  ['lib/sizing/make-plan.ts', 'lib/sizing/judgement/judgement', true],
  ['lib/sizing/plan/plan.ts', 'lib/sizing/judgement/judgement', false],
  ['lambda/inference/json/turns.ts', 'lambda/inference/server', false],
  ['lambda/inference/http/body.ts', 'lambda/inference/http/plain/head', false],
  ['lambda/inference/http/plain/head.ts', 'lambda/inference/http/body', true],
  ['lib/packaging/conversion/child.ts', 'lambda/inference/engine/index', true],
  ['lib/packaging/conversion/child.ts', 'lambda/inference/engine/thread', false],
])('%s opens %s: %s', (from, path, may) => {
  expect(mayOpen(from, path)).toBe(may);
});

test('a room opens rooms above its line only, so that none opens one that opens it', () => {
  const tables = [ROOMS, AROUND, ...Object.values(INNER_ROOMS)];
  const back = tables.flatMap((rooms) => {
    const names = Object.keys(rooms);
    return names.flatMap((name, line) =>
      rooms[name]!.filter((other) => other !== '.' && names.indexOf(other) >= line).map((other) => [name, other]),
    );
  });
  expect(back).toEqual([]);
});

test('every folder that holds rooms is in the table, with all of them', () => {
  const folders = (house: string) =>
    readdirSync(join(root, house), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${house}/${name}`);
  expect(['lib', 'lambda'].flatMap(folders).sort()).toEqual(Object.keys(ROOMS).sort());
  for (const [house, rooms] of Object.entries(INNER_ROOMS)) {
    const outermost = Object.keys(rooms).filter((name) => !name.includes('/'));
    expect(folders(house).sort()).toEqual(outermost.map((name) => `${house}/${name}`).sort());
  }
});

test('docs/architecture.md has a row for every room', () => {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('|'));
  const houses = ['lambda/inference', 'lib/packaging', 'lib/sizing', 'lib/constructs']; // those that the page shows from inside
  const names = [...Object.keys(ROOMS), ...houses.flatMap((house) => Object.keys(INNER_ROOMS[house]!))];
  const missing = names.filter((name) => !rows.some((row) => row.split('|')[1]!.includes(`\`${name}\``)));
  expect(missing).toEqual([]);
});
