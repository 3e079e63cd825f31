/** Text of others in Markdown: a name of a column or a label is no formatting, no link, and calls nobody. */
import { printable } from '../model/text/printable';

const LONGEST = 60;

/** As code in a cell of a table, shortened. */
export function code(value: unknown): string {
  const text = printable(typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)));
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
  // a longer fence than any run of backticks inside; a bar would end the cell
  const fence = '`'.repeat(1 + Math.max(0, ...[...short.matchAll(/`+/g)].map(([run]) => run.length)));
  const padded = short === '' || /^`|`$/.test(short) ? ` ${short} ` : short;
  return `${fence}${padded.replaceAll('|', '\\|')}${fence}`;
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

/** Lines of text in prose: characters that would format are shown as they are. */
export function plain(text: string): string {
  return printable(text).replace(/[\\`*_[\]<>|~#@]/g, (character) => `\\${character}`);
}
