/** `waf` of slipway.yaml. */
import { z } from 'zod';
import { firewallRules, MOST_FIREWALL_BODY_BYTES } from '../model/stage/firewall';

export const firewallSchema = z
  .strictObject({
    managedRules: z.boolean('must be true or false').default(true),
    requestsPerAddress: z
      .number()
      .int('must be a whole number')
      .min(10, 'must be at least 10, in five minutes: WAF takes no less')
      .max(2_000_000_000, 'must be at most 2000000000: WAF takes no more')
      .optional(),
    bodyBytes: z
      .number()
      .int('must be a whole number')
      .positive('must be greater than 0')
      .max(
        MOST_FIREWALL_BODY_BYTES,
        `must be at most ${MOST_FIREWALL_BODY_BYTES}: WAF looks at no more of a body before a load balancer`,
      )
      .optional(),
  })
  .refine((waf) => firewallRules(waf) > 0, 'must have a rule: managedRules, requestsPerAddress or bodyBytes');
