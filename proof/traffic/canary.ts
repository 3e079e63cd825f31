/** A canary: another deployment gets a small share of the requests, is withdrawn or promoted, and nobody notices. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Deployment } from '../boot/deployment';
import type { Booting } from '../boot/world';
import type { Report } from '../report';
import { GROUPS } from './balancer';
import type { Fleet } from './fleet';

/** Percent of the requests that it gets, and how far chance may take what it got from that. */
const SHARE = 5;
const SHARE_FOUND = { least: 3, most: 7 };
const BAKE_SECONDS = 30;

/** Share of a processor that the bad one has, and by which factor it is slower at least. */
const SLOW = 0.02;
const SLOWER = 2;

export async function canary(report: Report, fleet: Fleet, next: Deployment): Promise<void> {
  await withdrawn(report, fleet, next);
  await promoted(report, fleet, next);
}

/** One that answers rightly, but too slowly, gets no more requests, ends those that it has, and goes. */
async function withdrawn(report: Report, fleet: Fleet, next: Deployment): Promise<void> {
  const { balancer, group } = fleet;
  const other = GROUPS.find((name) => name !== group)!;
  const bad = await bakedIn(fleet, next, fleet.members.length + 1);
  fleet.limit([bad], SLOW);
  await balancer.weigh(other, SHARE);
  await pause(BAKE_SECONDS * 1000);
  const [ours, its] = [await balancer.count(group), await balancer.count(other)];
  report.check(
    its.milliseconds >= SLOWER * Math.max(1, ours.milliseconds),
    `a canary with ${100 * SLOW} % of a processor is seen to be slower`,
    `${its.milliseconds} ms beside ${ours.milliseconds} ms`,
  );
  await balancer.weigh(other, 0);
  fleet.limit([bad], undefined);
  await fleet.terminate(bad);
}

/** A good one gets its share, then the others of its kind come, then all requests, and the old ones go. */
async function promoted(report: Report, fleet: Fleet, next: Deployment): Promise<void> {
  const { balancer, group } = fleet;
  const other = GROUPS.find((name) => name !== group)!;
  const old = [...fleet.members];
  const made: Booting[] = [await bakedIn(fleet, next, old.length + 1)];
  const before = await Promise.all(GROUPS.map((name) => balancer.count(name)));
  await balancer.weigh(other, SHARE);
  await pause(BAKE_SECONDS * 1000);
  const after = await Promise.all(GROUPS.map((name) => balancer.count(name)));
  const grown = GROUPS.map((_, i) => after[i]!.answered - before[i]!.answered);
  const found = (100 * grown[GROUPS.indexOf(other)]!) / (grown[0]! + grown[1]!);
  report.check(
    found >= SHARE_FOUND.least && found <= SHARE_FOUND.most,
    `the canary answers ${SHARE_FOUND.least} to ${SHARE_FOUND.most} % of the requests`,
    `${found.toFixed(1)} %`,
  );
  while (made.length < old.length) made.push(await bakedIn(fleet, next, old.length + made.length + 1));
  await balancer.weigh(other, 100);
  await pause(2000);
  for (const one of old) await fleet.terminate(one);
  fleet.become(made, other, next);
}

/** Launched, and healthy for the load balancer: before that no request may go there. */
async function bakedIn(fleet: Fleet, next: Deployment, healthy: number): Promise<Booting> {
  const other = GROUPS.find((name) => name !== fleet.group)!;
  const booting = await fleet.launchIn(other, next);
  if (!(await fleet.untilHealthy(healthy, 60))) throw new Error(`${booting.name} is not healthy for the load balancer`);
  return booting;
}
