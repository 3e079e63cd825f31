/** The form of slipway.yaml. Whether a stage is complete is checked after the defaults are merged, in resolve.ts. */
import { z } from 'zod';
import { IDLE_TIMEOUT_SECONDS, MOST_QUEUE_ROWS } from '../model/handler-settings';
import { AVAILABILITIES } from '../sizing/service-level';
import { parseBudget, parseDuration } from './quantity';

const HOST_NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

const hostName = z.string().regex(HOST_NAME, 'must be a host name in lower case, e.g. credit.example.com');
const positive = z.number().positive('must be greater than 0');

/** Characters of a parameter's name (Systems Manager user guide, "About requirements and constraints for parameter names"). */
const parameterName = z
  .string()
  .regex(/^\/[\w./-]{1,1000}$/, 'must be the name of an SSM parameter, e.g. /slipway/prod/keys');

export const stageSchema = z.strictObject({
  account: z
    .string('must be twelve digits in quotes: without quotes YAML reads a number and drops leading zeros')
    .regex(/^\d{12}$/, 'must be twelve digits')
    .optional(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region, e.g. eu-west-1')
    .optional(),
  availability: z.enum(AVAILABILITIES as [string, ...string[]]).optional(),
  traffic: z
    .strictObject({
      requestsPerSecond: positive.optional(),
      meanRequestsPerSecond: positive.optional(),
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
  domain: z
    .strictObject({
      name: hostName.optional(),
      zone: hostName.optional(),
      zoneId: z
        .string()
        .regex(/^Z[A-Z0-9]{3,31}$/, 'must be the id of a Route 53 hosted zone, e.g. Z0123456789ABCDEFGHIJ')
        .optional(),
      certificate: z
        .string()
        .regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/, 'must be the ARN of an ACM certificate')
        .optional(),
    })
    .optional(),
  monitoring: z
    .strictObject({
      notify: z
        .union([z.array(z.email()).min(1), z.literal('none')], {
          error: 'must be a list of e-mail addresses, or none to decline notifications',
        })
        .optional(),
    })
    .optional(),
  access: z
    .strictObject({
      apiKeys: parameterName.optional(),
      jwt: z
        .strictObject({
          issuer: z.string().regex(/^https:\/\/\S+$/, 'must be the iss of the tokens, e.g. https://login.example.com/'),
          audience: z.string().min(1),
          keySet: parameterName,
          scope: z
            .string()
            .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be one scope, without spaces')
            .optional(),
        })
        .optional(),
      encryptionKey: z
        .string()
        .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, 'must be the ARN of a KMS key')
        .optional(),
      requestLog: z.boolean().optional(),
    })
    .refine(({ apiKeys, jwt }) => apiKeys !== undefined || jwt !== undefined, 'must name apiKeys, jwt or both')
    .optional(),
  network: z
    .strictObject({
      vpcId: z.string().regex(/^vpc-[0-9a-f]+$/, 'must be the id of a VPC, e.g. vpc-0123456789abcdef0'),
      availabilityZones: z.array(z.string()).min(2, 'must name at least two zones: a load balancer needs two'),
      publicSubnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]+$/, 'must be the id of a subnet')).min(2),
      privateSubnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]+$/, 'must be the id of a subnet')).min(1),
    })
    .optional(),
  machineImage: z
    .string()
    .regex(/^ami-[0-9a-f]{8,17}$/, 'must be the id of an AMI, e.g. ami-0123456789abcdef0')
    .optional(),
  budget: z
    .string('must be an amount, e.g. 600 USD/month')
    .refine((text) => parseBudget(text) !== undefined, 'must be an amount, e.g. 600 USD/month')
    .optional(),
  requireVerified: z.boolean().optional(),
});

export type StageDocument = z.infer<typeof stageSchema>;

export const documentSchema = z.strictObject({
  model: z.string().min(1),
  defaults: stageSchema.optional(),
  stages: z
    .record(z.string(), stageSchema)
    .refine((stages) => Object.keys(stages).length > 0, 'must have at least one stage'),
});

export type ConfigDocument = z.infer<typeof documentSchema>;
