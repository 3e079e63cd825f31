/**
 * What becomes of a canary: the next step from what is seen of it. Pure; `canary.ts` sees and acts.
 *
 * raise -> the small group has as many healthy instances as its share takes
 * replay -> golden rows hold, sent to the small group alone
 * watch -> it has its share of the requests for as long as was asked, share after share
 * done -> it goes on serving its last share until the main group is new
 */
import type { CanarySteps } from '../../lib/model/stage/deployment';
import { SETTLE_SECONDS } from '../../lib/model/stage/rollout';

/** Where a canary is; what one run of the function hands to the next. */
export interface CanaryState {
  /** `skipped`: there is nothing that it could be held against. */
  readonly phase: 'raise' | 'watch' | 'done' | 'skipped';
  /** Index of the share. */
  readonly step: number;
  /** When the phase began, milliseconds of the epoch. */
  readonly since: number;
  /** When golden rows were last sent. */
  readonly replayedAt?: number;
}

/** Requests of one variant, by the minute. */
export interface Minute {
  /** That clients sent: those that an instance answered, and those that the load balancer had to answer for it. */
  readonly requests: number;
  /** Of them: answers 5xx, and connections to an instance that failed. */
  readonly errors: number;
  /** Undefined where there was no request. */
  readonly p99Ms?: number;
}

/** Requests of a model by both groups. */
export interface Traffic {
  /** Which of the models of a fleet it is, and its longest p99. @default - there is one */
  readonly of?: { readonly member: string; readonly p99Ms: number };
  readonly main: readonly Minute[];
  readonly canary: readonly Minute[];
}

export interface Seen {
  readonly now: number;
  /** Whether the stack is being changed, and not changed back. */
  readonly forward: boolean;
  /** The main group. */
  readonly main: { readonly healthy: number; readonly desired: number };
  readonly canary: { readonly healthy: number; readonly desired: number; readonly maximum: number };
  /** Of each model, since the share has been given; only while watching. */
  readonly traffic?: readonly Traffic[];
  /** Share of the answers in which a shadow differed, 0 to 1. @default - there is no shadow, or it has compared too little */
  readonly changed?: number;
}

export type Step =
  | { readonly kind: 'resize'; readonly instances: number }
  /** Send the golden rows; if they hold, go on with this state and share. */
  | { readonly kind: 'replay'; readonly state: CanaryState; readonly share: number }
  | { readonly kind: 'wait' }
  | { readonly kind: 'done'; readonly state: CanaryState }
  | { readonly kind: 'withdraw'; readonly reason: string };

/** Metrics come minutes late: a share is judged when those of its last minute are there. */
export const SETTLE_MS = SETTLE_SECONDS * 1000;
/** Golden rows are sent so often while the canary is watched: a stage without traffic is judged by them. */
const REPLAY_MS = 60_000;

/** Errors of the canary that are too many: so many, and such a share, and twice that of the main group. */
export const LEAST_ERRORS = 3;
export const MOST_ERROR_SHARE = 0.01;
/** A minute tells of p99 with so many requests. */
export const LEAST_REQUESTS = 20;
/** A median needs so many minutes that tell. */
const LEAST_MINUTES = 3;
/** So much slower than the main group at the same time it may be, where both are beyond the plan. */
export const MOST_SLOWER = 1.25;

export function begin(now: number): CanaryState {
  return { phase: 'raise', step: 0, since: now };
}

/** Instances that carry a share of what the main group carries. */
export function instancesFor(share: number, main: number, maximum: number): number {
  return Math.min(maximum, Math.max(1, Math.ceil((share / 100) * main)));
}

/** @param p99Ms longest p99 of the plan */
export function decide(state: CanaryState, seen: Seen, settings: CanarySteps, p99Ms: number): Step {
  const { now, main, canary } = seen;
  if (!seen.forward) return { kind: 'withdraw', reason: 'the stack is being changed back' };
  if (state.phase === 'done' || state.phase === 'skipped') return { kind: 'done', state };
  const share = settings.shares[state.step]!;
  const wanted = instancesFor(share, Math.max(main.desired, main.healthy), canary.maximum);
  for (const traffic of seen.traffic ?? []) {
    const { member, p99Ms: longest } = { p99Ms, member: undefined, ...traffic.of };
    const fault = trafficFault(traffic, longest);
    if (fault === undefined) continue;
    const whose = member === undefined ? '' : `${member}: `;
    return { kind: 'withdraw', reason: `${whose}${fault} at ${shareGiven(state, settings)} % of the requests` };
  }
  if (state.phase === 'raise') {
    // a first deployment, and one to an endpoint that is down: new instances can only be better
    if (main.healthy === 0 && state.step === 0 && canary.desired === 0) {
      return { kind: 'done', state: { ...state, phase: 'skipped' } };
    }
    if (canary.desired < wanted) return { kind: 'resize', instances: wanted };
    if (canary.healthy >= canary.desired) {
      return { kind: 'replay', share, state: { ...state, phase: 'watch', since: now, replayedAt: now } };
    }
    if (now - state.since <= settings.bootSeconds * 1000) return { kind: 'wait' };
    const { healthy, desired } = canary;
    return {
      kind: 'withdraw',
      reason: `${healthy} of its ${desired} instances were healthy after ${settings.bootSeconds} s; their logs say why`,
    };
  }
  const fault = otherFault(seen, settings);
  if (fault !== undefined) return { kind: 'withdraw', reason: `${fault} at ${share} % of the requests` };
  if (now - (state.replayedAt ?? 0) >= REPLAY_MS) {
    return { kind: 'replay', share, state: { ...state, replayedAt: now } };
  }
  if (now - state.since < settings.holdSeconds * 1000 + SETTLE_MS) return { kind: 'wait' };
  if (state.step + 1 === settings.shares.length)
    return { kind: 'done', state: { ...state, phase: 'done', since: now } };
  const next = settings.shares[state.step + 1]!;
  const more = instancesFor(next, Math.max(main.desired, main.healthy), canary.maximum);
  const raising: CanaryState = { phase: 'raise', step: state.step + 1, since: now };
  return canary.desired < more
    ? { kind: 'replay', share, state: raising } // its share stays until there are instances for the next
    : { kind: 'replay', share: next, state: { ...raising, phase: 'watch', replayedAt: now } };
}

/** While it is raised for a share, it has the one before. */
function shareGiven({ phase, step }: CanaryState, { shares }: CanarySteps): number {
  return (phase === 'raise' ? shares[step - 1] : shares[step]) ?? 0;
}

/** What is wrong with its answers to clients. */
function trafficFault({ main, canary }: Traffic, p99Ms: number): string | undefined {
  const [mine, theirs] = [sum(canary), sum(main)];
  const most = Math.max(MOST_ERROR_SHARE, 2 * shareOf(theirs));
  if (mine.errors >= LEAST_ERRORS && shareOf(mine) > most) {
    return `${mine.errors} of ${mine.requests} requests failed, more than ${percent(most)} (${theirs.errors} of ${theirs.requests} of the others)`;
  }
  const [slow, usual] = [medianP99(canary), medianP99(main)];
  const longest = Math.max(p99Ms, MOST_SLOWER * (usual ?? 0));
  if (slow === undefined || slow <= longest) return undefined;
  const others = usual === undefined ? '' : ` (${usual.toFixed(1)} ms of the others)`;
  return `p99 was ${slow.toFixed(1)} ms, more than ${longest.toFixed(1)} ms${others}`;
}

function otherFault({ main, canary, changed }: Seen, { mostChanged }: CanarySteps): string | undefined {
  if (canary.healthy < canary.desired) {
    return `${canary.desired - canary.healthy} of its ${canary.desired} instances were not healthy (${main.healthy} of the others were)`;
  }
  if (changed === undefined || mostChanged === undefined || changed <= mostChanged) return undefined;
  return `${percent(changed)} of the answers differed from those of the shadow, more than ${percent(mostChanged)},`;
}

function sum(minutes: readonly Minute[]): { requests: number; errors: number } {
  const total = (of: (minute: Minute) => number) => minutes.reduce((all, minute) => all + of(minute), 0);
  return { requests: total(({ requests }) => requests), errors: total(({ errors }) => errors) };
}

const shareOf = ({ requests, errors }: { requests: number; errors: number }) => (errors === 0 ? 0 : errors / requests);

const percent = (share: number) => `${Number((100 * share).toFixed(2))} %`;

/** Of the minutes that have requests enough: one slow request, or one slow minute, decides nothing. */
function medianP99(minutes: readonly Minute[]): number | undefined {
  const telling = minutes
    .filter(({ requests, p99Ms }) => requests >= LEAST_REQUESTS && p99Ms !== undefined)
    .map(({ p99Ms }) => p99Ms!)
    .sort((a, b) => a - b);
  return telling.length < LEAST_MINUTES ? undefined : telling[Math.floor((telling.length - 1) / 2)];
}
