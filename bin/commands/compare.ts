import type { Command } from 'commander';
import { compare, held } from '../../lib/comparison/compare';
import { endpointName, endpointTitle } from '../../lib/config/model-place';
import { endpointStack } from '../../lib/config/stack-names';
import { SlipwayError } from '../../lib/model/error';
import { DEFAULT_SHADOW } from '../../lib/model/instance/handler-settings';
import { readModelPackage } from '../../lib/model/package/model-package';
import { modelDifference } from '../../lib/model-difference/model-difference';
import { comparisonText, modelDifferenceText } from '../../lib/report';
import { loadWithPackages } from '../project/registry';
import { MODEL_OF_STAGE, stageNamed } from '../stage/stage-named';
import { plannedStage } from '../stage/stage-plan';
import * as read from '../terminal/arguments';
import { DATA, type DataFlags, TARGET, TOLERANCE } from '../terminal/data-options';
import { print, printJson } from '../terminal/output';

interface CompareFlags extends DataFlags {
  stage?: string;
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
      'Hold two model packages against each other, or a deployed stage against its plan.\n\n' +
        'Packages: what their signatures say, how far their answers agree on golden rows and on data of yours, and which of ' +
        'them is right more often where the data has the truth. As Markdown.\n\n' +
        'A stage: read requests, p99, CPU and memory of a deployed stage from CloudWatch, with your AWS credentials, and put them ' +
        'beside what the plan says of the same load. Then plan again from the CPU time that was measured. Check out the ' +
        "commit that was deployed: it is this folder's plan that is compared.",
    )
    .argument('[packages...]', 'the package before and the one after, e.g. models/credit-risk build/credit-risk')
    .option('--stage <name>', 'a stage of slipway.yaml')
    .option('--days <number>', 'how far to look back, at most 63', read.days, 7)
    .option('--model <name>', MODEL_OF_STAGE)
    .option('--config <file>', 'configuration file', 'slipway.yaml')
    .option('--data <file>', DATA)
    .option('--target <column>', TARGET)
    .option('--tolerance <percent>', TOLERANCE, read.percent, DEFAULT_SHADOW.tolerance)
    .option('--json', 'print the comparison as JSON')
    .addHelpText(
      'after',
      `
Examples:
  slipway compare models/credit-risk build/credit-risk --data held-out.csv
  slipway compare --stage prod --days 14`,
    )
    .action(async (packages: string[], flags: CompareFlags) => {
      if (packages.length > 0) return comparePackages(packages, flags);
      if (flags.stage === undefined) {
        throw new SlipwayError('E_USAGE', 'name two model packages, or a deployed stage with --stage');
      }
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

async function comparePackages(packages: readonly string[], flags: CompareFlags): Promise<void> {
  if (flags.stage !== undefined) {
    throw new SlipwayError('E_USAGE', `--stage is of a deployed stage; leave out ${packages.join(', ')}`);
  }
  const [before, after, ...more] = packages;
  if (after === undefined || more.length > 0) {
    throw new SlipwayError(
      'E_USAGE',
      `name two model packages, the one before and the one after; got ${packages.length}`,
    );
  }
  const [base, head] = [before!, after].map(readModelPackage);
  const difference = await modelDifference(base, head!, flags);
  if (flags.json) printJson(difference);
  else print(`${modelDifferenceText(head!.manifest.name, difference)}\n`);
  if (difference.head.goldenDiffering) process.exitCode = 1;
}
