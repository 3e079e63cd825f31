import { Argument, type Command } from 'commander';
import { SHELLS } from '../completion/shells';
import { completionTable } from '../completion/table';
import { callWords } from '../terminal/as-called';
import { printAsIs } from '../terminal/output';

/** @param whole the command line with all commands, which takes a moment to load */
export function addCompletion(program: Command, whole: () => Command): void {
  const anywhere = callWords(undefined); // of a start file, which is read in every folder
  program
    .command('completion')
    .description('Print what a shell needs to complete the words of the command line.')
    .addArgument(new Argument('<shell>', 'which shell reads it').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      `
In the start file of the shell:
  bash   eval "$(${anywhere} completion bash)"
  zsh    eval "$(${anywhere} completion zsh)"   after compinit
  fish   ${anywhere} completion fish | source

It completes what follows "slipway" and "npx slipway".`,
    )
    .action((shell: string) => printAsIs(SHELLS[shell]!(completionTable(whole()))));
}
