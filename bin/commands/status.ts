import type { Command } from 'commander';
import { endpointTitle } from '../../lib/config/model-place';
import { endpointStack } from '../../lib/config/stack-names';
import { readModelPackage } from '../../lib/model/package/model-package';
import { printable } from '../../lib/model/text/printable';
import { print, printJson } from '../output';
import { loadWithPackages } from '../registry';
import { MODEL_OF_STAGE, stageNamed } from '../stage-named';
import { statusLines } from '../status-lines';

interface StatusFlags {
  stage: string;
  model?: string;
  config: string;
  json?: boolean;
}

export function addStatus(program: Command): void {
  program
    .command('status')
    .description(
      'Say how a deployed stage stands, with your AWS credentials: its stack, the model package that it has, what its last\n' +
        'deployment failed of, which alarms are on, and whether those who are told of them have confirmed it. Exit status 1\n' +
        'when a deployment failed or an alarm is on.',
    )
    .requiredOption('--stage <name>', 'a stage of slipway.yaml')
    .option('--model <name>', MODEL_OF_STAGE)
    .option('--config <file>', 'configuration file', 'slipway.yaml')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  slipway status --stage prod')
    .action(async ({ stage: name, model, config: file, json }: StatusFlags) => {
      const config = await loadWithPackages(file);
      const stage = stageNamed(name, config.stages, file, model);
      // the AWS SDK takes a while to load
      const { CloudFormationClient } =
        require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation');
      const { CloudWatchClient } = require('@aws-sdk/client-cloudwatch') as typeof import('@aws-sdk/client-cloudwatch');
      const { SNSClient } = require('@aws-sdk/client-sns') as typeof import('@aws-sdk/client-sns');
      const { stageStatus } = require('../../lib/deployed/status') as typeof import('../../lib/deployed/status');
      process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'; // of later releases than the pinned one
      const { region } = stage;
      const clients = {
        stacks: new CloudFormationClient({ region }),
        alarms: new CloudWatchClient({ region }),
        topics: new SNSClient({ region }),
      };
      const status = await stageStatus(endpointStack(stage), clients);
      if (json) printJson(status);
      else {
        const lines = statusLines(endpointTitle(stage), status, readModelPackage(stage.model).digest);
        for (const line of lines) print(printable(line));
      }
      if (status.failure || status.alarms.length > 0) process.exitCode = 1;
    });
}
