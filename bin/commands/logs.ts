import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { loadConfig } from '../../lib/config/load';
import { endpointStack } from '../../lib/config/stack-names';
import { printable } from '../../lib/model/text/printable';
import { awsClients } from '../stage/aws-clients';
import { MODEL_OF_STAGE, stageNamed } from '../stage/stage-named';
import * as read from '../terminal/arguments';
import { printLine, progress } from '../terminal/output';

interface LogsFlags {
  stage: string;
  model?: string;
  since: number;
  follow?: boolean;
  errors?: boolean;
  config: string;
  json?: boolean;
}

export function addLogs(program: Command): void {
  program
    .command('logs')
    .description(
      'Print what the instances of a deployed stage have logged, with your AWS credentials: boots and handlers, in the order ' +
        'of time. Each line is the time, the instance and what the line is of, and the line.',
    )
    .requiredOption('--stage <name>', 'a stage of slipway.yaml')
    .option('--model <name>', MODEL_OF_STAGE)
    .option('--since <time>', 'how far to look back, e.g. 90s, 15m, 12h', read.time, 3600)
    .option('--follow', 'go on with lines as they come, until you stop it')
    .option('--errors', 'only lines that tell of something wrong')
    .option('--config <file>', 'configuration file', 'slipway.yaml')
    .option('--json', 'print a JSON object for each line: at, stream, message')
    .addHelpText(
      'after',
      '\nExamples:\n  slipway logs --stage prod --since 15m --errors\n  slipway logs --stage dev --follow',
    )
    .action(async ({ stage: name, model, since, follow, errors, config: file, json }: LogsFlags) => {
      const stage = stageNamed(name, loadConfig(file).stages, file, model);
      const { logGroupOf, logLines } = require('../../lib/deployed/logs') as typeof import('../../lib/deployed/logs');
      const sdk = awsClients(stage.region);
      const group = await logGroupOf(endpointStack(stage), sdk.stacks());
      const query = { since: new Date(Date.now() - since * 1000), follow, errors };
      let lines = 0;
      for await (const line of logLines(group, query, sdk.logs(), wait)) {
        printLine(json ? JSON.stringify(line) : `${line.at} ${line.stream} ${printable(line.message)}`);
        lines++;
      }
      if (lines === 0) progress(`${group} has no such line; --since looks further back`);
    });
}
