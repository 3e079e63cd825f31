/** Rules that a listener of the user's has already, as slipway.yaml states them. */
import { z } from 'zod';
import { isCovered } from './wildcards';

/** Elastic Load Balancing API, CreateRule. */
const LAST_PRIORITY = 50_000;
export const LONGEST_PATTERN = 128;

const PATTERN = 'must be what the condition of the rule has, e.g. "*.example.com" or "/api/*"';
const pattern = z.string(PATTERN).min(1, PATTERN).max(LONGEST_PATTERN, PATTERN);
const patterns = z.preprocess(
  (value) => (value === undefined || Array.isArray(value) ? value : [value]),
  z.array(pattern).min(1, PATTERN).optional(),
);

export const statedRulesSchema = z
  .array(
    z.strictObject({
      priority: z
        .number('must be the priority of a rule of that listener')
        .int('must be a whole number')
        .min(1, 'must be at least 1')
        .max(LAST_PRIORITY, `must be at most ${LAST_PRIORITY}`),
      host: patterns,
      path: patterns,
    }),
  )
  .superRefine((rules, context) => {
    for (const [i, { priority }] of rules.entries()) {
      if (rules.findIndex((other) => other.priority === priority) === i) continue;
      const message = `is ${priority}, which is there already: a listener has one rule of a priority`;
      context.addIssue({ code: 'custom', message, path: [i, 'priority'] });
    }
  });

/** Without host and path it is a number alone, of a rule that is told from others by something else. */
export type StatedRule = z.infer<typeof statedRulesSchema>[number];

/** What requests of an endpoint begin with. */
export interface Asked {
  readonly host: string;
  /** @default - all that is asked of the name */
  readonly path?: string | undefined;
}

const pathsOf = ({ path }: Asked) => (path === undefined ? ['/*'] : [path, `${path}/*`]);

const isKnown = ({ host, path }: StatedRule) => host !== undefined || path !== undefined;

/** Whether the rule takes all requests of the endpoint, if it comes first. */
export function takesAll(rule: StatedRule, asked: Asked): boolean {
  const { host = ['*'], path = ['*'] } = rule;
  return (
    isKnown(rule) &&
    host.some((one) => isCovered(asked.host, one.toLowerCase())) &&
    pathsOf(asked).every((own) => path.some((one) => isCovered(own, one)))
  );
}

/** Whether the endpoint takes all requests of the rule, if that comes later. */
function isTaken(rule: StatedRule, asked: Asked): boolean {
  const { host = ['*'], path = ['*'] } = rule;
  return (
    host.every((one) => isCovered(one.toLowerCase(), asked.host)) &&
    path.every((one) => pathsOf(asked).some((own) => isCovered(one, own)))
  );
}

const shown = ({ host = [], path = [] }: StatedRule) => [...host, ...path].join(' ');

/**
 * What is wrong with the rules of an endpoint beside those that are stated.
 *
 * @param priorities that it takes, the last of them that of its rule
 * @returns a phrase about the last
 */
export function ruleProblem(
  rules: readonly StatedRule[],
  priorities: readonly number[],
  asked: Asked,
): string | undefined {
  const own = priorities.at(-1)!;
  const twice = rules.find(({ priority }) => priorities.includes(priority));
  if (twice) {
    const takes = priorities.length > 1 ? `; ${priorities.join(' and ')} are taken here` : '';
    return `takes ${twice.priority}, which listener.rules state of another rule${takes}`;
  }
  const before = rules.find((rule) => rule.priority < own && takesAll(rule, asked));
  if (before) {
    return `comes to ${own}, after rule ${before.priority} (${shown(before)}), which takes all of its requests; take one before that`;
  }
  const after = rules.find((rule) => rule.priority > own && isTaken(rule, asked));
  if (!after) return undefined;
  return `comes to ${own}, before rule ${after.priority} (${shown(after)}), all of whose requests it would take; take one after that, or another path`;
}
