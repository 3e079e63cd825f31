import type { Command } from 'commander';
import { printable } from '../../lib/model/text/printable';
import { awsClients } from '../stage/aws-clients';
import { hint, print, printJson } from '../terminal/output';
import { shellWord } from '../terminal/shell-word';

interface PreflightFlags {
  stage: string;
  app: string;
  accept?: boolean;
  json?: boolean;
}

export function addPreflight(program: Command): void {
  program
    .command('preflight')
    .description(
      'Hold what is to be deployed against what is deployed, before a deployment: what CloudFormation would refuse in the ' +
        'middle, would take from clients, or would leave behind. Reads the templates of the stacks, and changes nothing.',
    )
    .requiredOption('--stage <name>', 'a stage of the cloud assembly')
    .option('--app <folder>', 'the cloud assembly, as "cdk synth" wrote it', 'cdk.out')
    .option('--accept', 'what is found is known, and no reason to fail')
    .option('--json', 'print what is found as JSON')
    .addHelpText('after', '\nExample:\n  npx cdk synth --quiet && slipway preflight --stage prod')
    .action(async ({ stage, app, accept, json }: PreflightFlags) => {
      const { stacksOf } = require('../../lib/deployed/assembly') as typeof import('../../lib/deployed/assembly');
      const { preflight } = require('../../lib/deployed/preflight') as typeof import('../../lib/deployed/preflight');
      const stacks = stacksOf(app, stage);
      const region = stacks.find((one) => one.region !== undefined)?.region;
      const found = await preflight(stage, stacks, awsClients(region).stacks());
      if (found.length > 0 && !accept) process.exitCode = 1;
      if (json) return printJson({ stage, accepted: accept ?? false, found });
      const deploy = `npx cdk deploy --app ${shellWord(app)} ${shellWord(`${stage}/*`)}`;
      if (found.length === 0) {
        print(`${printable(stage)}: nothing that a deployment must not do`);
        return hint(deploy);
      }
      const word = accept ? 'accepted' : 'refused';
      for (const { stackName, text } of found) print(printable(`${word}, ${stackName}: ${text}.`));
      if (accept) hint(deploy);
    });
}
