/** Canaries as the function judges them that is deployed: bad ones are withdrawn, each for its reason; a good one stays. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type ModelPackage, readProfile } from '../../lib/model/package/model-package';
import { WITHDRAWN_METRIC } from '../../lib/model/stage/deployment';
import { sizingPlan } from '../../lib/sizing';
import { shiftedPackage } from '../../testing/shifted-package';
import type { Logged } from '../boot/aws/services';
import { type Deployment, synthesise } from '../boot/deployment';
import { withWrongGoldenRow } from '../boot/stages';
import type { Booting } from '../boot/world';
import { changeModel } from '../deploy/changed-model';
import type { Report } from '../report';
import { withFaultyHandler } from './faulty-handler';
import type { Fleet } from './fleet';
import { type RolledOut, type RolloutOptions, rollOut } from './rollout';
import { SPEED } from './rollout-account';

/** The shortest that slipway.yaml allows; see `lib/config/rollout.ts`. */
const ROLLOUT = { shares: [5], holdSeconds: 180, mostChanged: 0.02 } as const;

/** How far chance may take the part of the requests from its share: four deviations of 4,000 requests. */
export const SHARE = { least: 3.6, most: 6.4 };

/** The slow one stands still again and again, as under a garbage collector that has too little memory. */
const STILL_MS = 2500;
const GOING_MS = 1500;
/** Moves the score of most rows by more than a hundredth of a probability. */
const SHIFT = 5;
/** Between two deaths of one that crashes: systemd starts it anew after two seconds. */
const CRASH_MS = 2500;

/** What a canary may be, with the model packages that are made for it. */
export interface Candidates {
  /** The same model in a package of other digests, whose answers are known. */
  readonly good: Deployment;
  /** The same, beside a shadow that answers otherwise. */
  readonly shadowed: Deployment;
  /** A package with a golden row that does not hold. */
  readonly wrong: ModelPackage;
}

/** @param folder for packages and cloud assemblies */
export function candidatesOf({ stage, model, plan }: Deployment, folder: string): Candidates {
  const at = (name: string) => join(folder, name);
  const good = changeModel(model.directory, at('good'), 2);
  const serviceLevel = { ...stage.serviceLevel, rollout: ROLLOUT };
  const next = { ...stage, serviceLevel, endpoint: { ...stage.endpoint, rollout: ROLLOUT } };
  const shifted = shiftedPackage(model.directory, at('shifted'), { by: SHIFT });
  const shadow = { model: shifted, share: 1 };
  const shadowed = sizingPlan({
    profile: readProfile(model),
    manifest: model.manifest,
    serviceLevel,
    region: stage.region,
    shadow: { profile: readProfile(shifted), manifest: shifted.manifest, share: shadow.share },
  });
  const choice = { ...shadowed.choice, architecture: plan.choice.architecture }; // the processor that there is
  const named = (name: string) => ({ ...next, name, domain: { ...next.domain, name: `${name}.${next.domain.name}` } });
  const made = synthesise(
    [
      { stage: named('good'), model: good, plan: { ...plan, serviceLevel } },
      { stage: named('shadowed'), model: good, plan: { ...shadowed, choice }, shadow },
    ],
    at('candidates.out'),
  );
  return { good: made[0]!, shadowed: made[1]!, wrong: withWrongGoldenRow(good, at('wrong-golden')) };
}

export interface CanaryWorld {
  readonly report: Report;
  readonly fleet: Fleet;
  readonly candidates: Candidates;
  readonly endpoint: RolloutOptions['endpoint'];
  readonly logged: readonly Logged[];
  /** Longest p99 that the plan allows here. */
  readonly p99Ms: number;
}

/** Bad ones that answer every request, and one that is good: clients must not notice. */
export async function canaries(world: CanaryWorld): Promise<void> {
  const { candidates, fleet } = world;
  const { good, shadowed, wrong } = candidates;
  const worse = await tried(world, { deployment: good, packageFolder: wrong.directory });
  withdrawn(world, 'one that answers otherwise than its golden rows', worse, /1 of \d+ golden rows do not hold: row /);
  withoutRequests(world, worse);

  const slow = await tried(
    world,
    whileItServes({ deployment: good }, async (booting) => {
      await fleet.signal(booting, 'STOP');
      await pause(STILL_MS);
      await fleet.signal(booting, 'CONT');
      await pause(GOING_MS);
    }),
  );
  withdrawn(world, 'one that is slow', slow, /p99 was [\d.]+ ms, more than .* of the others/);

  const changed = await tried(world, { deployment: shadowed });
  withdrawn(world, 'one whose answers differ from those of its shadow', changed, /of the answers differed from those/);

  const { reason, account, log } = await tried(world, { deployment: good });
  world.report.check(reason === undefined, 'a good canary is promoted, and the endpoint holds', reason ?? log.at(-1));
  const [before, after] = [account.given.find(({ percent }) => percent > 0)?.at ?? 0, account.given.at(-1)!];
  const requests = fleet.balancer.between(before, after.at);
  const share = (100 * requests.filter(({ group }) => group === 'green').length) / requests.length;
  world.report.check(
    share >= SHARE.least && share <= SHARE.most,
    `it answers ${SHARE.least} to ${SHARE.most} % of the requests, for its share of ${ROLLOUT.shares[0]} %`,
    `${share.toFixed(1)} % of ${requests.length}`,
  );
  world.report.equal(
    [after.percent, account.alarms.at(-1)?.slice(0, 3)],
    [0, 'OK:'],
    'then it goes, and its alarm is off',
  );
}

/** When a canary had its share, milliseconds of the epoch. */
export interface Had {
  readonly from: number;
  readonly until: number;
}

/** One whose handler answers 500 for some rows: nobody else does. */
export async function erringCanary(world: CanaryWorld): Promise<Had> {
  const { good } = world.candidates;
  const outcome = await tried(world, { deployment: good, launched: withFaultyHandler(good) });
  withdrawn(world, 'one that answers 500 for some rows', outcome, /\d+ of \d+ requests failed, more than 1 %/);
  const had = shareOf(outcome);
  const failed = world.fleet.balancer.between(had.from, Date.now()).filter(({ status }) => status !== 200);
  const others = failed.filter(({ group, status }) => group !== 'green' || status !== 500);
  world.report.check(
    failed.length > 0 && others.length === 0,
    'the old instances answer all that they are asked, and the canary fails with nothing but 500',
    `${failed.length} failed, ${others.length} of them otherwise`,
  );
  return had;
}

/** One whose handler dies over and over. */
export async function crashingCanary(world: CanaryWorld): Promise<Had> {
  const { fleet } = world;
  const outcome = await tried(
    world,
    whileItServes({ deployment: world.candidates.good }, async (booting) => {
      await fleet.signal(booting, 'KILL');
      await pause(CRASH_MS);
    }),
  );
  withdrawn(world, 'one whose handler crashes', outcome, /requests failed, more than 1 %|were not healthy/);
  return shareOf(outcome);
}

function shareOf({ account: { given } }: RolledOut): Had {
  const from = given.find(({ percent }) => percent > 0)!.at;
  return { from, until: given.find(({ at, percent }) => at > from && percent === 0)!.at };
}

/** Does something to its instances again and again, as long as it has a share of the requests. */
function whileItServes(trial: Trial, happens: (booting: Booting) => Promise<void>): Trial {
  let serves = true;
  const repeated = async (booting: Booting) => {
    while (serves) await happens(booting);
  };
  let ended: Promise<unknown> | undefined;
  return {
    ...trial,
    onShare: (instances) => {
      ended = Promise.all(instances.map(repeated));
    },
    onWithdrawn: async () => {
      serves = false;
      await ended;
    },
  };
}

type Trial = Pick<RolloutOptions, 'deployment' | 'launched' | 'packageFolder' | 'onShare' | 'onWithdrawn'>;

async function tried(world: CanaryWorld, trial: Trial): Promise<RolledOut> {
  const { fleet, endpoint, logged, p99Ms } = world;
  return await rollOut({ fleet, endpoint, logged, p99Ms, ...trial });
}

/** The reason is in the event of the stack, in the log of the function, and in the mail of the alarm. */
function withdrawn({ report }: CanaryWorld, what: string, { reason = '', account, log }: RolledOut, why: RegExp): void {
  report.check(reason.startsWith('the canary was withdrawn: ') && why.test(reason), `${what} is withdrawn`, reason);
  report.equal(account.alarms, [`ALARM: ${reason}`], 'the mail of the alarm says the same');
  report.check(
    log.includes(reason) && log.some((line) => line.includes(`"${WITHDRAWN_METRIC}":1`)),
    'so does the log of the function, which counts it',
  );
}

function withoutRequests({ report }: CanaryWorld, { account }: RolledOut): void {
  const most = Math.max(...account.given.map(({ percent }) => percent));
  report.equal(most, 0, 'before it has had a request of a client');
}

/** Seconds here in which the function must have seen a failure: two of its minutes, and two looks. */
export const SEEN_SECONDS = Math.ceil((2 * 60 + 2 * 10) / SPEED);
