/**
 * Writes biome.doors.json, the lint rule that keeps the doors between the rooms shut, from the table in rooms.ts.
 *
 *     npm run doors [-- --check]   says whether the file is what it would write
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { AROUND, INNER_ROOMS, LIBRARIES, ROOMS } from './rooms';

export const DOORS_FILE = join(__dirname, '../biome.doors.json');

/** Folders within a room, one in another, whose imports are looked at. */
const DEEPEST = 2;

const INDEX = /\/index$/;

/** Whether a room, or a file by its path without the ending, is that room or lies in it. */
export function isIn(path: string, room: string): boolean {
  return path === room || path.startsWith(`${room}/`);
}

interface Door {
  readonly room: string;
  readonly opens: readonly string[];
}

/** All rooms, outer ones before those within, each with all that it may open. */
export function doors(): Door[] {
  const all: Door[] = Object.entries(ROOMS).map(([room, opens]) => ({ room, opens }));
  for (const [house, rooms] of Object.entries(INNER_ROOMS)) {
    const around = all.find(({ room }) => room === house)!;
    for (const [name, opens] of Object.entries(rooms)) {
      const others = opens.map((other) => posix.join(house, other));
      all.push({ room: `${house}/${name}`, opens: [...around.opens, ...others] });
    }
  }
  for (const [room, opens] of Object.entries(AROUND)) all.push({ room, opens: [...Object.keys(ROOMS), ...opens] });
  return all;
}

const either = (names: readonly string[]) => (names.length === 1 ? names[0]! : `{${names.join()}}`);

/** Rooms beside this one, and beside those around it, as they are imported from it and from the folders in it. */
function beside({ room, opens }: Door): string[] {
  const [house] = Object.entries(INNER_ROOMS).find(([around, rooms]) =>
    Object.keys(rooms).some((name) => `${around}/${name}` === room),
  ) ?? [undefined];
  if (house === undefined) return [];
  const shut = Object.keys(INNER_ROOMS[house]!)
    .map((name) => `${house}/${name}`)
    .filter((other) => other !== room && !opens.includes(other))
    .map((other) => posix.relative(room, other));
  const above = shut.filter((path) => path.startsWith('../')).map((path) => path.slice(3));
  const within = shut.filter((path) => !path.startsWith('../'));
  const own = Array.from({ length: DEEPEST + 1 }, (_, depth) => {
    const up = '../'.repeat(depth + 1);
    const paths = above.length > 0 ? [up + either(above)] : [];
    if (within.length > 0) paths.push((depth === 0 ? './' : '../'.repeat(depth)) + either(within));
    return paths.flatMap((path) => [path, `${path}/**`]);
  }).flat();
  return [...own, ...beside({ room: house, opens })];
}

/** What a room may not import. */
function shut(door: Door): string[] {
  const { room, opens } = door;
  const libraries = LIBRARIES.filter(({ usedIn }) => !(room in AROUND) && !usedIn.some((user) => isIn(room, user)));
  const others = Object.keys({ ...ROOMS, ...AROUND }).filter((other) => !isIn(room, other) && !opens.includes(other));
  const names = either(others.map((other) => basename(other)));
  const parts = opens.filter((other) => others.some((around) => isIn(other, around)));
  return [
    ...libraries.flatMap(({ imports }) => imports),
    `**/${names}`,
    `**/${names}/**`,
    ...parts.map((part) => (INDEX.test(part) ? `!**/${part.replace(INDEX, '')}` : `!**/${part}/**`)),
    ...beside(door),
  ];
}

function override(door: Door): object {
  const opens = door.opens.map((other) => (INDEX.test(other) ? `the index of ${other.replace(INDEX, '')}` : other));
  const message = `${door.room} opens ${opens.join(', ') || 'no other room'} (scripts/rooms.ts)`;
  const options = { patterns: [{ group: shut(door), message }] };
  return {
    includes: [`${door.room}/**`],
    linter: { rules: { style: { noRestrictedImports: { level: 'error', options } } } },
  };
}

export function doorsFile(): string {
  const overrides = doors().map((door) => `    ${JSON.stringify(override(door))}`);
  return `{\n  "overrides": [\n${overrides.join(',\n')}\n  ]\n}\n`;
}

if (require.main === module) {
  if (!process.argv.includes('--check')) writeFileSync(DOORS_FILE, doorsFile());
  else if (readFileSync(DOORS_FILE, 'utf8') !== doorsFile()) {
    process.stderr.write('biome.doors.json is not what scripts/rooms.ts says: npm run doors\n');
    process.exitCode = 1;
  }
}
