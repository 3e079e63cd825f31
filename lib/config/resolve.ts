/** Merges the defaults into a stage and checks what only shows when they are together. */
import type { Place } from '../aws/place';
import { SlipwayError } from '../model/error';
import type { Bursts } from '../sizing/service-level/arrivals';
import { edgeOf } from '../sizing/service-level/front-door';
import type { ServiceLevel } from '../sizing/service-level/service-level';
import { accessMistakes, controlOf } from './access';
import type { OrFunction, StageConfig } from './config';
import { domainMistakes, domainOf, privateZoneMistakes } from './domain';
import { edgeMistakes, nameMistakes } from './edge-mistakes';
import { encryptionKeyMistakes } from './encryption-key';
import { functionMistakes, hasDomain, inPlaceOfInstances, withoutInstances } from './function-mistakes';
import { listenerMistakes } from './listener-mistakes';
import type { Mistake, StageMistake } from './mistake';
import { monitoringMistakes, notifyOf } from './monitoring';
import { networkMistakes } from './network';
import { purchaseMistakes } from './purchase';
import { scalingMistakes } from './scaling';
import { scheduleOf, wakeMistakes } from './schedule';
import { endpointOptions, type StageDocument } from './schema';
import { serviceLevelOf } from './service-level';
import { type ResolvedShadow, shadowMistakes, shadowOf } from './shadow';
import { signInMistakes } from './sign-in';
import { burstsOf, trafficMistakes } from './traffic';
import { versionsOf } from './versions';

/** Name of a stage that is protected unless it says otherwise. */
const PROTECTED = 'prod';

/** Keys of a stage replace those of the defaults; those inside `traffic`, `domain`, `monitoring` and `tags` do so one by one. */
export function merge(defaults: StageDocument, stage: StageDocument): StageDocument {
  return {
    ...defaults,
    ...stage,
    traffic: { ...defaults.traffic, ...stage.traffic },
    domain: { ...defaults.domain, ...stage.domain },
    monitoring: { ...defaults.monitoring, ...stage.monitoring },
    ...((defaults.tags ?? stage.tags) && { tags: { ...defaults.tags, ...stage.tags } }),
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
  if (written.compute === 'cheapest') return resolveBoth(name, written, recorded);
  return resolveKind(name, written, recorded);
}

/** @param written whose kind the plan decides on */
function resolveBoth(
  name: string,
  written: StageDocument,
  recorded: (file: string) => Bursts,
): ReturnType<typeof resolveStage> {
  const instances = resolveKind(name, { ...written, compute: 'instances' }, recorded);
  if (!instances.stage) return instances;
  const { stage, mistakes } = resolveKind(name, inPlaceOfInstances(written), recorded);
  const { serviceLevel, domain, endpoint } = stage ?? {};
  const orFunction: OrFunction = stage
    ? { stage: { serviceLevel: serviceLevel!, domain: domain!, endpoint: endpoint! } }
    : { refused: mistakes.map(({ path, message }) => `${path.slice(2).join('.')} ${message}`) };
  return { mistakes: [], stage: { ...instances.stage, orFunction } };
}

/** @param written whose kind is decided */
function resolveKind(
  name: string,
  written: StageDocument,
  recorded: (file: string) => Bursts,
): ReturnType<typeof resolveStage> {
  const isFunction = written.compute === 'lambda';
  // a function is held against instances of one zone; it stands in several
  const whole: StageDocument = isFunction ? { availability: 'single', ...withoutInstances(written) } : written;
  const { bursts, mistakes: unread = [] } = burstsIn(whole, recorded);
  const found = [
    ...wantMistakes(whole),
    ...unread,
    ...shadowMistakes(whole),
    ...nameAndDoorMistakes(whole, isFunction ? functionMistakes(written) : undefined),
    ...callerMistakes(whole),
    ...networkMistakes(whole),
  ];
  const mistakes = found.map(([path, message]): Mistake => ({ path: ['stages', name, ...path], message }));
  return mistakes.length > 0 ? { mistakes } : { mistakes, stage: resolved(name, whole, bursts) };
}

/** @param stage without mistakes */
function resolved(name: string, stage: StageDocument, bursts: ServiceLevel['bursts']): ResolvedStage {
  const { account, region, compute, schedule, shadow, versions, domain = {}, monitoring = {} } = stage;
  const { network, zones, cidr, machineImage, tags, requireVerified = false } = stage;
  const { access: _, ...endpoint } = endpointOptions(stage);
  const access = controlOf(stage.access);
  const origins = stage.access?.origins;
  return {
    name,
    account,
    region: region!,
    ...(compute === 'lambda' && { compute }),
    serviceLevel: serviceLevelOf(stage, { bursts, schedule: schedule && scheduleOf(schedule) }),
    domain: namedByAws(stage) ? { name: stage.name! } : domainOf(domain),
    endpoint: {
      ...endpoint,
      listener: endpoint.listener as StageConfig['endpoint']['listener'], // its priority is there, or was missed
      ...(access && { access }),
      ...(origins && { origins }),
      protect: endpoint.protect ?? name === PROTECTED,
      notify: notifyOf(monitoring)!,
      ...(monitoring.metrics === 'public' && { publicMetrics: true }),
      ...(monitoring.scrapeFrom && { scrapeFrom: monitoring.scrapeFrom }),
    },
    network,
    shadow: shadow && shadowOf(shadow),
    versions: versions && versionsOf(versions),
    zones,
    cidr,
    machineImage,
    ...(tags && { tags }),
    requireVerified,
  };
}

/** Whether clients call a name of AWS's. Of instances that is so wherever a service stands before their load balancer. */
const namedByAws = (stage: StageDocument) =>
  stage.compute === 'lambda' ? !hasDomain(stage) : edgeOf(stage) !== undefined;

/** What is missing of what a stage wants, and what of it does not go together. */
function wantMistakes(stage: StageDocument): StageMistake[] {
  const { region, availability, traffic = {}, monitoring = {}, schedule } = stage;
  const mistakes: StageMistake[] = [];
  if (!region) mistakes.push([['region'], 'is missing: the AWS region, e.g. region: eu-west-1']);
  if (!availability) mistakes.push([['availability'], 'is missing: one of single, instance, zone']);
  return [
    ...mistakes,
    ...trafficMistakes(traffic, schedule && scheduleOf(schedule)),
    ...scalingMistakes(stage),
    ...wakeMistakes(stage),
    ...purchaseMistakes(stage),
    ...monitoringMistakes(monitoring, controlOf(stage.access) !== undefined),
  ];
}

/** How requests come, or why the file that says it does not do. */
function burstsIn(
  { traffic = {} }: StageDocument,
  recorded: (file: string) => Bursts,
): { readonly bursts?: ServiceLevel['bursts']; readonly mistakes?: readonly StageMistake[] } {
  try {
    return { bursts: burstsOf(traffic.bursts, recorded) };
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    return { mistakes: [[['traffic', 'bursts'], `names a file that does not do: ${error.message}`]] };
  }
}

/** @param ofFunction what does not go with a function, where the stage is one */
function nameAndDoorMistakes(stage: StageDocument, ofFunction: readonly StageMistake[] | undefined): StageMistake[] {
  const { name, domain = {}, listener, internal = false, privateLink, mutualTls } = stage;
  const mistakes: StageMistake[] = [];
  const at = (path: string[], message: string) => mistakes.push([path, message]);
  const place = placeOf(stage);
  const edge = edgeOf(stage);
  const isUnnamed = name !== undefined && Object.keys(domain).length === 0; // told by `nameMistakes`
  const by = ofFunction ? { needs: 'an HTTP API' } : { certified: listener !== undefined };
  for (const { path, message } of namedByAws(stage) || isUnnamed ? [] : domainMistakes(domain, place, by)) {
    at(['domain', ...path.map(String)], message);
  }
  mistakes.push(...listenerMistakes(stage, domain, place));
  if (privateLink && !internal && !edge) {
    at(['privateLink'], 'is for an endpoint without public addresses; set internal: true, or leave it out');
  }
  if (privateLink && mutualTls) {
    at(
      ['privateLink'],
      'stands beside mutualTls, and the load balancer of PrivateLink has no certificate for its health check; leave one of both out',
    );
  }
  if (!edge) mistakes.push(...signInMistakes(stage, place));
  if (ofFunction) return [...mistakes, ...ofFunction];
  return [...mistakes, ...nameMistakes(edge, name, domain), ...(edge ? edgeMistakes(edge, stage) : [])];
}

/** What is wrong with keys of callers, of what is kept, and with the private zone. */
function callerMistakes(stage: StageDocument): StageMistake[] {
  const { access, encryptionKey, domain = {}, internal = false } = stage;
  const place = placeOf(stage);
  return [
    ...accessMistakes(access, place),
    ...encryptionKeyMistakes(encryptionKey, place),
    ...privateZoneMistakes(domain, internal),
  ];
}

const placeOf = ({ region, account }: StageDocument): Place => ({ region, account });
