/**
 * Text of others where people read it: names in a model file, values of a configuration, answers of a server. A terminal
 * takes some characters for commands: they set its title and its clipboard, clear it, turn the order of letters around, and
 * begin lines that Slipway has not written. They are shown as what they are, `\u001b`, which is JSON's way too.
 */

/** Control characters, formatting characters (those that turn the direction among them), and the ends of lines. */
const COMMANDS = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const COMMANDS_IN_LINES = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Anything but plain ASCII, which most lines are, and which is found out ten times as fast. */
const UNUSUAL = /[^ -~]/;

function escaped(character: string): string {
  let text = '';
  for (let i = 0; i < character.length; i++) text += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return text;
}

/** A text that is one line wherever it is written, without what a terminal takes for commands. */
export function printable(text: string): string {
  return UNUSUAL.test(text) ? text.replace(COMMANDS, escaped) : text;
}

/** The same of a text of several lines, each of which is ours. JSON stays JSON of the same values. */
export function printableLines(text: string): string {
  return text.replace(COMMANDS_IN_LINES, escaped);
}
