/** Merges the defaults into a stage and checks what only shows when they are together. */
import { callerProblem } from '../aws/addresses';
import { type Place, placeProblem } from '../aws/place';
import { regionOfZone } from '../aws/regions';
import { SlipwayError } from '../model/error';
import { DEFAULT_SHADOW } from '../model/instance/handler-settings';
import { keyKind } from '../model/stage/encryption';
import { firewallRules } from '../model/stage/firewall';
import { signInOf } from '../model/stage/sign-in';
import type { Bursts } from '../sizing/service-level/arrivals';
import type { Discounts } from '../sizing/service-level/discounts';
import { NO_SESSIONS_OVER_IPV6 } from '../sizing/service-level/egress';
import { edgeOf } from '../sizing/service-level/front-door';
import { NO_SPOT_ACROSS_ZONES } from '../sizing/service-level/purchase';
import { WAKE_NEEDS_CALLERS, WAKE_NEEDS_ITS_DOOR, weeklyShare } from '../sizing/service-level/schedule';
import { type Availability, NO_DAY_BESIDE_SCHEDULE, type ServiceLevel } from '../sizing/service-level/service-level';
import type { ShadowConfig, StageConfig } from './config';
import { domainMistakes, domainOf, namesLevel } from './domain';
import { edgeMistakes, nameMistakes } from './edge-mistakes';
import { functionMistakes, hasDomain, withoutInstances } from './function-mistakes';
import { listenerMistakes } from './listener-mistakes';
import { purchaseOf } from './purchase';
import { parseBudget, parseDiscount, parseDuration, parsePercent } from './quantity';
import { scalingMistakes, scalingOf } from './scaling';
import { scheduleOf } from './schedule';
import type { NetworkDocument, StageDocument } from './schema';
import { signInMistakes } from './sign-in';
import { burstsOf, dayOfTraffic } from './traffic';
import { versionsOf } from './versions';

/** Name of a stage that is protected unless it says otherwise. */
const PROTECTED = 'prod';

/** A mistake at a path of keys in the document. */
export interface Mistake {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Keys of a stage replace those of the defaults; the keys inside `traffic`, `domain` and `monitoring` do so one by one. */
export function merge(defaults: StageDocument, stage: StageDocument): StageDocument {
  return {
    ...defaults,
    ...stage,
    traffic: { ...defaults.traffic, ...stage.traffic },
    domain: { ...defaults.domain, ...stage.domain },
    monitoring: { ...defaults.monitoring, ...stage.monitoring },
  };
}

/** A stage without the folder of its model. */
export type ResolvedStage = Omit<StageConfig, 'model' | 'place' | 'fleet' | 'shadow'> & {
  readonly shadow?: ResolvedShadow;
};

/** @param recorded what a file says of how requests come; it throws where it says nothing */
export function resolveStage(
  name: string,
  defaults: StageDocument,
  stage: StageDocument,
  recorded: (file: string) => Bursts,
): { stage?: ResolvedStage; mistakes: Mistake[] } {
  const written = merge(defaults, stage);
  const isFunction = written.compute === 'lambda';
  const whole = isFunction ? withoutInstances(written) : written;
  const {
    account,
    region,
    compute,
    availability = isFunction ? 'single' : undefined, // of instances that it is held against; it stands in several zones
    traffic = {},
    domain = {},
    monitoring = {},
    network,
    shadow,
    versions,
    zones,
    cidr,
    egress = network ? 'existing' : 'endpoints',
    machineImage,
    budget,
    instances,
    discounts,
    schedule: scheduled,
    purchase: bought,
    scaling,
    freeTier,
    requireVerified = false,
    access: asked,
    models: _placed,
    name: named,
    fleets: _together,
    ...endpoint
  } = whole;
  const { origins, ...control } = asked ?? {};
  const access = Object.keys(control).length > 0 ? control : undefined; // origins alone keep nobody out
  const { internal = false } = endpoint;
  const { lean = false, notify = lean ? ('none' as const) : undefined, metrics, scrapeFrom } = monitoring;
  const mistakes: Mistake[] = [];
  const at = (path: string[], message: string) => mistakes.push({ path: ['stages', name, ...path], message });

  if (!region) at(['region'], 'is missing: the AWS region, e.g. region: eu-west-1');
  if (!availability) at(['availability'], 'is missing: one of single, instance, zone');
  if (!traffic.requestsPerSecond) {
    at(['traffic', 'requestsPerSecond'], 'is missing: the peak, e.g. traffic: { requestsPerSecond: 20, p99: 100ms }');
  }
  if (!traffic.p99) at(['traffic', 'p99'], 'is missing: the latency that 99 of 100 requests must keep, e.g. 100ms');
  if ((traffic.meanRequestsPerSecond ?? 0) > (traffic.requestsPerSecond ?? Number.POSITIVE_INFINITY)) {
    at(
      ['traffic', 'meanRequestsPerSecond'],
      `is ${traffic.meanRequestsPerSecond}, above the peak of ${traffic.requestsPerSecond}`,
    );
  }
  const schedule = scheduled && scheduleOf(scheduled);
  const mostInTheMean = schedule && (traffic.requestsPerSecond ?? 0) * weeklyShare(schedule);
  if (schedule && traffic.day !== undefined) at(['traffic', 'day'], NO_DAY_BESIDE_SCHEDULE);
  else if (mostInTheMean !== undefined && (traffic.meanRequestsPerSecond ?? 0) > mostInTheMean) {
    at(
      ['traffic', 'meanRequestsPerSecond'],
      `is ${traffic.meanRequestsPerSecond}, above the ${Number(mostInTheMean.toPrecision(4))} that schedule has in the mean of a week`,
    );
  }
  for (const [path, message] of scalingMistakes(whole)) at(path, message);
  if (schedule?.wake && (edgeOf(endpoint) || endpoint.listener || whole.models)) {
    at(['schedule', 'wake'], WAKE_NEEDS_ITS_DOOR);
  } else if (schedule?.wake && !internal && !endpoint.allowFrom) at(['schedule', 'wake'], WAKE_NEEDS_CALLERS);
  const purchase = bought && purchaseOf(bought);
  if (purchase?.onDemandBase === 0 && availability === 'zone') at(['purchase', 'onDemandBase'], NO_SPOT_ACROSS_ZONES);
  const { day, problem: oddDay } = dayOfTraffic(traffic);
  if (oddDay) at(['traffic', oddDay.key], oddDay.message);
  if (notify === undefined) {
    at(['monitoring', 'notify'], 'is missing: e-mail addresses to tell of alarms, or none to decline');
  }
  if (metrics === 'public' && access === undefined) {
    at(
      ['monitoring', 'metrics'],
      'is public, and there is no access control: everybody could read the measurements; add access with apiKeys or jwt, or leave metrics private',
    );
  }
  let bursts: ServiceLevel['bursts'];
  try {
    bursts = burstsOf(traffic.bursts, recorded);
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    at(['traffic', 'bursts'], `names a file that does not do: ${error.message}`);
  }
  if (versions && shadow && versionsOf(versions).some(({ model, weight }) => model === undefined && weight === 0)) {
    at(
      ['shadow'],
      'is given the rows of the version that is the model of the file, whose weight is 0 %; give that version a weight, or leave the shadow out',
    );
  }
  const place: Place = { region, account };
  const edge = edgeOf(endpoint);
  const ofAws = isFunction ? !hasDomain(written) : edge !== undefined; // its name
  for (const problem of ofAws || (named !== undefined && Object.keys(domain).length === 0)
    ? []
    : domainMistakes(domain, place, {
        certified: endpoint.listener !== undefined,
        ...(isFunction && { needs: 'an HTTP API' }),
      })) {
    at(['domain', ...problem.path.map(String)], problem.message);
  }
  for (const [path, message] of listenerMistakes(whole, domain, place)) at(path, message);
  if (endpoint.privateLink && !internal && !edge) {
    at(['privateLink'], 'is for an endpoint without public addresses; set internal: true, or leave it out');
  }
  if (endpoint.privateLink && endpoint.mutualTls) {
    at(
      ['privateLink'],
      'stands beside mutualTls, and the load balancer of PrivateLink has no certificate for its health check; leave one of both out',
    );
  }
  for (const [path, message] of edge ? [] : signInMistakes(whole, place)) at(path, message);
  for (const [path, message] of isFunction
    ? functionMistakes(written)
    : [...nameMistakes(edge, named, domain), ...(edge ? edgeMistakes(edge, whole) : [])]) {
    at(path, message);
  }
  if (access?.encryptionKey !== undefined) {
    const problem = placeProblem(access.encryptionKey, place, 'parameters are decrypted with a key', false);
    if (problem) at(['access', 'encryptionKey'], problem);
  }
  if (keyKind(endpoint.encryptionKey) === 'given') {
    const problem = placeProblem(endpoint.encryptionKey!, place, 'logs and volumes are encrypted with a key', true);
    if (problem) at(['encryptionKey'], problem);
  }
  if (access?.jwt && access.apiKeys === access.jwt.keySet) {
    at(
      ['access', 'jwt', 'keySet'],
      `is ${access.apiKeys}, which has the API keys; the key set has a parameter of its own`,
    );
  }
  if (access?.deploymentKey !== undefined && access.apiKeys === undefined) {
    at(['access', 'deploymentKey'], 'needs access.apiKeys: it is one of the keys that are let in');
  }
  if (access?.deploymentKey !== undefined && [access.apiKeys, access.jwt?.keySet].includes(access.deploymentKey)) {
    at(
      ['access', 'deploymentKey'],
      `is ${access.deploymentKey}, which has what instances read; the key has a parameter of its own`,
    );
  }
  if (network && zones !== undefined) {
    at(['zones'], `are of a network that is made, and this stage uses ${network.vpcId}; leave one of both out`);
  }
  if (network && cidr !== undefined) {
    at(['cidr'], `is of a network that is made, and this stage uses ${network.vpcId}; leave one of both out`);
  }
  if (domain.privateZoneId !== undefined && !internal) {
    at(['domain', 'privateZoneId'], 'is for an internal endpoint; set internal: true, or leave it out');
  }
  if (domain.privateZoneId !== undefined && domain.privateZoneId === domain.zoneId) {
    at(
      ['domain', 'privateZoneId'],
      'is domain.zoneId, the public zone by which the certificate is validated; take a private one',
    );
  }
  const callers = edge || endpoint.listener ? undefined : callerProblem(endpoint);
  if (callers !== undefined) at(['allowFrom'], callers);
  if (endpoint.zonalShift && availability === 'single') {
    at(
      ['zonalShift'],
      'leaves a zone for others, and availability: single has instances in one; take zone, or leave it out',
    );
  }
  const inside = internal || edge !== undefined;
  if (inside && !endpoint.listener && network && network.privateSubnetIds.length < 2) {
    at(
      ['network', 'privateSubnetIds'],
      'must name subnets in two zones: a load balancer without public addresses stands in them',
    );
  }
  if (network && egress !== 'existing') {
    at(
      ['egress'],
      `is ${egress}, of a network that is made, and this stage uses ${network.vpcId}, whose ways out are its own; take egress: existing`,
    );
  }
  if (!network && egress === 'existing') {
    at(
      ['egress'],
      'is existing, which is the way out of a network that is there: name it as network, or take endpoints, ipv6 or nat',
    );
  }
  if (endpoint.allowTo && (egress === 'ipv6' || egress === 'nat')) {
    at(
      ['allowTo'],
      `cannot be kept with egress: ${egress}, by which CloudWatch Logs is called at addresses that no list has; take egress: endpoints`,
    );
  }
  if (endpoint.sessionManager && egress === 'ipv6') {
    at(['sessionManager'], NO_SESSIONS_OVER_IPV6);
  }
  if (network)
    for (const problem of networkMistakes(network, region, inside || endpoint.listener !== undefined))
      at(['network', ...problem.path.map(String)], problem.message);
  if (mistakes.length > 0) return { mistakes };
  return {
    mistakes,
    stage: {
      name,
      account,
      region: region!,
      ...(compute === 'lambda' && { compute }),
      serviceLevel: {
        requestsPerSecond: traffic.requestsPerSecond!,
        ...(day ? { day } : { meanRequestsPerSecond: traffic.meanRequestsPerSecond }),
        ...(traffic.risePerMinute !== undefined && { risePerMinute: traffic.risePerMinute }),
        ...(schedule && { schedule }),
        ...(bursts && { bursts }),
        rowsPerRequest: traffic.rowsPerRequest ?? 1,
        p99Ms: parseDuration(traffic.p99!)!,
        availability: availability as Availability,
        egress: egress === 'endpoints' ? undefined : egress,
        internal: internal || undefined,
        frontDoor: edge,
        balancerLogs: endpoint.balancerLogs,
        firewallRules: endpoint.waf && firewallRules(endpoint.waf),
        mutualTls: endpoint.mutualTls && true,
        ipAddressType: endpoint.ipAddressType,
        verifyJwt: endpoint.verifyJwt?.issuer,
        signIn: signInOf(endpoint.authenticate),
        zonalShift: endpoint.zonalShift || undefined,
        privateLink: endpoint.privateLink && true,
        accessControl: access && (access.requestLog === false ? 'unlogged' : 'logged'),
        rollout: endpoint.rollout,
        requestsPerConnection: traffic.requestsPerConnection,
        freeTier,
        encryptionKey: keyKind(endpoint.encryptionKey),
        sessionManager: endpoint.sessionManager || undefined,
        backendTls: endpoint.backendTls || undefined,
        hostedZone: domain.zone === undefined ? undefined : true,
        names: namesLevel(domain),
        ...(isFunction && hasDomain(written) && { ownName: true }),
        existingListener: endpoint.listener && true,
        instances,
        discounts: discounts && discountsOf(discounts),
        ...(scaling && scalingOf(scaling)),
        ...(purchase && { purchase }),
        alarmTopic: notify === 'none' ? false : undefined,
        leanMonitoring: lean ? true : undefined,
        budgetUsdPerMonth: budget === undefined ? undefined : parseBudget(budget),
      },
      domain: ofAws ? { name: named! } : domainOf(domain),
      endpoint: {
        ...endpoint,
        listener: endpoint.listener as StageConfig['endpoint']['listener'], // its priority is there, or was missed
        ...(access && { access }),
        ...(origins && { origins }),
        protect: endpoint.protect ?? name === PROTECTED,
        notify: notify!,
        ...(metrics === 'public' && { publicMetrics: true }),
        ...(scrapeFrom && { scrapeFrom }),
      },
      network,
      shadow: shadow && shadowOf(shadow),
      versions: versions && versionsOf(versions),
      zones,
      cidr,
      machineImage,
      requireVerified,
    },
  };
}

function discountsOf(discounts: NonNullable<StageDocument['discounts']>): Discounts {
  return Object.fromEntries(Object.entries(discounts).map(([name, text]) => [name, parseDiscount(text)!]));
}

/** Its model as the file has it, of which `check` makes a folder. */
export type ResolvedShadow = Omit<ShadowConfig, 'model' | 'modelFile'> &
  Pick<NonNullable<StageDocument['shadow']>, 'model'>;

function shadowOf({
  model,
  share,
  tolerance,
  rowValues = false,
  group,
}: NonNullable<StageDocument['shadow']>): ResolvedShadow {
  return {
    model,
    share: share === undefined ? DEFAULT_SHADOW.share : parsePercent(share)!,
    tolerance: tolerance === undefined ? DEFAULT_SHADOW.tolerance : parsePercent(tolerance)!,
    rowValues,
    ...(group !== undefined && { group }),
  };
}

function networkMistakes(network: NetworkDocument, region: string | undefined, internal: boolean): Mistake[] {
  const { availabilityZones: zones, publicSubnetIds, privateSubnetIds } = network;
  const mistakes: Mistake[] = [];
  if (!publicSubnetIds && !internal) {
    mistakes.push({
      path: ['publicSubnetIds'],
      message: 'is missing: the subnets of the load balancer, one in each zone; an internal one needs none',
    });
  }
  for (const [key, subnets] of Object.entries({ publicSubnetIds, privateSubnetIds })) {
    if (subnets === undefined || subnets.length === zones.length) continue;
    mistakes.push({
      path: [key],
      message: `has ${subnets.length} subnets for ${zones.length} zones; one each, in the same order`,
    });
  }
  for (const [i, subnet] of privateSubnetIds.entries()) {
    if (!publicSubnetIds?.includes(subnet)) continue;
    mistakes.push({
      path: ['privateSubnetIds', i],
      message: `is ${subnet}, a public subnet too; instances stand in subnets of their own`,
    });
  }
  for (const [i, zone] of zones.entries()) {
    if (region === undefined || regionOfZone(zone) === region) continue;
    mistakes.push({
      path: ['availabilityZones', i],
      message: `is ${zone}, which is no zone of ${region}; they are ${region}a, ${region}b and so on`,
    });
  }
  return mistakes;
}
