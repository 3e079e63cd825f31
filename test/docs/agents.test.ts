/** What coding agents are told: the commands, options, files and pages that it names are there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stageSchema } from '../../lib/config/schema';
import { AVAILABILITIES } from '../../lib/sizing/service-level/service-level';
import { slipway } from '../bin/run-slipway';

const root = join(__dirname, '../..');
const skill = readFileSync(join(root, 'docs/skill/SKILL.md'), 'utf8');
const llms = readFileSync(join(root, 'llms.txt'), 'utf8');

/** Each command that is named, with the options that it is shown with. */
const named = new Map<string, Set<string>>();
for (const [, command, rest] of skill.matchAll(/^(?:.*`|npx )?slipway ([a-z-]+)([^\n`]*)/gm)) {
  const options = named.get(command!) ?? new Set();
  for (const [option] of rest!.matchAll(/--[a-z0-9-]+/g)) options.add(option);
  named.set(command!, options);
}

test('the skill names the commands of a model’s way', () => {
  expect([...named.keys()]).toEqual(expect.arrayContaining(['pack', 'profile', 'plan', 'serve', 'verify', 'status']));
});

test.each([...named])('slipway %s is a command with these options', async (command, options) => {
  const { status, stdout } = await slipway(command, '--help');
  expect([status, stdout.split('\n')[0]]).toEqual([0, expect.stringContaining(`Usage: npx slipway ${command} `)]);
  expect([...options].filter((option) => !stdout.includes(option))).toEqual([]);
});

test('the skill knows every promise of availability', () => {
  for (const availability of AVAILABILITIES) expect(skill).toContain(`\`${availability}\``);
});

test('the keys of a stage that the skill names are there', () => {
  const [, table] = /\| key of slipway\.yaml \| when \|\n\| --- \| --- \|\n((?:\|.*\n)+)/.exec(skill)!;
  const keys = [...table!.matchAll(/^\| ([^|]+) \|/gm)]
    .flatMap(([, cell]) => [...cell!.matchAll(/`(\w+)/g)].map(([, key]) => key!))
    .filter((key) => key !== 'wake'); // within schedule
  expect(keys.length).toBeGreaterThan(10);
  expect(keys.filter((key) => !(key in stageSchema.shape))).toEqual([]);
});

test('the skill begins as agents read it, and says when it is for', () => {
  const [, head] = /^---\n([\s\S]*?)\n---\n/.exec(skill)!;
  expect(head).toMatch(/^name: slipway\ndescription: \S/);
  expect(head!.length).toBeLessThan(1024);
});

test('every page that llms.txt names is there', () => {
  const pages = [...llms.matchAll(/\]\(([^)]+)\)/g)].map(([, page]) => page!);
  expect(pages.length).toBeGreaterThan(10);
  expect(pages.filter((page) => !existsSync(join(root, page)))).toEqual([]);
});

test('the lines of llms.txt are at most 120 characters long', () => {
  expect(llms.split('\n').filter((line) => line.length > 120)).toEqual([]);
});
