import { relative } from 'node:path';
import type { Command } from 'commander';
import type { SlipwayConfig, StageConfig } from '../../lib/config/config';
import { located } from '../../lib/config/located';
import { endpointTitle, packageKey } from '../../lib/config/model-place';
import { planFunction } from '../../lib/config/plan-function';
import { decided, planStage } from '../../lib/config/plan-stage';
import { stageShadow } from '../../lib/config/stage-shadow';
import { stageVersions } from '../../lib/config/stage-versions';
import { SlipwayError } from '../../lib/model/error';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { planText } from '../../lib/report';
import { planPage } from '../../lib/report/plan-page';
import { BURST_NAMES, DEFAULT_BURSTS, DEFAULT_REGION, functionPlan, sizingPlan, survey } from '../../lib/sizing';
import { checkFleets, checkLambda, type PlanFlags, refuseServiceLevel } from '../plan/flags';
import { notAFunction, orFunction, tellFunction } from '../plan/function';
import { writePage } from '../plan/page';
import { ofFlags, ofStage } from '../plan/question';
import { loadWithPackages } from '../project/registry';
import { printDifference } from '../stage/plan-difference';
import { plannedModels, printFleets, printModels } from '../stage/plan-models';
import { MODEL_OF_STAGE, stagesNamed } from '../stage/stage-named';
import * as read from '../terminal/arguments';
import { hint, print, printJson } from '../terminal/output';
import { shellWord } from '../terminal/shell-word';

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
    .option(
      '--balancer-nodes <number>',
      'nodes that the load balancer has at the most, each with its own count of requests (default: as if it chose at random)',
      read.balancerNodes,
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
      const question = flags.stage ? await ofStage(flags, command) : ofFlags(flags, folder);
      const { region, model } = question;
      let { serviceLevel, asked } = question;
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
      const undecided = asked?.stage.orFunction;
      if (asked && undecided) {
        asked = { ...asked, stage: decided(asked.config, asked.stage, { profile, manifest, shadow, versions }) };
        serviceLevel = asked.stage.serviceLevel;
      }
      const zones = asked?.stage.zones;
      const request = { profile, manifest, serviceLevel, region, zones, shadow, versions };
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
      else print(planText(plan, notAFunction(undecided) ?? orFunction(request, plan)));
      hint(asked ? deploying(asked.stage.name) : `npx slipway serve ${shellWord(folder ?? model)}`);
    });
}

const deploying = (stage: string) => `npx slipway runtime && npx cdk deploy '${stage}/*'`;

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
