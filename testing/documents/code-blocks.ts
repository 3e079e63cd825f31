/** The blocks of code of all documents that a user reads. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

export interface CodeBlock {
  /** Path of its document, relative to the repository. */
  readonly page: string;
  /** Of its first line of code, from 1. */
  readonly line: number;
  /** As its fence says; empty where it says nothing. */
  readonly language: string;
  /** Without the indent of its fence. */
  readonly code: string;
  /** The heading that it stands under. */
  readonly heading: string;
  /** What a comment right above it tells of it, which readers do not see: `<!-- with: ... -->`. */
  readonly note?: string;
}

const markdownIn = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => posix.join(folder, path));

/** Every document, but for the pull request's form and the list of changes, which tells what was. */
export const PAGES: readonly string[] = [
  ...readdirSync(ROOT).filter((path) => /\.md$|^llms\.txt$/.test(path) && path !== 'CHANGELOG.md'),
  ...['docs', 'examples', 'integrations'].flatMap(markdownIn),
].sort();

export function blocksOf(page: string): readonly CodeBlock[] {
  const lines = readFileSync(join(ROOT, page), 'utf8').split('\n');
  const blocks: CodeBlock[] = [];
  let heading = '';
  for (let at = 0; at < lines.length; at++) {
    heading = /^#+ (.*)$/.exec(lines[at]!)?.[1] ?? heading;
    const fence = /^( *)(`{3,}|~{3,})([^`]*)$/.exec(lines[at]!);
    if (!fence) continue;
    const [, indent, marks, language] = fence as unknown as [string, string, string, string];
    const end = lines.findIndex((line, i) => i > at && line.trimEnd() === indent + marks);
    if (end === -1) throw new Error(`${page}:${at + 1}: this block of code does not end`);
    const code = lines.slice(at + 1, end).map((line) => line.slice(line.startsWith(indent) ? indent.length : 0));
    const note = /^<!-- (.*) -->$/.exec(lines[at - 1] ?? '')?.[1];
    blocks.push({
      page,
      line: at + 2,
      language: language.trim(),
      code: code.map((line) => `${line}\n`).join(''),
      heading,
      ...(note !== undefined && { note }),
    });
    at = end;
  }
  return blocks;
}

/** All of them, page by page. */
export const allBlocks = (): readonly CodeBlock[] => PAGES.flatMap(blocksOf);

export const placeOf = ({ page, line }: CodeBlock) => `${page}:${line}`;
