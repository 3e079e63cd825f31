/** What stands in a file, shown in a message: on one line, of bounded length, and without what a terminal would obey. */

const LONGEST = 80;

/** Text on one line; what a terminal would obey stands as an escape. @param most characters that are shown */
export function printable(text: string, most = LONGEST): string {
  const cut = text.length > most ? `${text.slice(0, most)}... (${text.length} characters)` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** A value as JSON; numbers that JSON has not are shown as they are. */
export function quoted(value: unknown): string {
  return printable(typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value)));
}

/** A key or a path of keys, as people write them; in quotes where a key is no plain word. */
export function keyPath(path: readonly (string | number)[]): string {
  return path.map((key) => (/^[\w-]{1,60}$/.test(String(key)) ? String(key) : quoted(key))).join('.');
}
