/** Why a deployed endpoint, or its last deployment, fails: what AWS tells in several places, in one answer. */
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SlipwayError } from '../model/error';
import { type Target, targetsOf } from './instances';
import { type FailedLaunch, failedLaunches } from './launches';
import { lastBoot, logGroupOf } from './logs';
import { isNeverMade } from './protected-rest';
import { type StageStatus, type StatusClients, stageStatus } from './status';

export interface Why {
  readonly status: StageStatus;
  /** Instances as the load balancer sees them. */
  readonly targets: readonly Target[];
  /** What EC2 refused to launch since the stack was changed last, where something is not well. */
  readonly launches: readonly FailedLaunch[];
  /** The end of the log of the newest boot, where an instance is not well. */
  readonly boot?: { readonly stream: string; readonly lines: readonly string[] };
  /** What to do, the likeliest first. */
  readonly steps: readonly string[];
}

export interface WhyClients extends StatusClients {
  readonly logs: Pick<CloudWatchLogsClient, 'send'>;
  readonly balancer: Pick<ElasticLoadBalancingV2Client, 'send'>;
  readonly scaling: Pick<AutoScalingClient, 'send'>;
}

/** What is shown of a boot. */
const BOOT_LINES = 20;

/** Of instances; a function has one of its own. */
const RUNBOOK = 'docs/runbook.md';

/** What to do when the reason of a failure is like this. */
const STEPS: readonly (readonly [reason: RegExp, step: string])[] = [
  [
    /golden rows/i,
    'the answers are not those of the package: run npx slipway verify, and look which column the rows share',
  ],
  [/withdrawn/i, `${RUNBOOK}, "A new package was withdrawn": what the bounds are, and how to try again`],
  [
    /vcpu ?limit|limit ?exceeded|quota/i,
    'the account has reached a limit: ask for more in Service Quotas, or choose other types with instances',
  ],
  [
    /client\.(internalerror|invalidkmskey)/i,
    'the group may not use the key of its volumes: docs/guide/encryption.md has what the policy of the key must say',
  ],
  [
    /insufficient.*capacity/i,
    'AWS has no such instance to give now: deploy again later, or leave the type out with instances.exclude',
  ],
  [
    /not authorized|access ?denied|unauthorized/i,
    'whoever deploys may not do what the reason names: add it to their role',
  ],
  [
    /wait ?condition|signal|timed out/i,
    'no instance became ready in its time: the last lines of its boot, below, say at which step',
  ],
  [
    /the function fails|is not invoked/i,
    'the new version of the function did not start, or ended: slipway logs --errors has what it said',
  ],
];

/** Of a function, which clients reach by its alias, and which has no instances. */
const isFunction = ({ resources }: Pick<StageStatus, 'resources'>) =>
  resources.some(({ type }) => type === 'AWS::Lambda::Alias' || type === 'AWS::Lambda::Version');

/**
 * @param model of a stack that has several. @default - it has one
 * @throws SlipwayError E_AWS when AWS refuses, or the stack is not there
 */
export async function whyOf(stack: string, clients: WhyClients, model?: string): Promise<Why> {
  const status = await stageStatus(stack, clients, model);
  const targets = await targetsOf(stack, status.resources, clients.balancer);
  const unwell = targets.filter(({ state }) => state === 'unhealthy' || state === 'unavailable');
  const gone = targets.length === 0 && !isFunction(status);
  const fails = status.failure !== undefined || unwell.length > 0 || gone;
  const launches =
    fails || status.alarms.length > 0
      ? await failedLaunches(stack, status.resources, clients.scaling, status.changed)
      : [];
  const boot = fails ? await bootOf(stack, clients) : undefined;
  return { status, targets, launches, ...(boot && { boot }), steps: stepsOf(status, unwell, gone, launches) };
}

/** @param gone whether there is no instance where there should be some */
function stepsOf(
  { failure, held, alarms, state, resources }: StageStatus,
  unwell: readonly Target[],
  gone: boolean,
  launches: readonly FailedLaunch[],
): string[] {
  const reasons = [...launches, ...(failure ? [failure] : [])].map(({ reason }) => reason);
  const runbook = isFunction({ resources }) ? 'docs/runbook-function.md' : RUNBOOK;
  const steps = STEPS.flatMap(([like, step]) =>
    reasons.some((reason) => like.test(reason)) ? step.replace(RUNBOOK, runbook) : [],
  );
  if (launches.length > 0) steps.push('docs/runbook.md, "Instances cannot be launched"');
  if (failure && steps.length === 0) steps.push('mend what the reason of the failed resource names, and deploy again');
  if (held !== undefined) steps.push(held);
  // of what was never made there is nobody to look for
  if (gone && !isNeverMade(state))
    steps.push('no instance is behind the load balancer: docs/runbook.md, "No healthy instance"');
  if (unwell.length > 0)
    steps.push('docs/runbook.md, "Instances are missing"; slipway logs --errors has what they logged');
  if (alarms.length > 0) steps.push(`${runbook} has what to do about each alarm that is on`);
  return steps;
}

/** A stack that failed early has no log group yet, which is no reason to say nothing of the rest. */
async function bootOf(stack: string, { stacks, logs }: WhyClients): Promise<Why['boot']> {
  try {
    return await lastBoot(await logGroupOf(stack, stacks), BOOT_LINES, logs);
  } catch (error) {
    if (SlipwayError.is(error)) return undefined;
    throw error;
  }
}
