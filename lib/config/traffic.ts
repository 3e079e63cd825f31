/** How requests come to a stage, as slipway.yaml says it. */
import { type Bursts, dispersed } from '../sizing/service-level/arrivals';
import { type Day, dayOf, LEAST_MEAN_SHARE, smoothDay } from '../sizing/service-level/day';
import type { ServiceLevel } from '../sizing/service-level/service-level';
import type { StageDocument } from './schema';

/** The day of a stage, or what is odd about it and under which key of traffic. */
export function dayOfTraffic(traffic: NonNullable<StageDocument['traffic']>): {
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
  bursts: NonNullable<StageDocument['traffic']>['bursts'],
  recorded: (file: string) => Bursts,
): ServiceLevel['bursts'] {
  if (typeof bursts === 'number') return dispersed(bursts);
  return typeof bursts === 'object' ? recorded(bursts.file) : bursts;
}
