/** `rollout` of slipway.yaml: a canary, a share that grows, or all requests at once, before the fleet is replaced. */
import { z } from 'zod';
import type { Rollout } from '../model/stage/rollout';
import { parsePercent, parseTime } from './quantity';

/** A minute has to tell something: metrics come by the minute. */
const LEAST_HOLD_SECONDS = 180;
const MOST_HOLD_SECONDS = 2 * 3600;

/** More steps would take longer than anybody waits. */
const MOST_SHARES = 20;

const text = (form: string, fits: (text: string) => boolean) =>
  z.string(`must be ${form}`).refine(fits, `must be ${form}`);

/** A load balancer divides by whole numbers. */
const wholePercent = (written: string) => /^\d+\s*%$/.test(written.trim()) && parsePercent(written) !== undefined;

const share = text('a whole percentage from 1 % to 100 %, e.g. 5 %', wholePercent);

const percentOf = (written: string) => Number.parseInt(written, 10);

const KINDS = ['canary', 'linear', 'allAtOnce'] as const;

const document = z
  .strictObject({
    canary: share.optional(),
    linear: share.optional(),
    allAtOnce: z.literal(true, 'must be true, or left out').optional(),
    for: text('a time with its unit from 3m to 2h, e.g. 10m', (written) => {
      const seconds = parseTime(written) ?? 0;
      return seconds >= LEAST_HOLD_SECONDS && seconds <= MOST_HOLD_SECONDS;
    }),
    mostChanged: text('a percentage, e.g. 2 %', (written) => parsePercent(written) !== undefined).optional(),
  })
  .superRefine((rollout, context) => {
    const kinds = KINDS.filter((kind) => rollout[kind] !== undefined);
    if (kinds.length === 1) {
      const step = rollout.linear === undefined ? 100 : percentOf(rollout.linear);
      if (Math.ceil(100 / step) <= MOST_SHARES) return;
      const message = `must be at least ${100 / MOST_SHARES} %: more than ${MOST_SHARES} steps take too long`;
      context.addIssue({ code: 'custom', message, path: ['linear'] });
    } else {
      const got = kinds.length === 0 ? '' : `, has ${kinds.join(' and ')}`;
      context.addIssue({ code: 'custom', message: `must have one of ${KINDS.join(', ')}${got}` });
    }
  });

/** The same in numbers. */
export const rolloutSchema = document.transform((written): Rollout => {
  const { canary, linear, mostChanged } = written;
  return {
    shares: canary !== undefined ? [percentOf(canary)] : linear !== undefined ? growing(percentOf(linear)) : [100],
    holdSeconds: parseTime(written.for)!,
    ...(mostChanged !== undefined && { mostChanged: parsePercent(mostChanged)! }),
  };
});

/** 20 -> 20, 40, 60, 80, 100 */
function growing(step: number): number[] {
  const shares: number[] = [];
  for (let share = step; share < 100; share += step) shares.push(share);
  return [...shares, 100];
}
