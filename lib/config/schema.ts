/** The form of slipway.yaml. Whether a stage is complete is checked after the defaults are merged, in resolve.ts. */
import { z } from 'zod';
import { LIMITS, MOST_CALLERS } from '../aws/limits';
import { BALANCER_LOGS, IP_ADDRESS_TYPES } from '../model/stage/balancer';
import { HTTP_ANSWERS } from '../model/stage/http-answer';
import { PRINCIPAL, PRINCIPAL_FORM } from '../model/stage/private-link';
import { COMPUTES, type Compute } from '../sizing/service-level/compute';
import { EGRESSES, type Egress } from '../sizing/service-level/egress';
import { FRONT_DOORS, type FrontDoorKind } from '../sizing/service-level/front-door';
import { ARCHITECTURES } from '../sizing/service-level/restriction';
import { AVAILABILITIES } from '../sizing/service-level/service-level';
import { accessSchema } from './access';
import { discountsSchema } from './discounts';
import { domainSchema } from './domain';
import { encryptionKeySchema } from './encryption-key';
import { firewallSchema } from './firewall';
import { listenerSchema, modelPath } from './listener';
import { MOST_PRIORITY } from './model-place';
import { packageOrFile } from './model-source';
import { monitoringSchema } from './monitoring';
import { mutualTlsSchema } from './mutual-tls';
import { networkSchema, zonesSchema } from './network';
import { purchaseSchema } from './purchase';
import { parseBudget } from './quantity';
import { rolloutSchema } from './rollout';
import { scalingSchema } from './scaling';
import { scheduleSchema } from './schedule';
import { shadowSchema } from './shadow';
import { signInSchema } from './sign-in';
import { tagsSchema } from './tags';
import { targetHealthSchema } from './target-health';
import { trafficSchema } from './traffic';
import { distinct, hostName, instanceName, text } from './value-forms';
import { verifyJwtSchema } from './verify-jwt';
import { versionsSchema } from './versions';

/**
 * What the endpoint takes as it is written here: `ModelEndpoint` has it under the same name, says what it means, and uses it.
 * Nothing between the two has to know it.
 */
const endpointSchema = z.strictObject({
  access: accessSchema.optional(),
  allowFrom: distinct(text(LIMITS.caller), 1, 'must name somebody: leave it out, and everybody may call')
    .max(MOST_CALLERS, `must be at most ${MOST_CALLERS}; put more into a prefix list`)
    .optional(),
  allowTo: distinct(text(LIMITS.reached), 1, 'must name the prefix list of S3 at least: leave it out otherwise')
    .max(MOST_CALLERS, `must be at most ${MOST_CALLERS}`)
    .optional(),
  internal: z.boolean('must be true or false').optional(),
  verifyJwt: verifyJwtSchema.optional(),
  authenticate: signInSchema.optional(),
  privateLink: z
    .strictObject({
      allowedPrincipals: distinct(
        z.string(PRINCIPAL_FORM).regex(PRINCIPAL, PRINCIPAL_FORM),
        1,
        'must name who may connect: an account or an ARN of IAM',
      ).max(50, 'must be at most 50: take a role that several assume'),
      acceptanceRequired: z.boolean('must be true or false').optional(),
    })
    .optional(),
  listener: listenerSchema.optional(),
  ipAddressType: z.enum(IP_ADDRESS_TYPES).optional(),
  balancerLogs: distinct(z.enum(BALANCER_LOGS), 1, 'must name connections, healthChecks or both').optional(),
  targetHealth: targetHealthSchema.optional(),
  zonalShift: z.boolean('must be true or false').optional(),
  frontDoor: z
    .enum(FRONT_DOORS as [FrontDoorKind, ...FrontDoorKind[]], `must be one of ${FRONT_DOORS.join(', ')}`)
    .optional(),
  waf: firewallSchema.optional(),
  mutualTls: mutualTlsSchema.optional(),
  encryptionKey: encryptionKeySchema.optional(),
  http: z.enum(HTTP_ANSWERS).optional(),
  protect: z.boolean().optional(),
  sessionManager: z.boolean('must be true or false').optional(),
  backendTls: z.boolean('must be true or false').optional(),
  rollout: rolloutSchema.optional(),
});

const wholeStage = z.strictObject({
  account: z
    .string('must be twelve digits in quotes: without quotes YAML reads a number and drops leading zeros')
    .pipe(text(LIMITS.account))
    .optional(),
  region: text(LIMITS.region).optional(),
  compute: z.enum(COMPUTES as [Compute, ...Compute[]], `must be one of ${COMPUTES.join(', ')}`).optional(),
  availability: z.enum(AVAILABILITIES as [string, ...string[]]).optional(),
  traffic: trafficSchema.optional(),
  instances: z
    .strictObject({
      families: distinct(instanceName, 1, 'must name a family or a type, e.g. [c7g, m7g]').optional(),
      exclude: distinct(instanceName, 1, 'must name a family or a type, e.g. [t3a]').optional(),
      architecture: z.enum(ARCHITECTURES, `must be one of ${ARCHITECTURES.join(', ')}`).optional(),
      burstable: z.boolean('must be true or false').optional(),
    })
    .optional(),
  discounts: discountsSchema.optional(),
  schedule: scheduleSchema.optional(),
  scaling: scalingSchema.optional(),
  purchase: purchaseSchema.optional(),
  name: text(LIMITS.endpointName).optional(),
  domain: domainSchema.optional(),
  monitoring: monitoringSchema.optional(),
  ...endpointSchema.shape,
  egress: z.enum(EGRESSES as [Egress, ...Egress[]], `must be one of ${EGRESSES.join(', ')}`).optional(),
  cidr: text(LIMITS.network).optional(),
  zones: zonesSchema.optional(),
  network: networkSchema.optional(),
  shadow: shadowSchema.optional(),
  versions: versionsSchema.optional(),
  machineImage: text(LIMITS.machineImage).optional(),
  tags: tagsSchema.optional(),
  freeTier: z.boolean('must be true or false').optional(),
  budget: z
    .string('must be an amount, e.g. 600 USD/month')
    .refine((text) => parseBudget(text) !== undefined, 'must be an amount, e.g. 600 USD/month')
    .optional(),
  requireVerified: z.boolean().optional(),
});

/** What a model that shares a front door has of its own; what it does not say is the stage's. */
export const ownSchema = wholeStage
  .pick({
    availability: true,
    traffic: true,
    instances: true,
    monitoring: true,
    access: true,
    allowTo: true,
    rollout: true,
    shadow: true,
    versions: true,
    budget: true,
    requireVerified: true,
  })
  .extend({
    path: modelPath.optional(),
    host: hostName.optional(),
    priority: z
      .number()
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(MOST_PRIORITY, `must be at most ${MOST_PRIORITY}`)
      .optional(),
    isolate: z.boolean('must be true or false').optional(),
  });

export const stageSchema = wholeStage.extend({
  models: z.record(z.string(), ownSchema).optional(),
  fleets: z.record(z.string(), distinct(z.string(), 1, 'must name a model, e.g. small: [titanic, billing]')).optional(),
});

export const modelSchema = ownSchema.extend({ model: packageOrFile });

export type EndpointDocument = z.infer<typeof endpointSchema>;

/** What a stage says for `ModelEndpoint`. */
export function endpointOptions(stage: StageDocument): EndpointDocument {
  const options = endpointSchema.keyof().options.filter((key) => key in stage);
  return Object.fromEntries(options.map((key) => [key, stage[key]]));
}

/** Of a model in one stage. */
export type OwnDocument = z.infer<typeof ownSchema>;
export type StageDocument = z.infer<typeof stageSchema>;

export const documentSchema = z.strictObject({
  model: packageOrFile.optional(),
  models: z
    .record(z.string(), modelSchema)
    .refine((models) => Object.keys(models).length > 0, 'must have at least one model')
    .optional(),
  defaults: stageSchema.optional(),
  stages: z
    .record(z.string(), stageSchema)
    .refine((stages) => Object.keys(stages).length > 0, 'must have at least one stage'),
});
