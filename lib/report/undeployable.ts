/** Changes that no deployment makes to a running stage. */
import type { Deployment, StageChange } from './planned-stage';

/** Each with the way to make it. */
export function undeployable({ before, after }: StageChange): string[] {
  const [from, to] = [before?.deployment, after?.deployment];
  if (!from || !to) return [];
  const remove = `"aws cloudformation delete-stack --stack-name" for ${from.stacks.join(', then ')}`;
  const beside = `Add a stage beside "${after!.name}" with another domain.name and this, deploy it, move the clients, then remove the old one: ${remove}`;
  const network = ({ vpcId, cidr, zones = [] }: Deployment) =>
    vpcId ?? ['a network of its own', ...(cidr === undefined ? [] : [cidr]), `zones ${zones.join(' ')}`].join(', ');
  const moved = `**the network: ${network(from)} → ${network(to)}.**`;
  if (from.place !== to.place) {
    return [
      `**the place: ${from.place} → ${to.place}.** "cdk deploy" makes new stacks there, and the old ones run and cost on. ${beside}`,
    ];
  }
  if (from.domainName !== to.domainName) {
    return [
      `**the name of the endpoint: ${from.domainName} → ${to.domainName}.** Stacks are named after it: "cdk deploy" makes new ones, and the old ones run and cost on. ${beside}`,
    ];
  }
  if (from.compute !== to.compute) {
    const kind = ({ compute }: Deployment) => (compute === 'lambda' ? 'a function' : 'instances');
    return [
      `**what answers: ${kind(from)} → ${kind(to)}.** Clients call another address, and what answers now would be removed with it. ${beside}`,
    ];
  }
  if (from.vpcId !== to.vpcId) {
    return [`${moved} A load balancer cannot move to another network, so CloudFormation will refuse this. ${beside}`];
  }
  if (network(from) !== network(to)) {
    return [
      `${moved} Subnets that are in use cannot change their addresses or their zone, so CloudFormation will refuse this. ${beside}`,
    ];
  }
  if ((from.backendTls ?? false) !== (to.backendTls ?? false)) {
    const kind = ({ backendTls }: Deployment) => (backendTls ? 'HTTPS' : 'HTTP');
    return [
      `**the way to the instances: ${kind(from)} → ${kind(to)}.** The target group would be a new one, in which the instances that run are unhealthy: the endpoint would be down until all are new. ${beside}`,
    ];
  }
  if ((from.internal ?? false) !== (to.internal ?? false)) {
    const kind = ({ internal }: Deployment) => (internal ? 'internal' : 'public');
    return [
      `**the load balancer: ${kind(from)} → ${kind(to)}.** A target group cannot move to another load balancer, so CloudFormation will refuse this. ${beside}`,
    ];
  }
  if (from.balancer !== to.balancer) {
    const [was, is] = [from, to].map(({ balancer }) => balancer?.replace(/^.*:loadbalancer\//, 'yours, ') ?? 'its own');
    return [
      `**the load balancer: ${was} → ${is}.** A target group cannot move to another load balancer, so CloudFormation will refuse this. ${beside}`,
    ];
  }
  const door = ({ frontDoor = 'alb' }: Deployment) => frontDoor;
  if (door(from) !== door(to)) {
    return [
      `**the front door: ${door(from)} → ${door(to)}.** Clients call another address, and a target group cannot move to another load balancer. ${beside}`,
    ];
  }
  return [];
}

/** What of the changes no deployment makes, by the stage; whoever deploys them all the same says so. */
export function refusedChanges(changes: readonly StageChange[]): { readonly stage: string; readonly why: string }[] {
  return changes.flatMap((change) =>
    undeployable(change).map((why) => ({ stage: change.after!.name, why: why.replaceAll('**', '') })),
  );
}
