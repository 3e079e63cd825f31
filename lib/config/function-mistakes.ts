/** What does not go with a function of AWS Lambda. */
import { LONGEST_EDGE_SECONDS } from '../sizing/service-level/front-door';
import type { StageMistake } from './mistake';
import { parseDuration } from './quantity';
import type { StageDocument } from './schema';

const NO_BALANCER = 'there is no load balancer';
const NO_NETWORK = 'a function is in no network';
const NO_INSTANCES = 'there are no instances';

/** Keys that a function has nothing for, and why. */
const WITHOUT: Readonly<Partial<Record<keyof StageDocument, string>>> = {
  internal: 'everybody reaches its HTTP API; take access.apiKeys or access.jwt to keep callers out',
  allowFrom: 'everybody reaches its HTTP API; take access.apiKeys or access.jwt to keep callers out',
  allowTo: NO_NETWORK,
  waf: 'WAF does not stand before an HTTP API',
  mutualTls: NO_BALANCER,
  verifyJwt: `${NO_BALANCER} that checks tokens; access.jwt does`,
  authenticate: `${NO_BALANCER} at which people sign in`,
  privateLink: NO_BALANCER,
  listener: NO_BALANCER,
  ipAddressType: NO_BALANCER,
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
  rollout: 'its package is verified before any client is answered by it, and then has all requests',
  egress: NO_NETWORK,
  cidr: NO_NETWORK,
  zones: NO_NETWORK,
  network: NO_NETWORK,
};

/** A stage of a function without what a function has nothing for, so that each such key is told of once. */
export function withoutInstances(stage: StageDocument): StageDocument {
  const left = Object.entries(stage).filter(([key]) => !(key in WITHOUT) && key !== 'domain' && key !== 'http');
  return { ...(Object.fromEntries(left) as StageDocument), frontDoor: 'api' };
}

export function functionMistakes(stage: StageDocument): StageMistake[] {
  const mistakes: StageMistake[] = [];
  const at = (path: string[], message: string) => mistakes.push([path, message]);
  for (const [key, why] of Object.entries(WITHOUT)) {
    const value = stage[key as keyof StageDocument];
    if (value !== undefined && value !== false) {
      at([key], `cannot be had with compute: lambda: ${why}; take compute: instances, or leave it out`);
    }
  }
  const { frontDoor = 'api', http = 'closed', traffic = {}, monitoring = {}, name, domain = {} } = stage;
  if (frontDoor !== 'api') {
    at(['frontDoor'], `is ${frontDoor}, and a function stands behind an HTTP API; take api, or leave it out`);
  }
  if (http !== 'closed') at(['http'], `is ${http}, and an HTTP API does not listen on port 80; leave it out`);
  if (Object.keys(domain).length > 0) {
    at(
      ['domain'],
      "is there, and the HTTP API of a function has a name and a certificate of AWS's; leave it out, or take compute: instances for a name of yours",
    );
  }
  if (name === undefined) {
    at(
      ['name'],
      'is missing: with compute: lambda there is no domain after which stacks and metrics are named, e.g. name: credit-dev',
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
