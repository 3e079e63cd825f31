/** Colours of a terminal, where it has them and whoever sits there wants them (NO_COLOR, TERM). Elsewhere text is as it is. */
import type { WriteStream } from 'node:tty';

const CODES = { bold: 1, dim: 2, red: 31, yellow: 33 } as const;

export type Colour = keyof typeof CODES;

type Stream = Partial<Pick<WriteStream, 'isTTY' | 'hasColors'>>;

export function coloured(stream: Stream, text: string, ...colours: readonly Colour[]): string {
  if (!stream.isTTY || !stream.hasColors?.()) return text;
  return `\x1b[${colours.map((name) => CODES[name]).join(';')}m${text}\x1b[0m`;
}

/** What a message is, by the word that it begins with. */
const KINDS: readonly (readonly [begins: RegExp, colours: readonly Colour[]])[] = [
  [/^error E_\w+:/, ['bold', 'red']],
  [/^warning:?/, ['yellow']],
  [/^next:/, ['dim']],
];

export function colouredMessage(stream: Stream, line: string): string {
  for (const [begins, colours] of KINDS) {
    const word = begins.exec(line)?.[0];
    if (word) return coloured(stream, word, ...colours) + line.slice(word.length);
  }
  return line;
}

/** A label and blanks, with the text that it is of behind them; of a line without, all of it. */
const HEADING = /^\w\S*(?: \S+)*?(?= {2,}\S|$)/;

/** Headings stand out: what stands at the left edge over lines that are indented. */
export function colouredText(stream: Stream, text: string): string {
  const lines = text.split('\n');
  return lines
    .map((line, i) =>
      /^ {2,}\S/.test(lines[i + 1] ?? '') ? line.replace(HEADING, (words) => coloured(stream, words, 'bold')) : line,
    )
    .join('\n');
}
