/** `targetHealth` of slipway.yaml. */
import { z } from 'zod';
import type { Least, TargetHealth } from '../model/stage/balancer';
import { parseTime } from './quantity';

const LEAST = 'must be a number of targets, e.g. 2, or a whole percentage from 1 % to 100 %, e.g. 50 %';

const least = z.union([z.number(), z.string()], LEAST).refine((value) => leastOf(value) !== undefined, LEAST);

function leastOf(value: number | string): Least | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 1 ? { count: value } : undefined;
  const percent = /^\d{1,3}\s*%$/.test(value.trim()) ? Number.parseInt(value, 10) : 0;
  return percent >= 1 && percent <= 100 ? { percent } : undefined;
}

const SLOW = 'must be a time from 30s to 15m';

const slowStart = z.string(SLOW).refine((text) => {
  const seconds = parseTime(text) ?? 0;
  return Number.isInteger(seconds) && seconds >= 30 && seconds <= 900;
}, SLOW);

const document = z
  .strictObject({
    dnsFailover: least.optional(),
    unhealthyRouting: least.optional(),
    slowStart: slowStart.optional(),
  })
  .refine((one) => Object.keys(one).length > 0, 'must have dnsFailover, unhealthyRouting or slowStart')
  .superRefine(({ dnsFailover, unhealthyRouting }, context) => {
    if (dnsFailover === undefined || unhealthyRouting === undefined) return;
    if (typeof dnsFailover !== typeof unhealthyRouting) return;
    if (Number.parseFloat(`${dnsFailover}`) >= Number.parseFloat(`${unhealthyRouting}`)) return;
    const message = `must be at least unhealthyRouting, ${unhealthyRouting}: a zone is left before targets that fail are asked`;
    context.addIssue({ code: 'custom', message, path: ['dnsFailover'] });
  });

/** The same in numbers. */
export const targetHealthSchema = document.transform(
  ({ dnsFailover, unhealthyRouting, slowStart: slow }): TargetHealth => ({
    ...(dnsFailover !== undefined && { dnsFailover: leastOf(dnsFailover)! }),
    ...(unhealthyRouting !== undefined && { unhealthyRouting: leastOf(unhealthyRouting)! }),
    ...(slow !== undefined && { slowStartSeconds: parseTime(slow)! }),
  }),
);
