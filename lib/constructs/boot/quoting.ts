/**
 * Text that a root shell or systemd reads on an instance. Whatever did not stand in the sources of Slipway is written there
 * by one of these functions and by nothing else, so that it means itself and never a command, a directive or the end of a file.
 */
import { SlipwayError } from '../../model/error';

/** Control characters, the separators that some readers take for the end of a line, and halves of characters. */
const UNWRITABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** The same, but for the tabs and line feeds of which a file is made. */
const UNWRITABLE_IN_A_FILE = /[\p{Cs}\u2028\u2029]|(?![\t\n])\p{Cc}/u;

function refuse(text: string, found: string): never {
  const code = found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
  throw new SlipwayError(
    'E_CONFIG',
    `${shown} has the character U+${code}, which cannot be written into the files of an instance; leave it out`,
  );
}

/**
 * The text itself, on one line.
 *
 * @throws SlipwayError E_CONFIG when it has a line feed, another control character or half of a character
 */
export function oneLine(text: string): string {
  const found = UNWRITABLE.exec(text);
  return found ? refuse(text, found[0]) : text;
}

/**
 * One word of a shell, whatever is in the text.
 *
 * @throws SlipwayError E_CONFIG as `oneLine`
 */
export function shellWord(text: string): string {
  return `'${oneLine(text).replaceAll("'", `'\\''`)}'`;
}

/**
 * A path below a folder of ours, for a shell and for the list of `sha256sum`, which would read a backslash as the start of another form.
 *
 * @throws SlipwayError E_CONFIG when it is not made of plain names
 */
export function plainPath(path: string): string {
  if (/^[\w@+][\w@+.-]*(\/[\w@+][\w@+.-]*)*$/.test(path)) return path;
  throw new SlipwayError(
    'E_CONFIG',
    `${JSON.stringify(path)} cannot be brought to an instance: names of files are letters, digits and @ + . - _, and begin with none of . and -`,
  );
}

/**
 * A line `Environment=` of a unit, by systemd's own quoting (systemd.exec(5)).
 *
 * @throws SlipwayError E_CONFIG as `oneLine`
 */
export function environmentLine(name: string, value: string): string {
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) throw new Error(`${name} is no name of an environment variable`);
  const escaped = oneLine(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%');
  return `Environment="${name}=${escaped}"`;
}

/**
 * Lines of a shell that hand these lines to a command as its input, unchanged.
 *
 * @param command e.g. `cat > /etc/file`, written by us
 * @param text ends with a line feed
 * @param word ends the document; lengthened where a line of the text is the same
 * @throws SlipwayError E_CONFIG when the text has a control character other than tab and line feed
 */
export function heredoc(command: string, text: string, word: string): string {
  const found = UNWRITABLE_IN_A_FILE.exec(text);
  if (found) refuse(text, found[0]);
  const lines = new Set(text.split('\n'));
  let end = word;
  while (lines.has(end)) end += '_';
  return `${command} <<'${end}'\n${text}${end}`;
}
