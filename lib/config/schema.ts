/** The form of slipway.yaml. Whether a stage is complete is checked after the defaults are merged, in resolve.ts. */
import { z } from 'zod';
import { LIMITS, MOST_CALLERS, MOST_NAMES, MOST_ORIGINS, type TextLimit } from '../aws/limits';
import { notifyProblems } from '../aws/notify-problems';
import { isRecord } from '../model/formats/json';
import { IDLE_TIMEOUT_SECONDS, MOST_QUEUE_ROWS } from '../model/instance/handler-settings';
import { BATCHES, type Batch } from '../model/package/batch';
import { MODEL_NAME } from '../model/package/manifest';
import { ADDRESS_FORM, isBucketAddress, parsePackageAddress } from '../model/package/package-address';
import { BALANCER_LOGS, IP_ADDRESS_TYPES } from '../model/stage/balancer';
import { OWN_KEY } from '../model/stage/encryption';
import { firewallRules, MOST_FIREWALL_BODY_BYTES } from '../model/stage/firewall';
import { HTTP_ANSWERS } from '../model/stage/http-answer';
import type { Notify } from '../model/stage/notify';
import { ANY_ORIGIN } from '../model/stage/origins';
import { PRINCIPAL, PRINCIPAL_FORM } from '../model/stage/private-link';
import { CLAIM_FORMATS } from '../model/stage/verify-jwt';
import { BURST_NAMES, MOST_DISPERSION } from '../sizing/service-level/arrivals';
import { COMPUTES, type Compute } from '../sizing/service-level/compute';
import { HOURS_PER_DAY } from '../sizing/service-level/day';
import { discountProblems } from '../sizing/service-level/discounts';
import { EGRESSES, type Egress } from '../sizing/service-level/egress';
import { FRONT_DOORS, type FrontDoorKind } from '../sizing/service-level/front-door';
import { ARCHITECTURES, INSTANCE_NAME } from '../sizing/service-level/restriction';
import {
  AVAILABILITIES,
  isNodeCount,
  MOST_REQUESTS_PER_SECOND,
  NODE_COUNT,
} from '../sizing/service-level/service-level';
import { MODEL_PATH, MOST_PRIORITY } from './model-place';
import { purchaseSchema } from './purchase';
import { parseBudget, parseDiscount, parseDuration, parsePercent } from './quantity';
import { rolloutSchema } from './rollout';
import { scalingSchema } from './scaling';
import { scheduleSchema } from './schedule';
import { signInSchema } from './sign-in';
import { statedRulesSchema } from './stated-rules';
import { targetHealthSchema } from './target-health';
import { versionsSchema } from './versions';

const text = ({ problem }: TextLimit) =>
  z.string().superRefine((value, context) => {
    const message = problem(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

const hostName = text(LIMITS.hostName);
const HTTPS_URL = 'must be an https address of at most 256 characters, e.g. https://login.example.com/keys';
const httpsUrl = z.string(HTTPS_URL).regex(/^https:\/\/[^\s"]{1,248}$/, HTTPS_URL);
/** Claims that a load balancer checks by itself. */
const CHECKED_CLAIMS = ['exp', 'iss', 'nbf', 'iat'];
const modelPath = z
  .string()
  .regex(MODEL_PATH, 'must be a path of one to three segments without a slash at its end, e.g. /titanic');
const parameterName = text(LIMITS.parameter);
const positive = z.number().positive('must be greater than 0');

const instanceName = z.string().regex(INSTANCE_NAME, 'must be a family, e.g. c7g, or a type, e.g. c7g.large');

/** A fault is told at the address that has it. */
const notify = z.custom<Notify>().superRefine((value: unknown, context) => {
  for (const { path, message } of notifyProblems(value)) {
    context.addIssue({ code: 'custom', message, path: [...path] });
  }
});

const PERCENT = 'must be a share above 0 to 100 %, e.g. 10 %';
/** `true` is `stage`, and `false` takes back what the defaults say. */
const encryptionKey = z
  .preprocess(
    (value) => (value === true ? OWN_KEY : value === false ? undefined : value),
    text(LIMITS.encryptionKey).optional(),
  )
  .optional();

const percent = z.string(PERCENT).refine((value) => parsePercent(value) !== undefined, PERCENT);

const DISCOUNT =
  'must be what is off the list price, above 0 and below 100 %, e.g. 27 %, or what is paid, e.g. 0.05 USD/hour';

/** By family, by type, or of all. */
const discounts = z
  .record(
    z.string(),
    z.string(DISCOUNT).refine((value) => parseDiscount(value) !== undefined, DISCOUNT),
  )
  .refine((all) => Object.keys(all).length > 0, 'must name a family, a type or all: leave it out otherwise')
  .superRefine((all, context) => {
    for (const [name, value] of Object.entries(all)) {
      const discount = parseDiscount(value);
      for (const problem of discount ? discountProblems({ [name]: discount }) : []) {
        context.addIssue({ code: 'custom', message: problem.replace(/^\S+ /, ''), path: [name] });
      }
    }
  });

const DAY =
  'must be 24 numbers, the requests of each hour in any unit, or smooth, a wave from mean and peak, e.g. day: smooth';

const PACKAGE =
  'must be the folder of a model package, e.g. models/credit-risk, or a model file, { file: model.joblib }';

/** The folder of a model package, or its address in a registry. */
const packageFolder = z
  .string(PACKAGE)
  .min(1, PACKAGE)
  .refine(
    (text) => !isBucketAddress(text) || parsePackageAddress(text) !== undefined,
    `must be ${ADDRESS_FORM}, as "slipway push" prints it`,
  );

const path = z.string('must be the path of a file').min(1, 'must be the path of a file');

/** A model file, which is packed when it is needed: what `pack` takes, under the names that it has there. */
export const modelFileSchema = z.strictObject({
  file: z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(path).min(1, 'must name a file'),
  ),
  golden: path.optional(),
  name: z
    .string()
    .regex(MODEL_NAME, 'must be up to 48 lower-case letters, digits and hyphens, e.g. credit-risk')
    .optional(),
  data: path.optional(),
  labels: path.optional(),
  select: z.string().min(1, 'must name a part of the file').optional(),
  threshold: z
    .number('must be a probability')
    .gt(0, 'must be a probability above 0')
    .max(1, 'must be a probability of at most 1')
    .optional(),
  missing: z.union([z.number(), z.literal('nan')], 'must be a number or nan').optional(),
  batch: z.enum(BATCHES as unknown as [Batch, ...Batch[]]).optional(),
});

const packageOrFile = z.union([packageFolder, modelFileSchema]);

const TRUST_STORE =
  'must have a trust store, the object with the certificates of the authorities that clients are checked with, e.g. { bucket: authorities, key: ca.pem }';

/** A list in which nothing stands twice. */
const distinct = <T extends z.ZodType<string>>(item: T, least: number, few: string) =>
  z
    .array(item)
    .min(least, few)
    .superRefine((values, context) => {
      for (const [i, value] of values.entries()) {
        if (values.indexOf(value) < i) context.addIssue({ code: 'custom', message: 'is there already', path: [i] });
      }
    });

/**
 * What the endpoint takes as it is written here: `ModelEndpoint` has it under the same name, says what it means, and uses it.
 * Nothing between the two has to know it.
 */
const endpointSchema = z.strictObject({
  access: z
    .strictObject({
      apiKeys: parameterName.optional(),
      jwt: z
        .strictObject({
          issuer: text(LIMITS.issuer),
          audience: text(LIMITS.audience),
          keySet: parameterName,
          scope: text(LIMITS.scope).optional(),
        })
        .optional(),
      deploymentKey: parameterName.optional(),
      encryptionKey: text(LIMITS.key).optional(),
      requestLog: z.boolean().optional(),
      origins: distinct(text(LIMITS.origin), 1, 'must name a site: leave it out otherwise')
        .max(MOST_ORIGINS, `must be at most ${MOST_ORIGINS}`)
        .refine(
          (origins) => !origins.includes(ANY_ORIGIN) || origins.length === 1,
          'has "*", which is every site: name it alone',
        )
        .optional(),
    })
    .refine(
      ({ apiKeys, jwt, origins, ...rest }) =>
        apiKeys !== undefined || jwt !== undefined || (origins !== undefined && Object.keys(rest).length === 0),
      'must name apiKeys, jwt or both; origins may stand alone',
    )
    .optional(),
  allowFrom: distinct(text(LIMITS.caller), 1, 'must name somebody: leave it out, and everybody may call')
    .max(MOST_CALLERS, `must be at most ${MOST_CALLERS}; put more into a prefix list`)
    .optional(),
  allowTo: distinct(text(LIMITS.reached), 1, 'must name the prefix list of S3 at least: leave it out otherwise')
    .max(MOST_CALLERS, `must be at most ${MOST_CALLERS}`)
    .optional(),
  internal: z.boolean('must be true or false').optional(),
  verifyJwt: z
    .strictObject({
      issuer: httpsUrl,
      jwksEndpoint: httpsUrl,
      claims: z
        .array(
          z.strictObject({
            name: z.string().min(1, 'must be the name of a claim, e.g. aud'),
            format: z.enum(CLAIM_FORMATS),
            values: z
              .array(z.string().min(1, 'must be a value of the claim'))
              .min(1, 'must have a value')
              .max(10, 'must be at most 10: a load balancer takes no more'),
          }),
        )
        .min(1, 'must name a claim: a token that the issuer made for another service would do otherwise')
        .max(10, 'must be at most 10: a load balancer takes no more'),
    })
    .refine(({ claims }) => !claims.some(({ name }) => CHECKED_CLAIMS.includes(name)), {
      message: `must not name ${CHECKED_CLAIMS.join(', ')}: the load balancer checks these by itself`,
      path: ['claims'],
    })
    .optional(),
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
  listener: z
    .strictObject({
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
    })
    .optional(),
  ipAddressType: z.enum(IP_ADDRESS_TYPES).optional(),
  balancerLogs: distinct(z.enum(BALANCER_LOGS), 1, 'must name connections, healthChecks or both').optional(),
  targetHealth: targetHealthSchema.optional(),
  zonalShift: z.boolean('must be true or false').optional(),
  frontDoor: z
    .enum(FRONT_DOORS as [FrontDoorKind, ...FrontDoorKind[]], `must be one of ${FRONT_DOORS.join(', ')}`)
    .optional(),
  waf: z
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
    .refine((waf) => firewallRules(waf) > 0, 'must have a rule: managedRules, requestsPerAddress or bodyBytes')
    .optional(),
  mutualTls: z
    .preprocess(
      // what says no more than that clients show certificates is one mistake
      (value) => (isRecord(value) && Object.keys(value).length === 0 ? 'nothing' : value),
      z
        .strictObject(
          {
            bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'),
            key: z
              .string()
              .min(1, 'must be the key of an object with certificates in PEM')
              .max(1024, 'must be at most 1024 characters'),
            version: z.string().min(1).optional(),
          },
          TRUST_STORE,
        )
        .optional(),
    )
    .optional(),
  encryptionKey,
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
  traffic: z
    .strictObject({
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
    })
    .optional(),
  instances: z
    .strictObject({
      families: distinct(instanceName, 1, 'must name a family or a type, e.g. [c7g, m7g]').optional(),
      exclude: distinct(instanceName, 1, 'must name a family or a type, e.g. [t3a]').optional(),
      architecture: z.enum(ARCHITECTURES, `must be one of ${ARCHITECTURES.join(', ')}`).optional(),
      burstable: z.boolean('must be true or false').optional(),
    })
    .optional(),
  discounts: discounts.optional(),
  schedule: scheduleSchema.optional(),
  scaling: scalingSchema.optional(),
  purchase: purchaseSchema.optional(),
  name: text(LIMITS.endpointName).optional(),
  domain: z
    .strictObject({
      name: hostName.optional(),
      zone: hostName.optional(),
      zoneId: text(LIMITS.zoneId).optional(),
      certificate: text(LIMITS.certificate).optional(),
      privateZoneId: text(LIMITS.zoneId).optional(),
      names: z
        .array(
          z.union([
            hostName,
            z.strictObject({
              name: hostName,
              zone: hostName.optional(),
              zoneId: text(LIMITS.zoneId).optional(),
              certificate: text(LIMITS.certificate).optional(),
              privateZoneId: text(LIMITS.zoneId).optional(),
            }),
          ]),
        )
        .max(MOST_NAMES, `must be at most ${MOST_NAMES}: a load balancer has so many certificates`)
        .optional(),
    })
    .optional(),
  // `lean` alone is a stage that nobody watches
  monitoring: z
    .preprocess(
      (value) => (value === 'lean' ? { lean: true } : value),
      z.strictObject({
        notify: notify.optional(),
        lean: z.boolean().optional(),
        metrics: z.enum(['private', 'public']).optional(),
        scrapeFrom: distinct(text(LIMITS.scraper), 1, 'must name somebody: leave it out otherwise')
          .max(MOST_CALLERS, `must be at most ${MOST_CALLERS}`)
          .optional(),
      }),
    )
    .optional(),
  ...endpointSchema.shape,
  egress: z.enum(EGRESSES as [Egress, ...Egress[]], `must be one of ${EGRESSES.join(', ')}`).optional(),
  cidr: text(LIMITS.network).optional(),
  zones: distinct(text(LIMITS.networkZone), 2, 'must name at least two zones: a load balancer needs two')
    .max(3, 'must name at most three zones')
    .optional(),
  network: z
    .strictObject({
      vpcId: text(LIMITS.vpc),
      availabilityZones: distinct(text(LIMITS.zone), 2, 'must name at least two zones: a load balancer needs two'),
      publicSubnetIds: distinct(
        text(LIMITS.subnet),
        2,
        'must name at least two subnets: a load balancer needs two',
      ).optional(),
      privateSubnetIds: distinct(text(LIMITS.subnet), 1, 'must name a subnet for each zone'),
    })
    .optional(),
  shadow: z
    .strictObject({
      model: packageOrFile,
      share: percent.optional(),
      tolerance: percent.optional(),
      rowValues: z.boolean().optional(),
      group: z.boolean('must be true or false; left out, it has instances of its own where that costs less').optional(),
    })
    .optional(),
  versions: versionsSchema(packageFolder).optional(),
  machineImage: text(LIMITS.machineImage).optional(),
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
/** Of a model in one stage. */
export type OwnDocument = z.infer<typeof ownSchema>;
export type StageDocument = z.infer<typeof stageSchema>;
export type DomainDocument = NonNullable<StageDocument['domain']>;
export type NetworkDocument = NonNullable<StageDocument['network']>;

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
