import type { Command } from 'commander';
import { compare, held } from '../../lib/comparison/compare';
import { located } from '../../lib/config/located';
import { endpointName, endpointTitle, packageKey } from '../../lib/config/model-place';
import { planStage } from '../../lib/config/plan-stage';
import { endpointStack } from '../../lib/config/stack-names';
import { stageShadow } from '../../lib/config/stage-shadow';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { comparisonText } from '../../lib/report';
import * as read from '../arguments';
import { print, printJson } from '../output';
import { loadWithPackages } from '../registry';
import { MODEL_OF_STAGE, stageNamed } from '../stage-named';

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
      'Read requests, p99, CPU and memory of a deployed stage from CloudWatch, with your AWS credentials, and put them\n' +
        "beside what the plan says of the same load. Then plan again from the CPU time that was measured.\nCheck out the commit that was deployed: it is this folder's plan that is compared.",
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
      const { region, serviceLevel } = stage;
      const modelPackage = located(config, packageKey(stage), () => readModelPackage(stage.model));
      const { manifest } = modelPackage;
      const shadow = stageShadow(config, stage, manifest);
      const request = { profile: readProfile(modelPackage), manifest, serviceLevel, region, shadow };
      const plan = planStage(config, stage, request);
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
