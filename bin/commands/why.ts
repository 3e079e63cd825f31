import type { Command } from 'commander';
import { endpointTitle, memberName } from '../../lib/config/model-place';
import { endpointStack } from '../../lib/config/stack-names';
import type { Why } from '../../lib/deployed/why';
import { readModelPackage } from '../../lib/model/package/model-package';
import { printable } from '../../lib/model/text/printable';
import { loadWithPackages } from '../project/registry';
import { awsClients } from '../stage/aws-clients';
import { MODEL_OF_STAGE, stageNamed } from '../stage/stage-named';
import { statusLines } from '../stage/status-lines';
import { print, printJson } from '../terminal/output';

interface WhyFlags {
  stage: string;
  model?: string;
  config: string;
  json?: boolean;
}

export function addWhy(program: Command): void {
  program
    .command('why')
    .description(
      'Say in one answer why a deployed stage, or its last deployment, fails, with your AWS credentials: the event that ' +
        'failed first, the alarms, what the health checks get, what EC2 did not launch, the end of the newest boot, and what to ' +
        'do. Exit status 1 when something is wrong.',
    )
    .requiredOption('--stage <name>', 'a stage of slipway.yaml')
    .option('--model <name>', MODEL_OF_STAGE)
    .option('--config <file>', 'configuration file', 'slipway.yaml')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  slipway why --stage prod')
    .action(async ({ stage: name, model, config: file, json }: WhyFlags) => {
      const stage = stageNamed(name, (await loadWithPackages(file)).stages, file, model);
      const { whyOf } = require('../../lib/deployed/why') as typeof import('../../lib/deployed/why');
      const { region } = stage;
      const sdk = awsClients(region);
      const clients = {
        stacks: sdk.stacks(),
        alarms: sdk.alarms(),
        topics: sdk.topics(),
        logs: sdk.logs(),
        balancer: sdk.balancer(),
        scaling: sdk.scaling(),
      };
      const why = await whyOf(endpointStack(stage), clients, memberName(stage));
      const { resources: _, ...status } = why.status;
      if (json) printJson({ ...why, status });
      else {
        const lines = statusLines(endpointTitle(stage), why.status, readModelPackage(stage.model).digest);
        for (const line of [...lines, ...whyLines(why)]) print(printable(line));
      }
      if (why.steps.length > 0) process.exitCode = 1;
    });
}

function whyLines({ targets, launches, boot, steps }: Why): string[] {
  return [
    ...targets.map(({ instance, state, reason }) => `instance ${instance}: ${state}${reason ? `, ${reason}` : ''}`),
    ...launches.map(({ at, reason }) => `NOT LAUNCHED ${at}: ${reason}`),
    ...(boot ? [`end of ${boot.stream}:`, ...boot.lines.map((line) => `  ${line}`)] : []),
    ...(steps.length === 0 ? ['nothing is wrong that AWS tells of'] : steps.map((step) => `next: ${step}`)),
  ];
}
