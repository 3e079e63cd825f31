import { Argument, type Command } from 'commander';
import { SHELLS } from '../completion/shells';
import { completionTable } from '../completion/table';
import { print } from '../terminal/output';

/** @param whole the command line with all commands, which takes a moment to load */
export function addCompletion(program: Command, whole: () => Command): void {
  program
    .command('completion')
    .description('Print what a shell needs to complete the words of the command line.')
    .addArgument(new Argument('<shell>', 'which shell reads it').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      `
In the start file of the shell:
  eval "$(slipway completion bash)"
  eval "$(slipway completion zsh)"      after compinit
  slipway completion fish | source`,
    )
    .action((shell: string) => print(SHELLS[shell]!(completionTable(whole()))));
}
