/** What does not go with a listener of a load balancer that is there. */
import { type Place, placeProblem } from '../aws/place';
import { isHandlerPath } from '../model/instance/handler-paths';
import { OF_THE_BALANCER, prioritiesOf } from '../model/stage/existing-listener';
import type { StageConfig } from './config';
import type { DomainDocument } from './domain';
import type { Mistake, StageMistake } from './mistake';
import { endpointTitle, rulesOf } from './model-place';
import type { StageDocument } from './schema';
import { ruleProblem } from './stated-rules';

export function listenerMistakes(stage: StageDocument, domain: DomainDocument, place: Place): StageMistake[] {
  const { listener, network, frontDoor, rollout, internal } = stage;
  if (!listener) return [];
  const mistakes: StageMistake[] = [];
  const at = (path: string[], message: string) => mistakes.push([path, message]);
  const { arn, priority, path, dnsName, zoneId } = listener;
  const misplaced = placeProblem(arn, place, 'a target group needs a listener', true);
  if (misplaced) at(['listener', 'arn'], misplaced);
  if (!network) at(['network'], 'is missing: with listener the instances stand in the network of that load balancer');
  if (frontDoor !== undefined && frontDoor !== 'alb') {
    at(['frontDoor'], `is ${frontDoor}, and listener is of a load balancer; leave one of both out`);
  }
  for (const key of OF_THE_BALANCER) {
    if (stage[key] !== undefined) at([key], 'is of the load balancer, which is yours with listener; leave it out');
  }
  for (const key of ['names', 'certificate'] as const) {
    if (domain[key] === undefined) continue;
    at(['domain', key], 'cannot be had with listener; add it to the listener, or leave it out');
  }
  if (priority === undefined) {
    at(['listener', 'priority'], 'is missing: the place of the rule, at which the listener has none yet');
  } else if (priority === 1 && rollout) {
    at(['listener', 'priority'], 'is 1, and a rollout takes the priority before it as well; take 2 or more');
  }
  if (path !== undefined && isHandlerPath(path)) {
    at(['listener', 'path'], `is ${path}, which hides the route of that name; take another, e.g. path: /my-model`);
  }
  if ((dnsName === undefined) !== (zoneId === undefined)) {
    const [missing, has] = dnsName === undefined ? ['dnsName', 'zoneId'] : ['zoneId', 'dnsName'];
    at(
      ['listener', missing!],
      `is missing, and ${has} is there; "aws elbv2 describe-load-balancers" prints both, as DNSName and CanonicalHostedZoneId`,
    );
  }
  if (internal && dnsName === undefined && zoneId === undefined) {
    at(['listener', 'dnsName'], 'is missing: with internal a function in the network judges deployments by it');
  }
  return mistakes;
}

/** Priorities of a listener of the user's that an endpoint takes. */
function taken({ place, fleet, endpoint: { listener, rollout } }: StageConfig): number[] {
  if (!place) return prioritiesOf(listener!, rollout);
  return rulesOf(place.priority, { fleet: fleet !== undefined, rollout: rollout !== undefined });
}

/** Where the priority of an endpoint is said, or would be. */
const priorityKey = ({ name, place }: StageConfig) =>
  place ? ['stages', name, 'models', place.name, 'priority'] : ['stages', name, 'listener', 'priority'];

/** Priorities of one listener that endpoints of two stages have. */
export function priorityMistakes(one: StageConfig, other: StageConfig): Mistake[] {
  const { place, endpoint } = other;
  const [theirs, ours] = [one.endpoint.listener, endpoint.listener];
  if (!theirs || !ours || theirs.arn !== ours.arn) return [];
  const theirPriorities = taken(one);
  const twice = taken(other).find((priority) => theirPriorities.includes(priority));
  if (twice === undefined) return [];
  const [own, more] = place
    ? [place.priority, 'a model takes those about twice its own']
    : [ours.priority, 'a rollout takes the one before as well'];
  const message = `is ${own}, and ${endpointTitle(one)} takes ${twice} of the same listener, which has one rule of a priority; ${more}`;
  return [{ path: priorityKey(other), message }];
}

/** What is wrong with an endpoint beside the rules that its listener is stated to have. */
export function ruleMistakes(stage: StageConfig): Mistake[] {
  const { domain, place, endpoint } = stage;
  if (!endpoint.listener) return [];
  const { rules = [], path } = endpoint.listener;
  const asked = { host: place?.host ?? domain.name, path: place ? place.path : path };
  const message = ruleProblem(rules, taken(stage), asked);
  return message === undefined ? [] : [{ path: priorityKey(stage), message }];
}
