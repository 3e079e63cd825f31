/** The command line as shells complete it: taken from commander's own table, so that nothing is listed twice. */
import type { Command } from 'commander';

export interface CompletedOption {
  /** `--golden`. */
  readonly flag: string;
  /** First sentence of what the help says. */
  readonly text: string;
  /** Whether a value follows. */
  readonly value: boolean;
  /** The values there are, where they are few. @default - any */
  readonly choices?: readonly string[];
}

export interface CompletedCommand {
  /** `catalog`, `catalog refresh`. */
  readonly words: readonly string[];
  readonly text: string;
  readonly options: readonly CompletedOption[];
  readonly commands: readonly string[];
  /** Values of its arguments, where they are few. */
  readonly values: readonly string[];
}

/** Longest text that a shell shows beside a word. */
const LONGEST = 70;

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').split(/[:;,.(] /)[0]!;
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 3)}...` : line;
}

/** @param program with all commands loaded */
export function completionTable(program: Command): CompletedCommand[] {
  const all: CompletedCommand[] = [];
  const add = (command: Command, words: readonly string[]) => {
    const help = program.createHelp();
    const options = help
      .visibleOptions(command)
      .filter(({ long }) => long)
      .map(({ long, description, required, optional, argChoices }) => ({
        flag: long!,
        text: short(description),
        value: required || optional,
        ...(argChoices && { choices: argChoices }),
      }));
    const inner = command.commands.map((each) => each.name());
    const values = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
    all.push({ words, text: short(command.summary() || command.description()), options, commands: inner, values });
    for (const each of command.commands) add(each, [...words, each.name()]);
  };
  add(program, []);
  return all;
}
