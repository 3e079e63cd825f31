import type { Command } from 'commander';
import { loadConfig } from '../../lib/config/load';
import { SlipwayError } from '../../lib/model/error';
import { readModelPackage, readProfile } from '../../lib/model/package';
import { planText } from '../../lib/report';
import { sizingPlan } from '../../lib/sizing';
import type { Availability, ServiceLevel } from '../../lib/sizing/service-level';
import * as read from '../arguments';
import { print, printJson } from '../output';

interface PlanFlags {
  rps?: number;
  meanRps?: number;
  rows?: number;
  p99?: number;
  availability?: Availability;
  budget?: number;
  region: string;
  stage?: string;
  config: string;
  json?: boolean;
}

export function addPlan(program: Command): void {
  program
    .command('plan')
    .summary('choose instance type and count, with the whole bill and the reasons')
    .description(
      'Find the cheapest fleet that keeps the service level, from the measured profile and the catalogue of instance\n' +
        'types. Give the service level with options, or --stage to read it from slipway.yaml.',
    )
    .argument('<folder>', 'a model package with a profile')
    .option('--rps <number>', 'peak requests per second', read.positiveNumber)
    .option(
      '--mean-rps <number>',
      'mean requests per second over a day; burstable types are considered only with it',
      read.positiveNumber,
    )
    .option('--rows <number>', 'rows in one request (default: 1)', read.positiveInteger)
    .option('--p99 <duration>', 'latency that 99 of 100 requests must keep, e.g. 40ms', read.duration)
    .option('--availability <kind>', 'what may be lost: single (one VM, recovers), instance, zone', read.availability)
    .option('--budget <amount>', 'most USD per month', read.budget)
    .option('--region <region>', 'AWS region', 'us-east-1')
    .option('--stage <name>', 'take the service level of this stage of slipway.yaml')
    .option('--config <file>', 'configuration file for --stage', 'slipway.yaml')
    .option('--json', 'print the plan as JSON')
    .addHelpText('after', '\nExample:\n  slipway plan models/credit-risk --rps 400 --p99 40ms --availability zone')
    .action((folder: string, flags: PlanFlags, command: Command) => {
      const { serviceLevel, region } = flags.stage ? ofStage(flags, command) : ofFlags(flags);
      const modelPackage = readModelPackage(folder);
      const plan = sizingPlan({
        profile: readProfile(modelPackage),
        manifest: modelPackage.manifest,
        serviceLevel,
        region,
      });
      if (flags.json) printJson(plan);
      else print(planText(plan));
    });
}

function ofFlags(flags: PlanFlags): { serviceLevel: ServiceLevel; region: string } {
  const missing = [
    flags.rps === undefined && '--rps, the peak requests per second, e.g. --rps 400',
    flags.p99 === undefined && '--p99, the latency that 99 of 100 requests must keep, e.g. --p99 40ms',
    flags.availability === undefined && '--availability, what may be lost: single, instance or zone',
  ].filter((line): line is string => line !== false);
  if (missing.length > 0) {
    throw new SlipwayError(
      'E_USAGE',
      'the service level is incomplete (or name a stage of slipway.yaml with --stage)',
      {
        problems: missing.map((line) => `missing ${line}`),
      },
    );
  }
  if ((flags.meanRps ?? 0) > flags.rps!) {
    throw new SlipwayError('E_USAGE', `--mean-rps ${flags.meanRps} is above the peak, --rps ${flags.rps}`);
  }
  return {
    region: flags.region,
    serviceLevel: {
      requestsPerSecond: flags.rps!,
      ...(flags.meanRps !== undefined && { meanRequestsPerSecond: flags.meanRps }),
      rowsPerRequest: flags.rows ?? 1,
      p99Ms: flags.p99!,
      availability: flags.availability!,
      ...(flags.budget !== undefined && { budgetUsdPerMonth: flags.budget }),
    },
  };
}

const SERVICE_LEVEL_FLAGS = ['rps', 'meanRps', 'rows', 'p99', 'availability', 'budget', 'region'] as const;

function ofStage(flags: PlanFlags, command: Command): { serviceLevel: ServiceLevel; region: string } {
  const both = SERVICE_LEVEL_FLAGS.filter((flag) => command.getOptionValueSource(flag) === 'cli');
  if (both.length > 0) {
    const names = both.map((flag) => `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
    throw new SlipwayError(
      'E_USAGE',
      `--stage takes the service level from ${flags.config}; leave out ${names.join(', ')}`,
    );
  }
  const { stages } = loadConfig(flags.config);
  const stage = stages.find((candidate) => candidate.name === flags.stage);
  if (!stage) {
    const known = stages.map((candidate) => candidate.name).join(', ');
    throw new SlipwayError('E_USAGE', `${flags.config} has no stage "${flags.stage}"; it has ${known}`);
  }
  return stage;
}
