/** What does not go with a front door that has a name and a certificate of AWS's. */
import { partitionOf } from '../aws/regions';
import { type Edge, LONGEST_EDGE_SECONDS } from '../sizing/service-level/front-door';
import type { DomainDocument } from './domain';
import type { StageMistake } from './mistake';
import { parseDuration } from './quantity';
import type { StageDocument } from './schema';

/** A stage is named after its domain, or by itself where it has none. */
export function nameMistakes(edge: Edge | undefined, name: string | undefined, domain: DomainDocument): StageMistake[] {
  const keys = Object.keys(domain);
  if (edge === undefined) {
    if (name === undefined) return [];
    if (keys.length === 0) {
      return [[['frontDoor'], 'is missing: a stage that has a name and no domain takes cloudfront or api']];
    }
    return [
      [
        ['name'],
        'is for a stage without a domain, whose front door is cloudfront or api; others are named by domain.name',
      ],
    ];
  }
  const mistakes: StageMistake[] = [];
  if (name === undefined) {
    const message = `is missing: with frontDoor: ${edge} there is no domain after which stacks and metrics are named, e.g. name: credit-dev`;
    mistakes.push([['name'], message]);
  }
  if (keys.length > 0) {
    const message = `is there, and frontDoor: ${edge} has a name and a certificate of AWS's; leave it out, or take frontDoor: alb for a name of yours`;
    mistakes.push([['domain'], message]);
  }
  return mistakes;
}

/** Options that the load balancer alone has. */
const OF_THE_BALANCER = [
  'internal',
  'waf',
  'mutualTls',
  'backendTls',
  'ipAddressType',
  'verifyJwt',
  'authenticate',
  'privateLink',
] as const;

export function edgeMistakes(edge: Edge, stage: StageDocument): StageMistake[] {
  const mistakes: StageMistake[] = [];
  const at = (path: string[], message: string) => mistakes.push([path, message]);
  const { region, allowFrom = [], http, traffic = {} } = stage;
  for (const key of OF_THE_BALANCER) {
    if (stage[key]) at([key], `cannot be had with frontDoor: ${edge}; take frontDoor: alb, or leave it out`);
  }
  if (edge === 'api' && stage.allowFrom) {
    at(['allowFrom'], 'cannot be had with frontDoor: api, which everybody reaches; take frontDoor: alb');
  }
  if (edge === 'cloudfront' && !allowFrom.every((caller) => caller.startsWith('pl-'))) {
    at(
      ['allowFrom'],
      'names addresses, and with frontDoor: cloudfront the load balancer sees those of CloudFront alone; name the prefix list com.amazonaws.global.cloudfront.origin-facing of the region, or leave it out',
    );
  }
  if (edge === 'cloudfront' && http === 'closed') {
    at(['http'], 'is closed, and CloudFront always listens on port 80; take refuse or redirect');
  }
  if (edge === 'api' && http !== undefined && http !== 'closed') {
    at(['http'], `is ${http}, and an HTTP API does not listen on port 80; leave it out`);
  }
  if (edge === 'cloudfront' && region !== undefined && (partitionOf(region)?.name ?? 'aws') !== 'aws') {
    at(['frontDoor'], `is cloudfront, which does not reach networks in ${region}; take alb or api`);
  }
  const longest = LONGEST_EDGE_SECONDS[edge];
  if (traffic.p99 !== undefined && (parseDuration(traffic.p99) ?? 0) > 1000 * longest) {
    at(['traffic', 'p99'], `must be at most ${longest}s with frontDoor: ${edge}, which gives up what takes longer`);
  }
  return mistakes;
}
