/** What does not go with a function of AWS Lambda. */
import { partitionOf } from '../aws/regions';
import { LONGEST_EDGE_SECONDS } from '../sizing/service-level/front-door';
import type { StageMistake } from './mistake';
import { parseDuration } from './quantity';
import type { StageDocument } from './schema';

const NO_BALANCER = 'there is no load balancer';
const NO_NETWORK = 'a function is in no network';
const NO_INSTANCES = 'there are no instances';

/** What a function in place of instances is not asked for: how these are bought, grow, and reach AWS. */
const OF_INSTANCES = [
  'egress',
  'cidr',
  'zones',
  'network',
  'allowTo',
  'instances',
  'discounts',
  'machineImage',
  'purchase',
  'scaling',
  'schedule',
  'sessionManager',
  'backendTls',
  'balancerLogs',
  'targetHealth',
  'zonalShift',
] as const satisfies readonly (keyof StageDocument)[];

/** A stage that the plan may make a function, as one. A load balancer by a name of the user's becomes an HTTP API by that name. */
export function inPlaceOfInstances({ frontDoor, ...stage }: StageDocument): StageDocument {
  const left = Object.entries(stage).filter(([key]) => !OF_INSTANCES.some((one) => one === key));
  const door = frontDoor === 'alb' ? undefined : frontDoor;
  return { ...(Object.fromEntries(left) as StageDocument), compute: 'lambda', ...(door && { frontDoor: door }) };
}

/** Keys that a function has nothing for, and why. */
const WITHOUT: Readonly<Partial<Record<keyof StageDocument, string>>> = {
  internal: 'everybody reaches its HTTP API; take access.apiKeys or access.jwt to keep callers out',
  allowFrom: 'everybody reaches its HTTP API; take access.apiKeys or access.jwt to keep callers out',
  allowTo: NO_NETWORK,
  waf: 'WAF does not stand before an HTTP API',
  verifyJwt: `${NO_BALANCER} that checks tokens; access.jwt does`,
  authenticate: `${NO_BALANCER} at which people sign in`,
  privateLink: NO_BALANCER,
  listener: NO_BALANCER,
  balancerLogs: NO_BALANCER,
  targetHealth: NO_BALANCER,
  zonalShift: `${NO_BALANCER}; a function stands in several zones by itself`,
  backendTls: NO_BALANCER,
  sessionManager: NO_INSTANCES,
  instances: `${NO_INSTANCES}, and a function has no GPU`,
  discounts: NO_INSTANCES,
  machineImage: NO_INSTANCES,
  purchase: NO_INSTANCES,
  scaling: NO_INSTANCES,
  schedule: 'a function costs nothing while nobody asks',
  shadow: 'it stands still between requests, in which a shadow would run',
  versions: 'it serves one package',
  egress: NO_NETWORK,
  cidr: NO_NETWORK,
  zones: NO_NETWORK,
  network: NO_NETWORK,
};

/** A stage of a function without what a function has nothing for, so that each such key is told of once. */
export function withoutInstances(stage: StageDocument): StageDocument {
  const left = Object.entries(stage).filter(([key]) => !(key in WITHOUT));
  return { ...(Object.fromEntries(left) as StageDocument), frontDoor: doorOf(stage) };
}

const doorOf = ({ frontDoor }: StageDocument) => (frontDoor === 'cloudfront' ? frontDoor : 'api');

/** Whether a stage has a name of the user's. */
export const hasDomain = ({ domain = {} }: StageDocument): boolean => Object.keys(domain).length > 0;

export function functionMistakes(stage: StageDocument): StageMistake[] {
  const mistakes: StageMistake[] = [];
  const at = (path: string[], message: string) => mistakes.push([path, message]);
  for (const [key, why] of Object.entries(WITHOUT)) {
    const value = stage[key as keyof StageDocument];
    if (value !== undefined && value !== false) {
      at([key], `cannot be had with compute: lambda: ${why}; take compute: instances, or leave it out`);
    }
  }
  mistakes.push(...nameMistakes(stage), ...doorMistakes(stage));
  const { traffic = {}, monitoring = {}, rollout } = stage;
  if (rollout?.mostChanged !== undefined) {
    at(
      ['rollout', 'mostChanged'],
      'is there, and a function has no shadow that a new package could be held against; leave it out',
    );
  }
  if (monitoring.metrics === 'public') {
    at(
      ['monitoring', 'metrics'],
      'is public, and /metrics of a function is of one of many environments; leave it out, CloudWatch has all of them',
    );
  }
  if (monitoring.scrapeFrom) {
    at(['monitoring', 'scrapeFrom'], `cannot be had with compute: lambda: ${NO_INSTANCES}; leave it out`);
  }
  if (traffic.balancerNodes !== undefined) {
    at(['traffic', 'balancerNodes'], `cannot be had with compute: lambda: ${NO_BALANCER}; leave it out`);
  }
  const longest = LONGEST_EDGE_SECONDS.api;
  if (traffic.p99 !== undefined && (parseDuration(traffic.p99) ?? 0) > 1000 * longest) {
    at(['traffic', 'p99'], `must be at most ${longest}s with compute: lambda: its HTTP API gives up what takes longer`);
  }
  return mistakes;
}

/** It is named after its domain, or by itself where it has none. */
function nameMistakes(stage: StageDocument): StageMistake[] {
  const { name } = stage;
  if (!hasDomain(stage) && name === undefined) {
    const message =
      'is missing: with compute: lambda and without a domain nothing else names stacks and metrics, e.g. name: credit-dev';
    return [[['name'], message]];
  }
  if (hasDomain(stage) && name !== undefined) {
    return [[['name'], 'is for a stage without a domain; this one is named by domain.name, so leave it out']];
  }
  return [];
}

/** Whether a certificate is given that ACM may not have issued. */
const certified = ({ certificate, names = [] }: NonNullable<StageDocument['domain']>) =>
  certificate !== undefined || names.some((name) => typeof name !== 'string' && name.certificate !== undefined);

/** What does not go with an HTTP API, or with CloudFront before it. */
function doorMistakes(stage: StageDocument): StageMistake[] {
  const mistakes: StageMistake[] = [];
  const at = (path: string[], message: string) => mistakes.push([path, message]);
  const { frontDoor = 'api', http, mutualTls, ipAddressType, region, domain = {} } = stage;
  if (frontDoor === 'alb') {
    at(
      ['frontDoor'],
      'is alb, and a function stands behind an HTTP API; take api, which takes a domain, or cloudfront',
    );
  }
  if (mutualTls && !hasDomain(stage)) {
    at(
      ['mutualTls'],
      'needs a name of yours: an HTTP API asks for certificates there alone; add domain, or leave it out',
    );
  } else if (mutualTls && certified(domain)) {
    at(
      ['mutualTls'],
      'stands beside a certificate of yours, which may be imported, and then an HTTP API wants another one as well; give domain.zone and zoneId instead, so that ACM issues it',
    );
  }
  if (frontDoor !== 'cloudfront') {
    if (http !== undefined && http !== 'closed') {
      at(['http'], `is ${http}, and an HTTP API does not listen on port 80; leave it out`);
    }
    return mistakes;
  }
  if (hasDomain(stage)) {
    at(
      ['domain'],
      "is there, and frontDoor: cloudfront has a name and a certificate of AWS's; leave it out, or take frontDoor: api for a name of yours",
    );
  }
  if (http === 'closed') at(['http'], 'is closed, and CloudFront always listens on port 80; take refuse or redirect');
  if (ipAddressType === 'dualstack')
    at(['ipAddressType'], 'is of an HTTP API, and CloudFront has addresses of both kinds; leave it out');
  if (region !== undefined && (partitionOf(region)?.name ?? 'aws') !== 'aws') {
    at(['frontDoor'], `is cloudfront, which is not to be had in ${region}; take api`);
  }
  return mistakes;
}
