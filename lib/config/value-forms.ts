/** Forms of values that several options have. */
import { z } from 'zod';
import { LIMITS, type TextLimit } from '../aws/limits';
import { INSTANCE_NAME } from '../sizing/service-level/restriction';
import { parsePercent } from './quantity';

/** Text that AWS takes. */
export const text = ({ problem }: TextLimit) =>
  z.string().superRefine((value, context) => {
    const message = problem(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

export const hostName = text(LIMITS.hostName);

/** @param example of such an address */
export function httpsUrl(example: string) {
  const form = `must be an https address of at most 256 characters, e.g. ${example}`;
  return z.string(form).regex(/^https:\/\/[^\s"]{1,248}$/, form);
}

export const positive = z.number().positive('must be greater than 0');

export const instanceName = z.string().regex(INSTANCE_NAME, 'must be a family, e.g. c7g, or a type, e.g. c7g.large');

const PERCENT = 'must be a share above 0 to 100 %, e.g. 10 %';

export const percent = z.string(PERCENT).refine((value) => parsePercent(value) !== undefined, PERCENT);

/** A list in which nothing stands twice. @param few what is said of one with fewer than the least */
export const distinct = <T extends z.ZodType<string>>(item: T, least: number, few: string) =>
  z
    .array(item)
    .min(least, few)
    .superRefine((values, context) => {
      for (const [i, value] of values.entries()) {
        if (values.indexOf(value) < i) context.addIssue({ code: 'custom', message: 'is there already', path: [i] });
      }
    });
