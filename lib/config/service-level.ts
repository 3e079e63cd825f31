/** What a stage of slipway.yaml wants, as the plan takes it. */
import { keyKind } from '../model/stage/encryption';
import { firewallRules } from '../model/stage/firewall';
import { signInOf } from '../model/stage/sign-in';
import { edgeOf } from '../sizing/service-level/front-door';
import type { Schedule } from '../sizing/service-level/schedule';
import type { Availability, ServiceLevel } from '../sizing/service-level/service-level';
import { controlOf } from './access';
import { discountsOf } from './discounts';
import { namesLevel } from './domain';
import { hasDomain } from './function-mistakes';
import { notifyOf } from './monitoring';
import { egressOf } from './network';
import { purchaseOf } from './purchase';
import { parseBudget, parseDuration } from './quantity';
import { scalingOf } from './scaling';
import type { StageDocument } from './schema';
import { dayOfTraffic } from './traffic';

/** @param stage without mistakes @param read what has been read for it already */
export function serviceLevelOf(
  stage: StageDocument,
  { bursts, schedule }: { readonly bursts: ServiceLevel['bursts']; readonly schedule: Schedule | undefined },
): ServiceLevel {
  const { traffic = {}, domain = {}, monitoring = {}, discounts, scaling, purchase, budget } = stage;
  const { day } = dayOfTraffic(traffic);
  const egress = egressOf(stage);
  const access = controlOf(stage.access);
  return {
    requestsPerSecond: traffic.requestsPerSecond!,
    ...(day ? { day } : { meanRequestsPerSecond: traffic.meanRequestsPerSecond }),
    ...(traffic.risePerMinute !== undefined && { risePerMinute: traffic.risePerMinute }),
    ...(schedule && { schedule }),
    ...(bursts && { bursts }),
    rowsPerRequest: traffic.rowsPerRequest ?? 1,
    p99Ms: parseDuration(traffic.p99!)!,
    availability: stage.availability as Availability,
    egress: egress === 'endpoints' ? undefined : egress,
    internal: stage.internal || undefined,
    frontDoor: edgeOf(stage),
    balancerLogs: stage.balancerLogs,
    firewallRules: stage.waf && firewallRules(stage.waf),
    mutualTls: stage.mutualTls && true,
    ipAddressType: stage.ipAddressType,
    verifyJwt: stage.verifyJwt?.issuer,
    signIn: signInOf(stage.authenticate),
    zonalShift: stage.zonalShift || undefined,
    privateLink: stage.privateLink && true,
    accessControl: access && (access.requestLog === false ? 'unlogged' : 'logged'),
    rollout: stage.rollout,
    requestsPerConnection: traffic.requestsPerConnection,
    ...(traffic.balancerNodes !== undefined && { balancerNodes: traffic.balancerNodes }),
    freeTier: stage.freeTier,
    encryptionKey: keyKind(stage.encryptionKey),
    sessionManager: stage.sessionManager || undefined,
    backendTls: stage.backendTls || undefined,
    hostedZone: domain.zone === undefined ? undefined : true,
    names: namesLevel(domain),
    ...(stage.compute === 'lambda' && hasDomain(stage) && { ownName: true }),
    existingListener: stage.listener && true,
    instances: stage.instances,
    discounts: discounts && discountsOf(discounts),
    ...(scaling && scalingOf(scaling)),
    ...(purchase && { purchase: purchaseOf(purchase) }),
    alarmTopic: notifyOf(monitoring) === 'none' ? false : undefined,
    leanMonitoring: monitoring.lean ? true : undefined,
    budgetUsdPerMonth: budget === undefined ? undefined : parseBudget(budget),
  };
}
