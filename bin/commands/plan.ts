import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import type { Command } from 'commander';
import type { SlipwayConfig, StageConfig } from '../../lib/config/config';
import { located } from '../../lib/config/located';
import { endpointTitle, packageKey } from '../../lib/config/model-place';
import { planFunction } from '../../lib/config/plan-function';
import { planStage } from '../../lib/config/plan-stage';
import { stageShadow } from '../../lib/config/stage-shadow';
import { stageVersions } from '../../lib/config/stage-versions';
import { SlipwayError } from '../../lib/model/error';
import { readRegularFile } from '../../lib/model/files/read-file';
import { replaceFile } from '../../lib/model/files/replace-file';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { MIB } from '../../lib/model/units';
import { type Beside, functionText, type OrFunction, orFunctionText, planText } from '../../lib/report';
import { functionPage } from '../../lib/report/function-page';
import { isPlanPage } from '../../lib/report/page';
import { planPage } from '../../lib/report/plan-page';
import {
  BURST_NAMES,
  type BurstName,
  type Bursts,
  DEFAULT_BURSTS,
  DEFAULT_REGION,
  dispersed,
  type FunctionPlan,
  functionCheaperBelow,
  functionPlan,
  inPlaceOfFunction,
  inPlaceOfInstances,
  LONGEST_RECORD,
  recordedBursts,
  type SizingPlan,
  type SizingRequest,
  sizingPlan,
  survey,
} from '../../lib/sizing';
import { type Day, LEAST_MEAN_SHARE, smoothDay } from '../../lib/sizing/service-level/day';
import type { InstanceChoice } from '../../lib/sizing/service-level/restriction';
import type { Availability, ServiceLevel } from '../../lib/sizing/service-level/service-level';
import { loadWithPackages } from '../project/registry';
import { printDifference } from '../stage/plan-difference';
import { plannedModels, printFleets, printModels } from '../stage/plan-models';
import { MODEL_OF_STAGE, stageNamed, stagesNamed } from '../stage/stage-named';
import * as read from '../terminal/arguments';
import { hint, print, printJson, progress, shellWord } from '../terminal/output';

interface PlanFlags {
  rps?: number;
  meanRps?: number;
  bursts?: string;
  rows?: number;
  p99?: number;
  availability?: Availability;
  budget?: number;
  day?: Day | 'smooth';
  risePerMinute?: number;
  requestsPerConnection?: number;
  freeTier?: boolean;
  families?: string[];
  exclude?: string[];
  architecture?: InstanceChoice['architecture'];
  burstable: boolean;
  region: string;
  stage?: string;
  model?: string;
  config: string;
  diff?: string;
  accept?: boolean;
  fleets?: boolean;
  write?: boolean;
  lambda?: boolean;
  html?: string;
  json?: boolean;
}

/** What is planned, and for what. */
interface Question {
  readonly serviceLevel: ServiceLevel;
  readonly region: string;
  /** Folder of the model package. */
  readonly model: string;
  /** Where it is asked. @default - on the command line */
  readonly asked?: { readonly config: SlipwayConfig; readonly stage: StageConfig };
}

export function addPlan(program: Command): void {
  program
    .command('plan')
    .description(
      'Find the cheapest fleet that keeps the service level, from the measured profile and the catalogue of instance ' +
        'types. Give the service level with options, or --stage to read it from slipway.yaml.',
    )
    .argument(
      '[folder]',
      'a model package with a profile (default with --stage or --diff: the one that slipway.yaml names)',
    )
    .option('--rps <number>', 'peak requests per second', read.positiveNumber)
    .option(
      '--mean-rps <number>',
      'mean requests per second over a day, if it is known: what depends on traffic is then billed by it',
      read.positiveNumber,
    )
    .option(
      '--day <hours>',
      'how the rate goes over a day, so that the fleet may follow it: the requests of 24 hours with commas, in any unit, ' +
        'or smooth, a wave from --mean-rps to --rps',
      read.day,
    )
    .option(
      '--rise-per-minute <number>',
      'requests/s more in a minute, at the steepest (default: that of --day)',
      read.positiveNumber,
    )
    .option(
      '--bursts <kind>',
      `how requests come: ${BURST_NAMES.join(', ')}, an index of dispersion, or a file with the requests of each second ` +
        `or an access log of a load balancer (default: ${DEFAULT_BURSTS})`,
    )
    .option('--rows <number>', 'rows in one request (default: 1)', read.positiveInteger)
    .option('--p99 <duration>', 'latency that 99 of 100 requests must keep, e.g. 40ms', read.duration)
    .option('--availability <kind>', 'what may be lost: single (one VM), instance, zone', read.availability)
    .option('--budget <amount>', 'most USD per month', read.budget)
    .option(
      '--requests-per-connection <number>',
      'requests that a client sends over one connection (default: 10): each new one is a TLS handshake, which is billed',
      read.requestsPerConnection,
    )
    .option('--free-tier', 'take the free tier of an account off the bill: nothing else of the account uses it')
    .option('--families <names>', 'only these families or types, e.g. c7g,m7g', read.instanceNames)
    .option('--exclude <names>', 'not these families or types, e.g. t3a,c8a.large', read.instanceNames)
    .option('--architecture <name>', 'only x86_64, or only arm64', read.architecture)
    .option('--no-burstable', 'no types whose processor is theirs for a part of the time alone (t, -flex)')
    .option('--region <region>', 'AWS region', read.region, DEFAULT_REGION)
    .option('--stage <name>', 'take the service level of this stage of slipway.yaml')
    .option('--model <name>', `${MODEL_OF_STAGE} (default: all of them, and what they share)`)
    .option('--fleets', 'with --stage: which models would best share instances, as lines for slipway.yaml')
    .option('--write', 'with --fleets: put the lines into slipway.yaml, and leave all else in it as it is')
    .option(
      '--lambda',
      'plan a function of AWS Lambda behind an HTTP API in place of instances, and what those would cost',
    )
    .option('--diff <commit>', 'compare the plans of all stages with those of a branch, tag or commit, as Markdown')
    .option('--accept', 'with --diff: changes that no deployment makes to a running stage are known, and do not fail')
    .option('--config <file>', 'configuration file for --stage and --diff', 'slipway.yaml')
    .option('--html <file>', 'write a page with the candidates, the load curve and the bill too; it needs no network')
    .option('--json', 'print the plan as JSON')
    .addHelpText(
      'after',
      `
Examples:
  slipway plan models/credit-risk --rps 400 --p99 40ms --availability zone
  slipway plan --stage prod --html plan.html
  slipway plan --diff main`,
    )
    .action(async (folder: string | undefined, flags: PlanFlags, command: Command) => {
      checkFleets(flags, folder);
      checkLambda(flags);
      if (flags.diff !== undefined) {
        if (folder !== undefined) {
          throw new SlipwayError('E_USAGE', `--diff takes the model from ${flags.config}; leave out ${folder}`);
        }
        if (flags.html !== undefined) throw new SlipwayError('E_USAGE', '--diff and --html do not go together');
        refuseServiceLevel('--diff', flags, command);
        await printDifference(flags.diff, flags);
        hint("npx slipway runtime && npx cdk diff '*/*', which shows what changes in the templates");
        return;
      }
      if (flags.model !== undefined && flags.stage === undefined) {
        throw new SlipwayError('E_USAGE', '--model goes with --stage');
      }
      if (flags.stage !== undefined && flags.model === undefined && folder === undefined) {
        const config = await loadWithPackages(flags.config);
        const endpoints = stagesNamed(flags.stage, config.stages, flags.config);
        if (endpoints[0]!.place) {
          if (flags.lambda) throw new SlipwayError('E_USAGE', '--lambda plans one model: say which with --model');
          refuseServiceLevel('--stage', flags, command);
          if (flags.html !== undefined) {
            throw new SlipwayError('E_USAGE', '--html is the page of one model: say which with --model');
          }
          const { fleets, write, json = false } = flags;
          if (fleets) printFleets(config, endpoints, { json, ...(write && { file: flags.config }) });
          else printModels(config, endpoints, json);
          const { name } = endpoints[0]!;
          if (fleets) hint(`npx slipway plan --stage ${name}${write ? '' : ' --fleets --write'}`);
          else hint(deploying(name));
          return;
        }
        if (flags.fleets)
          throw new SlipwayError('E_USAGE', `--fleets is for several models, and ${flags.config} has one`);
      }
      const { serviceLevel, region, model, asked } = flags.stage
        ? await ofStage(flags, command)
        : ofFlags(flags, folder);
      if (asked?.stage.fleet && folder === undefined) {
        printMember(asked.config, asked.stage, flags);
        hint(deploying(asked.stage.name));
        return;
      }
      const read = () => readModelPackage(folder ?? model);
      const modelPackage =
        asked && folder === undefined ? located(asked.config, packageKey(asked.stage), read) : read();
      const { manifest } = modelPackage;
      const shadow = asked && stageShadow(asked.config, asked.stage, manifest);
      const profile = readProfile(modelPackage);
      const versions = asked && stageVersions(asked.config, asked.stage, { manifest, profile });
      const request = { profile, manifest, serviceLevel, region, shadow, versions };
      const title = asked ? `${manifest.name}, ${endpointTitle(asked.stage)}` : manifest.name;
      if (asked?.stage.compute === 'lambda') {
        tellFunction(title, request, planFunction(asked.config, asked.stage, request), flags);
        hint(`npx cdk deploy '${asked.stage.name}/*'`);
        return;
      }
      if (flags.lambda) {
        tellFunction(title, request, functionPlan(request), flags);
        hint(`npx slipway bundle function --lambda ${shellWord(folder ?? relative('.', model))}`);
        return;
      }
      const plan = asked ? planStage(asked.config, asked.stage, request) : sizingPlan(request);
      if (flags.html !== undefined) writePage(flags.html, planPage(title, plan, survey(request)));
      if (flags.json) printJson(plan);
      else print(planText(plan, orFunction(request, plan)));
      hint(asked ? deploying(asked.stage.name) : `npx slipway serve ${shellWord(folder ?? model)}`);
    });
}

const deploying = (stage: string) => `npx slipway runtime && npx cdk deploy '${stage}/*'`;

function checkFleets({ fleets, write, stage, model, diff }: PlanFlags, folder: string | undefined): void {
  if (write && !fleets) throw new SlipwayError('E_USAGE', '--write goes with --fleets');
  if (!fleets) return;
  if (stage === undefined) throw new SlipwayError('E_USAGE', '--fleets goes with --stage');
  const odd = [model !== undefined && '--model', diff !== undefined && '--diff', folder !== undefined && folder];
  const named = odd.filter((one) => one !== false);
  if (named.length > 0)
    throw new SlipwayError('E_USAGE', `--fleets is of all models of a stage; leave out ${named.join(', ')}`);
}

function checkLambda({ lambda, diff, fleets }: PlanFlags): void {
  if (!lambda) return;
  const odd = [diff !== undefined && '--diff', fleets && '--fleets'];
  const named = odd.filter((one) => typeof one === 'string');
  if (named.length > 0)
    throw new SlipwayError('E_USAGE', `--lambda plans a function alone; leave out ${named.join(', ')}`);
}

/** What a function would cost in place of instances; undefined where the stage has what no function has. */
function orFunction(request: SizingRequest, plan: SizingPlan): string | undefined {
  const beside = ((): OrFunction | undefined => {
    try {
      const asked = inPlaceOfInstances(request);
      const found = functionPlan(asked);
      return { plan: found, cheaperBelow: functionCheaperBelow(asked, found, plan.choice.usdPerMonth) };
    } catch (error) {
      if (!SlipwayError.is(error)) throw error;
      return error.code === 'E_INFEASIBLE'
        ? { refused: error.message.replace(/; serve it on instances$/, '') }
        : undefined;
    }
  })();
  return beside && orFunctionText(beside, plan);
}

function tellFunction(title: string, request: SizingRequest, plan: FunctionPlan, { html, json }: PlanFlags): void {
  const beside = json && html === undefined ? undefined : instancesBeside(request, plan);
  if (html !== undefined) writePage(html, functionPage(title, plan, beside));
  if (json) printJson(plan);
  else print(functionText(plan, beside));
}

/** Instances in place of a function; undefined where none keep the service level. */
function instancesBeside(request: SizingRequest, plan: FunctionPlan): Beside | undefined {
  try {
    const instances = sizingPlan(inPlaceOfFunction(request));
    const { usdPerMonth } = instances.choice;
    return { plan: instances, cheaperBelow: functionCheaperBelow(request, plan, usdPerMonth) };
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_INFEASIBLE') throw error;
    return undefined;
  }
}

/** The part of one model in the plan of its fleet. */
function printMember(config: SlipwayConfig, { name, place, fleet }: StageConfig, flags: PlanFlags): void {
  if (flags.html !== undefined) {
    throw new SlipwayError(
      'E_USAGE',
      `--html is the page of instances that a model has for itself, and ${place!.name} runs on fleet ${fleet!.name}`,
    );
  }
  const members = config.stages.filter((stage) => stage.name === name && stage.fleet === fleet);
  const [group] = plannedModels(config, members);
  const { plan } = group!.endpoints.find(({ stage }) => stage.place!.name === place!.name)!;
  if (flags.json) printJson(plan);
  else print(planText(plan));
}

/** Bytes of a page at most. */
const LONGEST_PAGE = 64 * MIB;

/** A page that was written before is replaced, and nothing else: the name may be a slip. */
function writePage(file: string, page: string): void {
  if (existsSync(file) && !isPlanPage(readRegularFile(file, LONGEST_PAGE))) {
    throw new SlipwayError('E_FILE', `${file}: is there and is no page of "plan --html"; name another file`);
  }
  replaceFile(file, page);
  progress(`wrote ${file}`);
}

/** @param kind a name, a number, or a file */
function burstsOf(kind: string): BurstName | Bursts {
  const name = BURST_NAMES.find((known) => known === kind);
  if (name) return name;
  return Number.isNaN(Number(kind || 'none'))
    ? recordedBursts(readRegularFile(kind, LONGEST_RECORD), kind)
    : dispersed(Number(kind));
}

function ofFlags(flags: PlanFlags, folder: string | undefined): Question {
  const missing = [
    folder === undefined && 'the folder of a model package, e.g. models/credit-risk',
    flags.rps === undefined && '--rps, the peak requests per second, e.g. --rps 400',
    flags.p99 === undefined && '--p99, the latency that 99 of 100 requests must keep, e.g. --p99 40ms',
    flags.availability === undefined && !flags.lambda && '--availability, what may be lost: single, instance or zone',
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
  const day = dayOfFlags(flags);
  return {
    model: folder!,
    region: flags.region,
    serviceLevel: {
      requestsPerSecond: flags.rps!,
      ...(day ? { day } : flags.meanRps !== undefined && { meanRequestsPerSecond: flags.meanRps }),
      ...(flags.risePerMinute !== undefined && { risePerMinute: flags.risePerMinute }),
      ...(flags.bursts !== undefined && { bursts: burstsOf(flags.bursts) }),
      rowsPerRequest: flags.rows ?? 1,
      p99Ms: flags.p99!,
      availability: flags.availability ?? 'single', // of the instances that a function is held against
      ...(flags.budget !== undefined && { budgetUsdPerMonth: flags.budget }),
      ...(flags.requestsPerConnection !== undefined && { requestsPerConnection: flags.requestsPerConnection }),
      ...(flags.freeTier && { freeTier: true }),
      ...(choiceOf(flags) && { instances: choiceOf(flags) }),
    },
  };
}

function dayOfFlags({ day, risePerMinute: rise, rps, meanRps }: PlanFlags): Day | undefined {
  const odd = (text: string) => new SlipwayError('E_USAGE', text);
  if (day === undefined && rise !== undefined) throw odd('--rise-per-minute needs --day: without it no fleet grows');
  if (day !== 'smooth') {
    if (day && meanRps !== undefined) throw odd('--mean-rps follows from the hours of --day; leave one of both out');
    return day;
  }
  if (meanRps === undefined) throw odd('--day smooth needs --mean-rps: it is a wave from mean and peak');
  if (meanRps / rps! < LEAST_MEAN_SHARE) {
    throw odd(
      `--day smooth is a wave, and the mean is below ${100 * LEAST_MEAN_SHARE} % of the peak; give the 24 hours`,
    );
  }
  return smoothDay(meanRps / rps!);
}

/** Which types the options allow; undefined where they say nothing. */
function choiceOf({ families, exclude, architecture, burstable }: PlanFlags): InstanceChoice | undefined {
  const choice: InstanceChoice = {
    ...(families && { families }),
    ...(exclude && { exclude }),
    ...(architecture && { architecture }),
    ...(!burstable && { burstable }),
  };
  return Object.keys(choice).length > 0 ? choice : undefined;
}

const SERVICE_LEVEL_FLAGS = [
  'rps',
  'meanRps',
  'day',
  'risePerMinute',
  'bursts',
  'rows',
  'p99',
  'availability',
  'budget',
  'requestsPerConnection',
  'freeTier',
  'families',
  'exclude',
  'architecture',
  'burstable',
  'region',
] as const;

function refuseServiceLevel(option: string, flags: PlanFlags, command: Command): void {
  const both = SERVICE_LEVEL_FLAGS.filter((flag) => command.getOptionValueSource(flag) === 'cli');
  if (both.length === 0) return;
  const names = both.map(
    (flag) => `--${flag === 'burstable' ? 'no-' : ''}${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  );
  throw new SlipwayError(
    'E_USAGE',
    `${option} takes the service level from ${flags.config}; leave out ${names.join(', ')}`,
  );
}

async function ofStage(flags: PlanFlags, command: Command): Promise<Question> {
  refuseServiceLevel('--stage', flags, command);
  const config = await loadWithPackages(flags.config);
  const stage = stageNamed(flags.stage!, config.stages, flags.config, flags.model);
  return { ...stage, asked: { config, stage } };
}
