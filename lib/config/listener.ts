/** `listener` of slipway.yaml: a load balancer that is there, behind which endpoints stand beside others. */
import { z } from 'zod';
import { LIMITS } from '../aws/limits';
import { MODEL_PATH, MOST_PRIORITY } from './model-place';
import { LONGEST_PATTERN, statedRulesSchema } from './stated-rules';
import { text } from './value-forms';

/** Of a condition of a rule (Elastic Load Balancing API, CreateRule): one of them is the path with `/*` behind it. */
const LONGEST_PATH = LONGEST_PATTERN - 2;

export const modelPath = z
  .string()
  .regex(MODEL_PATH, 'must be a path of one to three segments without a slash at its end, e.g. /titanic')
  .max(LONGEST_PATH, `must be at most ${LONGEST_PATH} characters: a rule of a load balancer takes no more`);

export const listenerSchema = z.strictObject({
  arn: text(LIMITS.listener),
  securityGroup: text(LIMITS.securityGroup),
  priority: z
    .number('must be the priority of a rule that the listener does not have yet')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(2 * MOST_PRIORITY, `must be at most ${2 * MOST_PRIORITY}`)
    .optional(),
  path: modelPath.optional(),
  rules: statedRulesSchema.optional(),
  dnsName: text(LIMITS.hostName).optional(),
  zoneId: text(LIMITS.zoneId).optional(),
});
