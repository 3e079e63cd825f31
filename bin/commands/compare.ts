import type { Command } from 'commander';
import { compare, held } from '../../lib/comparison/compare';
import { endpointName, endpointTitle } from '../../lib/config/model-place';
import { endpointStack } from '../../lib/config/stack-names';
import { SlipwayError } from '../../lib/model/error';
import { comparisonText } from '../../lib/report';
import * as read from '../arguments';
import { print, printJson } from '../output';
import { loadWithPackages } from '../registry';
import { MODEL_OF_STAGE, stageNamed } from '../stage-named';
import { plannedStage } from '../stage-plan';

interface CompareFlags {
  stage: string;
  model?: string;
  days: number;
  config: string;
  json?: boolean;
}

const DAY_MS = 24 * 3600 * 1000;

export function addCompare(program: Command): void {
  program
    .command('compare')
    .description(
      'Read requests, p99, CPU and memory of a deployed stage from CloudWatch, with your AWS credentials, and put them ' +
        "beside what the plan says of the same load. Then plan again from the CPU time that was measured. Check out the commit that was deployed: it is this folder's plan that is compared.",
    )
    .requiredOption('--stage <name>', 'a stage of slipway.yaml')
    .option('--days <number>', 'how far to look back, at most 63', read.days, 7)
    .option('--model <name>', MODEL_OF_STAGE)
    .option('--config <file>', 'configuration file', 'slipway.yaml')
    .option('--json', 'print the comparison as JSON')
    .addHelpText('after', '\nExample:\n  slipway compare --stage prod --days 14')
    .action(async (flags: CompareFlags) => {
      const config = await loadWithPackages(flags.config);
      const stage = stageNamed(flags.stage, config.stages, flags.config, flags.model);
      if (stage.fleet) {
        throw new SlipwayError(
          'E_USAGE',
          `${endpointTitle(stage)} shares the instances of the fleet ${stage.fleet.name}, whose CPU and memory are of all its models: a comparison is of a model with instances of its own`,
        );
      }
      const { region } = stage;
      const { request, plan } = plannedStage(config, stage);
      // the AWS SDK takes a while to load
      const { clients, observe } =
        require('../../lib/comparison/cloudwatch') as typeof import('../../lib/comparison/cloudwatch');
      const until = new Date();
      const observations = await observe(
        { stack: endpointStack(stage), name: endpointName(stage), region },
        { from: new Date(until.getTime() - flags.days * DAY_MS), until },
        clients(region),
      );
      const comparison = compare(request, plan, observations);
      if (flags.json) printJson(comparison);
      else print(comparisonText(endpointTitle(stage), plan, comparison));
      if (!held(comparison) || comparison.overServiceLevel > 0) process.exitCode = 1;
    });
}
