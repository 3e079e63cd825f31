/** Documents are easy to read for everybody who reads English as a second language: short lines, short sentences. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const WIDTH = 120;
const WORDS = 25;

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...['docs', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
];

/** The text of a document: without blocks of code, tables and comments. */
const prose = (document: string) =>
  readFileSync(join(root, document), 'utf8')
    .replace(/^ *```[\s\S]*?^ *```$/gm, '')
    .replace(/<!-- (\w+) -->[\s\S]*?<!-- \/\1 -->/g, '') // a list that another test compares
    .replace(/<!--[\s\S]*?-->/g, '')
    .split('\n')
    .filter((line) => !line.startsWith('|') && !/^ {4}[^-]/.test(line));

/** Sentences of the text; a piece of code counts as one word, a link as the words of its text. */
const sentences = (lines: readonly string[]) =>
  lines
    .map((line) => line.replace(/^#.*/, '').replace(/^ *([-*]|\d+\.) /, '\n'))
    .map((line) => (line.trim() === '' ? '\n' : line))
    .join(' ')
    .replace(/`[^`]*`/g, 'code')
    .replace(/\]\([^)]*\)/g, ']')
    .split(/\n|(?<=[.:;!?])[*)]*\s/);

test.each(documents)('the lines of %s are at most 120 characters long', (document) => {
  expect(prose(document).filter((line) => line.length > WIDTH)).toEqual([]);
});

test.each(documents)('the sentences of %s have at most 25 words', (document) => {
  expect(sentences(prose(document)).filter((sentence) => sentence.trim().split(/\s+/).length > WORDS)).toEqual([]);
});
