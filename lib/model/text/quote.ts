/** What stands in a file, shown in a message: on one line, of bounded length, and without what a terminal would obey. */
import { printable } from './printable';

const LONGEST = 80;

/** The beginning of a text, on one line. @param most characters that are shown */
export function excerpt(text: string, most = LONGEST): string {
  return printable(text.length > most ? `${text.slice(0, most)}... (${text.length} characters)` : text);
}

/** A value as JSON; numbers that JSON has not are shown as they are. */
export function quoted(value: unknown): string {
  return excerpt(typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value)));
}

/** A key or a path of keys, as people write them; in quotes where a key is no plain word. */
export function keyPath(path: readonly (string | number)[]): string {
  return path.map((key) => (/^[\w-]{1,60}$/.test(String(key)) ? String(key) : quoted(key))).join('.');
}
