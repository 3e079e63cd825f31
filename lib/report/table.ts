/** Columns of plain text. */

/** Cells that hold a figure, which line up on the right. */
const FIGURE = /^[\d.,]+( %)?$/;

/** Rows of cells as lines, columns two spaces apart; a column of figures is aligned to the right. */
export function table(rows: readonly (readonly string[])[], indent = '  '): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, c) => Math.max(...rows.map((row) => row[c]?.length ?? 0)));
  const right = widths.map((_, c) => rows.some((row) => FIGURE.test(row[c] ?? '')));
  return rows.map((row) => {
    const cells = row.map((cell, c) => (right[c] ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)));
    return (indent + cells.join('  ')).trimEnd();
  });
}

/** Of a line, where whoever reads it has room for it. */
const WIDEST = 100;
/** Below it every word would be a line. */
const NARROWEST = 40;

const asItIs = (text: string) => text;

let room = WIDEST;
let shown = asItIs;

/**
 * From now on lines are as long as whoever reads them has room for.
 *
 * @param columns absent where that is not a terminal
 * @param as what a text becomes when it is shown, so that lines are broken by what stands there then
 */
export function fitTo(columns: number | undefined, as = asItIs): void {
  room = Math.min(WIDEST, Math.max(NARROWEST, columns ?? WIDEST));
  shown = as;
}

/** Characters of a line. */
export const lineWidth = (): number => room;

/** Text as lines of at most `width` characters, broken between words; the first begins with `first`, the others with blanks. */
export function wrapped(text: string, first = '', width = room): string[] {
  const hanging = ' '.repeat(first.length);
  const lines: string[] = [];
  let line = first;
  for (const word of shown(text).split(' ')) {
    if (line.length > first.length && line.length + 1 + word.length > width) {
      lines.push(line);
      line = hanging;
    }
    line += line.length > hanging.length ? ` ${word}` : word;
  }
  return [...lines, line];
}
