/** `traffic` of slipway.yaml: how requests come to a stage. */
import { z } from 'zod';
import { IDLE_TIMEOUT_SECONDS, MOST_QUEUE_ROWS } from '../model/instance/handler-settings';
import { BURST_NAMES, type Bursts, dispersed, MOST_DISPERSION } from '../sizing/service-level/arrivals';
import { type Day, dayOf, HOURS_PER_DAY, LEAST_MEAN_SHARE, smoothDay } from '../sizing/service-level/day';
import { type Schedule, weeklyShare } from '../sizing/service-level/schedule';
import {
  isNodeCount,
  MOST_REQUESTS_PER_SECOND,
  NO_DAY_BESIDE_SCHEDULE,
  NODE_COUNT,
  type ServiceLevel,
} from '../sizing/service-level/service-level';
import type { StageMistake } from './mistake';
import { parseDuration } from './quantity';
import { positive } from './value-forms';

const DAY =
  'must be 24 numbers, the requests of each hour in any unit, or smooth, a wave from mean and peak, e.g. day: smooth';

export const trafficSchema = z.strictObject({
  requestsPerSecond: positive
    .max(MOST_REQUESTS_PER_SECOND, `must be at most ${MOST_REQUESTS_PER_SECOND}: no fleet carries a tenth of it`)
    .optional(),
  meanRequestsPerSecond: positive.optional(),
  day: z
    .union([z.literal('smooth'), z.array(z.number().min(0))], DAY)
    .refine((day) => day === 'smooth' || (day.length === HOURS_PER_DAY && Math.max(...day) > 0), DAY)
    .optional(),
  risePerMinute: positive.optional(),
  bursts: z
    .union(
      [z.enum(BURST_NAMES), z.number().min(1).max(MOST_DISPERSION), z.strictObject({ file: z.string().min(1) })],
      `must be ${BURST_NAMES.join(', ')}, an index of dispersion of 1 to ${Math.floor(MOST_DISPERSION)}, or file: with the requests of each second, e.g. bursts: { file: traffic.csv }`,
    )
    .optional(),
  requestsPerConnection: z.number().min(1, 'must be at least 1').optional(),
  balancerNodes: z.number().refine(isNodeCount, `must be ${NODE_COUNT}`).optional(),
  rowsPerRequest: z
    .number()
    .int('must be a whole number')
    .positive('must be greater than 0')
    .max(MOST_QUEUE_ROWS, `must be at most ${MOST_QUEUE_ROWS}: the handler takes no more in a request`)
    .optional(),
  p99: z
    .string('must be a duration with its unit, e.g. 40ms or 0.5s')
    .refine((text) => parseDuration(text) !== undefined, 'must be a duration with its unit, e.g. 40ms or 0.5s')
    .refine(
      (text) => (parseDuration(text) ?? 0) <= 1000 * IDLE_TIMEOUT_SECONDS,
      `must be at most ${IDLE_TIMEOUT_SECONDS}s: the load balancer gives up what takes longer`,
    )
    .optional(),
});

export type TrafficDocument = z.infer<typeof trafficSchema>;

/** What is missing, and what does not go together. */
export function trafficMistakes(traffic: TrafficDocument, schedule: Schedule | undefined): StageMistake[] {
  const { requestsPerSecond: peak, meanRequestsPerSecond: mean = 0, day, p99 } = traffic;
  const mistakes: StageMistake[] = [];
  const at = (key: keyof TrafficDocument, message: string) => mistakes.push([['traffic', key], message]);
  if (!peak) at('requestsPerSecond', 'is missing: the peak, e.g. traffic: { requestsPerSecond: 20, p99: 100ms }');
  if (!p99) at('p99', 'is missing: the latency that 99 of 100 requests must keep, e.g. 100ms');
  if (peak !== undefined && mean > peak)
    at('meanRequestsPerSecond', `is ${mean}, above the peak of ${peak} (requestsPerSecond)`);
  if (schedule && day !== undefined) at('day', NO_DAY_BESIDE_SCHEDULE);
  else if (schedule && peak !== undefined && mean <= peak) {
    const most = peak * weeklyShare(schedule);
    if (mean > most) {
      at(
        'meanRequestsPerSecond',
        `is ${mean}, above the ${Number(most.toPrecision(4))} that schedule has in the mean of a week (of requestsPerSecond)`,
      );
    }
  }
  const { problem } = dayOfTraffic(traffic);
  if (problem) at(problem.key, problem.message);
  return mistakes;
}

/** The day of a stage, or what is odd about it and under which key of traffic. */
export function dayOfTraffic(traffic: TrafficDocument): {
  readonly day?: Day;
  readonly problem?: { readonly key: 'day' | 'risePerMinute' | 'meanRequestsPerSecond'; readonly message: string };
} {
  const { day, risePerMinute: rise, requestsPerSecond: peak, meanRequestsPerSecond: mean } = traffic;
  if (day === undefined) {
    return rise === undefined
      ? {}
      : { problem: { key: 'risePerMinute', message: 'needs day: without it no fleet grows' } };
  }
  if (day !== 'smooth') {
    if (mean === undefined) return { day: dayOf(day) };
    return {
      problem: { key: 'meanRequestsPerSecond', message: 'follows from the hours of day; leave one of both out' },
    };
  }
  if (mean === undefined) {
    return { problem: { key: 'day', message: 'needs meanRequestsPerSecond: smooth is a wave from mean and peak' } };
  }
  if (peak === undefined || mean > peak) return {}; // told already
  if (mean / peak < LEAST_MEAN_SHARE) {
    const least = `${100 * LEAST_MEAN_SHARE} %`;
    return {
      problem: { key: 'day', message: `is a wave, and the mean is below ${least} of the peak; give the 24 hours` },
    };
  }
  return { day: smoothDay(mean / peak) };
}

export function burstsOf(
  bursts: TrafficDocument['bursts'],
  recorded: (file: string) => Bursts,
): ServiceLevel['bursts'] {
  if (typeof bursts === 'number') return dispersed(bursts);
  return typeof bursts === 'object' ? recorded(bursts.file) : bursts;
}
