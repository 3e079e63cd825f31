/** What does not go with a listener of a load balancer that is there. */
import { type Place, placeProblem } from '../aws/place';
import { isHandlerPath } from '../model/instance/handler-paths';
import { OF_THE_BALANCER, prioritiesOf } from '../model/stage/existing-listener';
import type { StageConfig } from './config';
import type { StageMistake } from './edge-mistakes';
import type { Mistake } from './resolve';
import type { DomainDocument, StageDocument } from './schema';

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
  if (priority === 1 && rollout) {
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

/** Priorities of one listener that two stages have. */
export function priorityMistakes(one: StageConfig, { name, endpoint }: StageConfig): Mistake[] {
  const [theirs, ours] = [one.endpoint.listener, endpoint.listener];
  if (!theirs || !ours || theirs.arn !== ours.arn) return [];
  const taken = prioritiesOf(theirs, one.endpoint.rollout);
  const twice = prioritiesOf(ours, endpoint.rollout).find((priority) => taken.includes(priority));
  if (twice === undefined) return [];
  const message = `is ${ours.priority}, and ${one.name} takes ${twice} of the same listener, which has one rule of a priority; a rollout takes the one before as well`;
  return [{ path: ['stages', name, 'listener', 'priority'], message }];
}
