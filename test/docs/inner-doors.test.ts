/** Inside of a house no room opens one that opens it, over however many doors. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const root = join(__dirname, '../..');

/** The first folder below; files that lie there themselves are no room: they put the rooms together. */
function roomOf(house: string, file: string): string | undefined {
  const [room, ...rest] = relative(house, file).split(sep);
  if (rest.length === 0) return undefined;
  return room === 'http' && rest[0] === 'plain' ? 'http/plain' : room;
}

/** By room the rooms that it opens, each with an import that does. */
function doors(house: string): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  const files = readdirSync(house, { recursive: true, encoding: 'utf8' }).map((path) => join(house, path));
  for (const file of files.filter((path) => path.endsWith('.ts') && statSync(path).isFile())) {
    const room = roomOf(house, file);
    if (room === undefined) continue;
    for (const [, opens] of readFileSync(file, 'utf8').matchAll(/(?:from|require\(|import\() ?'(\.[^']+)'/g)) {
      const target = join(dirname(file), opens!);
      if (relative(house, target).startsWith('..')) continue;
      const other = roomOf(house, target) ?? 'the rooms above';
      if (other === room) continue;
      const from = found.get(room) ?? new Map<string, string>();
      from.set(other, `${relative(root, file)} opens ${opens}`);
      found.set(room, from);
    }
  }
  return found;
}

/** A way from a room back to itself; undefined when there is none. */
function circle(open: ReadonlyMap<string, ReadonlyMap<string, string>>): string[] | undefined {
  const done = new Set<string>();
  const walk = (room: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(room)) return [...way.slice(way.indexOf(room)), room];
    if (done.has(room)) return undefined;
    for (const next of open.get(room)?.keys() ?? []) {
      const found = walk(next, [...way, room]);
      if (found) return found;
    }
    done.add(room);
    return undefined;
  };
  for (const room of open.keys()) {
    const found = walk(room, []);
    if (found) return found;
  }
  return undefined;
}

test.each(['lambda/inference', 'lib/sizing', 'lib/packaging', 'lib/packaging/sklearn'])(
  'the rooms of %s open each other in one direction',
  (house) => {
    const open = doors(join(root, house));
    expect(open.size).toBeGreaterThan(2);
    const found = circle(open);
    const steps = found?.slice(1).map((room, i) => open.get(found[i]!)!.get(room));
    expect(steps).toBeUndefined();
  },
);

test("boosters and scikit-learn's converters open nothing of each other", () => {
  const open = doors(join(root, 'lib/packaging'));
  expect(open.get('boosters')?.get('sklearn')).toBeUndefined();
  expect(open.get('sklearn')?.get('boosters')).toBeUndefined();
});
