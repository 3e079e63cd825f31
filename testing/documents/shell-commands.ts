/** The commands of a block of shell, as far as documents need the language. */

export interface ShellCommand {
  /** Program and arguments, without quotes; a substitution of another command stands as `$(...)`. */
  readonly words: readonly string[];
  /** Variables that are set for it alone. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of the block, from 0. */
  readonly line: number;
}

const ENDS = ['&&', '||', ';', '|', '\n', '(', ')'];

/** Words, quoted ones without their marks, and what stands between commands. */
interface Piece {
  readonly text: string;
  readonly line: number;
  readonly ends: boolean;
}

/**
 * Every command of a script: of lists, pipes, groups and substitutions, too.
 *
 * @throws Error where a quotation mark or a bracket is open at the end
 */
export function shellCommands(script: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let environment: Record<string, string> = {};
  let line = 0;
  const finish = () => {
    if (words.length > 0) commands.push({ words, environment, line });
    words = [];
    environment = {};
  };
  for (const piece of pieces(script, commands)) {
    if (piece.ends) finish();
    else {
      const variable = words.length === 0 ? /^([A-Z_]+)=(.*)$/s.exec(piece.text) : null;
      if (words.length === 0) line = piece.line;
      if (variable) environment[variable[1]!] = variable[2]!;
      else words.push(piece.text);
    }
  }
  finish();
  return commands.filter(({ words: [first] }) => first !== undefined);
}

/** @param inner takes the commands of substitutions */
function pieces(script: string, inner: ShellCommand[]): Piece[] {
  const found: Piece[] = [];
  let word: string | undefined;
  let line = 0;
  const close = () => {
    if (word !== undefined) found.push({ text: word, line, ends: false });
    word = undefined;
  };
  for (let at = 0; at < script.length; ) {
    const rest = script.slice(at);
    const quoted = /^'([^']*)'/.exec(rest);
    const blank = /^[ \t]+/.exec(rest);
    const joined = /^\\\n/.exec(rest);
    const comment = word === undefined ? /^#[^\n]*/.exec(rest) : null;
    const end = ENDS.find((each) => rest.startsWith(each));
    const redirect = word === undefined || /^\d$/.test(word) ? /^[<>]+ *&?\d?/.exec(rest) : null;
    let taken = 1;
    if (quoted) [word, taken] = [(word ?? '') + quoted[1]!, quoted[0].length];
    else if (rest.startsWith('"')) {
      const [text, length] = doubleQuoted(rest, inner);
      [word, taken] = [(word ?? '') + text, length];
    } else if (rest.startsWith('$(')) {
      taken = substitution(rest, inner);
      word = `${word ?? ''}$(...)`;
    } else if (joined || comment) taken = (joined ?? comment)![0].length;
    else if (redirect) {
      word = undefined; // where the output goes is no word of the command
      taken =
        redirect[0].length + (/\d$/.test(redirect[0]) ? 0 : /^\S*/.exec(rest.slice(redirect[0].length))![0].length);
    } else if (blank || end !== undefined) {
      close();
      taken = blank?.[0].length ?? end!.length;
      if (end !== undefined && !blank) found.push({ text: end, line, ends: true });
    } else if (rest.startsWith('\\')) [word, taken] = [(word ?? '') + rest[1]!, 2];
    else word = (word ?? '') + rest[0]!;
    line += script.slice(at, at + taken).split('\n').length - 1;
    at += taken;
  }
  close();
  return found;
}

/** The text within marks, and how long it is with them. */
function doubleQuoted(text: string, inner: ShellCommand[]): [string, number] {
  let within = '';
  for (let at = 1; at < text.length; ) {
    if (text[at] === '"') return [within, at + 1];
    if (text.startsWith('$(', at)) {
      at += substitution(text.slice(at), inner);
      within += '$(...)';
    } else if (text[at] === '\\') {
      within += text[at + 1];
      at += 2;
    } else within += text[at++];
  }
  throw new Error(`a quotation mark is open: ${text.slice(0, 60)}`);
}

/** Takes the commands of `$(...)`, and says how long it is. */
function substitution(text: string, inner: ShellCommand[]): number {
  let depth = 0;
  let quote = '';
  for (let at = 1; at < text.length; at++) {
    const mark = text[at]!;
    if (quote !== '') quote = mark === quote ? '' : quote;
    else if (mark === "'" || mark === '"') quote = mark;
    else if (mark === '(') depth++;
    else if (mark === ')' && --depth === 0) {
      inner.push(...shellCommands(text.slice(2, at)));
      return at + 1;
    }
  }
  throw new Error(`a bracket is open: ${text.slice(0, 60)}`);
}
