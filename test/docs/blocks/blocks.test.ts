/**
 * Every block of code of every document is held by a rule. Here are the quick ones; what takes longer is beside this file, or
 * in `npm run proof:documents`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../../lib/config/load';
import type { SlipwayError } from '../../../lib/model/error';
import { allBlocks, blocksOf, type CodeBlock, PAGES, placeOf } from '../../../testing/documents/code-blocks';
import { framedStage } from '../../../testing/documents/framed-stage';
import { shellCommands } from '../../../testing/documents/shell-commands';
import { mistakeOf } from './command-lines';
import { ruleOf } from './rules';

const ROOT = join(__dirname, '../../..');
const blocks = allBlocks();
const of = (...languages: readonly string[]) => blocks.filter(({ language }) => languages.includes(language));
const before = (block: CodeBlock) => blocksOf(block.page).filter(({ line }) => line < block.line);

test('there are blocks on most pages, in all languages that documents have', () => {
  expect(blocks.length).toBeGreaterThan(300);
  expect(PAGES).toEqual(expect.arrayContaining(['README.md', 'README.zh-CN.md', 'llms.txt', 'docs/skill/SKILL.md']));
});

test('a rule takes each of them', () => {
  expect(blocks.filter((block) => ruleOf(block) === undefined).map(placeOf)).toEqual([]);
});

test('the suite or proof that a rule names is there, and reads the page', () => {
  const wrong = blocks.flatMap((block) => {
    const { heldBy, reads = block.page } = ruleOf(block) ?? {};
    if (heldBy === undefined) return [];
    return readFileSync(join(ROOT, heldBy), 'utf8').includes(reads)
      ? []
      : [`${placeOf(block)}: ${heldBy} reads no ${reads}`];
  });
  expect(wrong).toEqual([]);
});

test('each command line is one that its program takes', async () => {
  const wrong: string[] = [];
  for (const block of of('sh')) {
    const commands = shellCommands(block.code);
    for (const command of commands) {
      const mistake = await mistakeOf(command, commands);
      const place = `${block.page}:${block.line + command.line}`;
      if (mistake !== undefined) wrong.push(`${place}: ${command.words.join(' ')}: ${mistake}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('each piece of slipway.yaml is right in a whole file', () => {
  const wrong = of('yaml').flatMap((block) => {
    try {
      parseConfig(
        framedStage(block, before(block)),
        'slipway.yaml',
        () => undefined,
        () => '.slipway/models/packed',
      );
      return [];
    } catch (error) {
      return [`${placeOf(block)}: ${(error as SlipwayError).problems?.join('; ')}`];
    }
  });
  expect(wrong).toEqual([]);
});

test('each piece of JSON is JSON', () => {
  for (const { code } of of('json')) expect(() => JSON.parse(code)).not.toThrow();
});
