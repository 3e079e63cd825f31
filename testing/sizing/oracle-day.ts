/** The brute force for fleets that follow the day: every least number of instances, and every target down to the first that holds. */
import type { InstanceType } from '../../lib/sizing';
import {
  type Answer,
  comesIn,
  keeps,
  keptOnDemand,
  monthly,
  type Question,
  remaining,
  surplus,
  type Way,
} from './oracle';

/** From too much to do until new instances answer: four minutes of alarm, one of the metric, half a one of health checks. */
const growing = (q: Question, way: Way) => 240 + 60 + 30 + comesIn(q, way);

/** At five minutes of a day, as a share of the peak. */
function rateAt(day: readonly number[], fiveMinutes: number): number {
  const minutes = (5 * fiveMinutes + 10 * 1440) % 1440;
  const hour = Math.floor(minutes / 60);
  const part = (minutes % 60) / 60;
  return day[hour]! * (1 - part) + day[(hour + 1) % 24]! * part;
}

/** Instances in each five minutes; a rate that has fallen still counts for twenty. */
function counts(day: readonly number[], least: number, shareOfOne: number): number[] {
  return Array.from({ length: 288 }, (_, step) => {
    let highest = 0;
    for (let back = -1; back <= 4; back++) highest = Math.max(highest, rateAt(day, step - back));
    return wanted(highest, least, shareOfOne);
  });
}

/** A group shrinks only where each instance has less than nine tenths of its target. */
const wanted = (share: number, least: number, shareOfOne: number) =>
  Math.max(least, Math.ceil(share / shareOfOne), Math.floor(share / shareOfOne / 0.9));

/** @param enough instances that carry the peak, the fewest. @param most workers of an instance */
export function dailyAnswers(
  q: Question,
  t: InstanceType,
  way: Way,
  enough: number,
  zones: number,
  most: number,
): Answer[] {
  const { serviceLevel: level } = q;
  const { day, requestsPerSecond: peak, availability, risePerMinute } = level;
  if (t.baseline && !t.surplusUsdPerVcpuHour) return [];
  let workers = most;
  while (!keeps(q, t, way, remaining(availability, enough, zones), workers)) workers--;
  const steepest = Math.max(0, ...day!.map((rate, hour) => day![(hour + 1) % 24]! - rate)) * peak;
  const rise = (Math.max(risePerMinute ?? 0, steepest / 60) / 60) * growing(q, way);
  const rateOf = (target: number) => (way.joined > 1 ? target / 60 : ((target / 100) * t.vCpus * 1000) / (way.cpu + 0));
  const holds = (least: number, target: number) => {
    for (let n = least; n < enough; n++) {
      const meets = Math.min(peak, n * rateOf(target) + rise);
      if (!keeps(q, t, way, remaining(availability, n, zones), workers, meets)) return false;
    }
    return true;
  };
  /** The highest that holds, by halves where there are thousands. */
  const highest = (least: number) => {
    if (way.joined === 1) {
      for (let target = 70; target >= 10; target--) if (holds(least, target)) return target;
      return 0;
    }
    let [yes, no] = [0, Math.ceil(60 * peak) + 1];
    while (no - yes > 1) {
      const middle = Math.floor((yes + no) / 2);
      if (holds(least, middle)) yes = middle;
      else no = middle;
    }
    return yes;
  };
  const answers: Answer[] = [];
  const fewest = availability === 'single' ? 1 : Math.max(2, zones);
  for (let least = fewest; least < enough; least++) {
    const target = highest(least);
    if (target === 0) continue;
    const one = rateOf(target) / peak;
    const steps = counts(day!, least, one);
    const n = wanted(1, least, one);
    if (n > 64) continue;
    const mean = steps.reduce((a, b) => a + b) / 288;
    const bought =
      steps
        .map((count, i) => {
          const rate = (peak * (rateAt(day!, i) + rateAt(day!, i + 1))) / 2;
          return surplus(q, t, way, count, rate);
        })
        .reduce((a, b) => a + b) / 288;
    const usdPerMonth = monthly(
      ...([q, t, mean, zones, () => bought, true, mean] as const),
      (instances) =>
        steps.reduce((sum, count) => sum + keptOnDemand(q.serviceLevel, count + Math.round(instances - mean)), 0) / 288,
      { stopped: n - mean, launchSeconds: way.startSeconds },
    );
    if (usdPerMonth !== undefined) answers.push({ instanceType: t.name, instances: n, usdPerMonth });
  }
  return answers;
}
