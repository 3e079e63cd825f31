/** Fleets that a schedule changes, by counting up: a part of the brute force, which shares no code with lib/sizing. */
import type { InstanceType } from '../../lib/sizing';
import { comesIn, keeps, keptOnDemand, type Question, surplus, type Way } from './oracle';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const STEP = 5;
const WEEK = 7 * 24 * 60;

/** Shares of the peak by steps of five minutes. */
export function loads({ schedule }: Question['serviceLevel']): number[] {
  return Array.from({ length: WEEK / STEP }, (_, step) => {
    const minute = step * STEP;
    const there = schedule!.periods.find(({ days, from, to }) =>
      days.some((day) => {
        const begin = 1440 * DAYS.indexOf(day) + from;
        const length = (to > from ? to : to + 1440) - from;
        return (minute - begin + WEEK) % WEEK < length;
      }),
    );
    return there ? there.load : (schedule!.otherwise ?? 1);
  });
}

/** The mean of the week. */
export function shareOfWeek(level: Question['serviceLevel']): number {
  const of = loads(level);
  return of.reduce((a, b) => a + b) / of.length;
}

/** The mean of instances over the week, and of CPU over the baseline, of a fleet of so many at the peak. */
export function weekOf(
  q: Question,
  t: InstanceType,
  way: Way,
  { n, zones, most }: { readonly n: number; readonly zones: number; readonly most: number },
  remaining: (count: number) => number,
): { instances: number; on: number; onDemand: number; bought: number; woken: number } {
  const { availability, requestsPerSecond, meanRequestsPerSecond } = q.serviceLevel;
  const of = loads(q.serviceLevel);
  const share = shareOfWeek(q.serviceLevel);
  const busy = (meanRequestsPerSecond ?? requestsPerSecond * share) / share;
  const early = Math.ceil(Math.ceil(comesIn(q, way) + 90) / 60 / STEP);
  const counts = new Map<number, number>([
    [0, 0],
    [1, n],
  ]);
  const countOf = (load: number) => {
    let count = counts.get(load);
    if (count !== undefined) return count;
    count = availability === 'single' ? 1 : Math.max(2, zones);
    const does = (instances: number) =>
      Array.from({ length: most }, (_, i) => i + 1).some((workers) =>
        keeps(q, t, way, remaining(instances), workers, requestsPerSecond * load),
      );
    while (count < n && !does(count)) count++;
    counts.set(load, count);
    return count;
  };
  let [instances, on, onDemand, bought] = [0, 0, 0, 0];
  for (let i = 0; i < of.length; i++) {
    let load = 0;
    for (let later = 0; later <= early; later++) load = Math.max(load, of[(i + later) % of.length]!);
    const count = countOf(load);
    instances += count / of.length;
    onDemand += keptOnDemand(q.serviceLevel, count) / of.length;
    if (count === 0) continue;
    on += 1 / of.length;
    bought += surplus(q, t, way, count, load * busy) / of.length;
  }
  const { wake = false } = q.serviceLevel.schedule!;
  const woken = (1 - on) * (wake === true ? 0.1 : Number(wake)) * Math.min(...[...counts.values()].filter(Boolean));
  return { instances, on, onDemand, bought, woken };
}
