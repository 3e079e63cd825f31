/** The options of `slipway plan`, and which of them go together. */
import type { Command } from 'commander';
import { SlipwayError } from '../../lib/model/error';
import type { Day } from '../../lib/sizing/service-level/day';
import type { InstanceChoice } from '../../lib/sizing/service-level/restriction';
import type { Availability } from '../../lib/sizing/service-level/service-level';

export interface PlanFlags {
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
  balancerNodes?: number;
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

export function checkFleets({ fleets, write, stage, model, diff }: PlanFlags, folder: string | undefined): void {
  if (write && !fleets) throw new SlipwayError('E_USAGE', '--write goes with --fleets');
  if (!fleets) return;
  if (stage === undefined) throw new SlipwayError('E_USAGE', '--fleets goes with --stage');
  const odd = [model !== undefined && '--model', diff !== undefined && '--diff', folder !== undefined && folder];
  const named = odd.filter((one) => one !== false);
  if (named.length > 0)
    throw new SlipwayError('E_USAGE', `--fleets is of all models of a stage; leave out ${named.join(', ')}`);
}

export function checkLambda({ lambda, diff, fleets }: PlanFlags): void {
  if (!lambda) return;
  const odd = [diff !== undefined && '--diff', fleets && '--fleets'];
  const named = odd.filter((one) => typeof one === 'string');
  if (named.length > 0)
    throw new SlipwayError('E_USAGE', `--lambda plans a function alone; leave out ${named.join(', ')}`);
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
  'balancerNodes',
  'freeTier',
  'families',
  'exclude',
  'architecture',
  'burstable',
  'region',
] as const;

/** @param option by which slipway.yaml says the service level */
export function refuseServiceLevel(option: string, flags: PlanFlags, command: Command): void {
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
