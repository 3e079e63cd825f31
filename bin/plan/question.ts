/** What `slipway plan` is asked: a service level of its options, or that of a stage. */
import type { Command } from 'commander';
import type { SlipwayConfig, StageConfig } from '../../lib/config/config';
import { SlipwayError } from '../../lib/model/error';
import { readRegularFile } from '../../lib/model/files/read-file';
import { BURST_NAMES, type BurstName, type Bursts, dispersed, LONGEST_RECORD, recordedBursts } from '../../lib/sizing';
import { type Day, LEAST_MEAN_SHARE, smoothDay } from '../../lib/sizing/service-level/day';
import type { InstanceChoice } from '../../lib/sizing/service-level/restriction';
import type { ServiceLevel } from '../../lib/sizing/service-level/service-level';
import { loadWithPackages } from '../project/registry';
import { stageNamed } from '../stage/stage-named';
import { type PlanFlags, refuseServiceLevel } from './flags';

/** What is planned, and for what. */
export interface Question {
  readonly serviceLevel: ServiceLevel;
  readonly region: string;
  /** Folder of the model package. */
  readonly model: string;
  /** Where it is asked. @default - on the command line */
  readonly asked?: { readonly config: SlipwayConfig; readonly stage: StageConfig };
}

/** @param kind a name, a number, or a file */
function burstsOf(kind: string): BurstName | Bursts {
  const name = BURST_NAMES.find((known) => known === kind);
  if (name) return name;
  return Number.isNaN(Number(kind || 'none'))
    ? recordedBursts(readRegularFile(kind, LONGEST_RECORD), kind)
    : dispersed(Number(kind));
}

export function ofFlags(flags: PlanFlags, folder: string | undefined): Question {
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
      ...(flags.balancerNodes !== undefined && { balancerNodes: flags.balancerNodes }),
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

export async function ofStage(flags: PlanFlags, command: Command): Promise<Question> {
  refuseServiceLevel('--stage', flags, command);
  const config = await loadWithPackages(flags.config);
  const stage = stageNamed(flags.stage!, config.stages, flags.config, flags.model);
  return { ...stage, asked: { config, stage } };
}
