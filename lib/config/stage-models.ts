/** The models of a stage that share its network and its front door. */
import { certificateNames, LONGEST_COMMON_NAME } from '../aws/certificate-names';
import { MOST_CERTIFICATES } from '../aws/limits';
import { isRecord } from '../model/formats/json';
import { isHandlerPath } from '../model/instance/handler-paths';
import { SIGN_IN_BESIDE_TOKENS_SHARED, signsInForAll } from '../model/stage/sign-in';
import { quoted } from '../model/text/quote';
import type { Bursts } from '../sizing/service-level/arrivals';
import { edgeOf } from '../sizing/service-level/front-door';
import type { ModelPlace, StageFleet } from './config';
import { fleetMistakes, fleetsNamed } from './fleets';
import type { Mistake } from './mistake';
import { priorityBeside, priorityOf } from './model-place';
import { parseBudget } from './quantity';
import { merge, type ResolvedStage, resolveStage } from './resolve';
import type { OwnDocument, StageDocument } from './schema';

/** A model as the file has it, and what a stage says of it. */
export interface StageModel {
  readonly name: string;
  readonly document: OwnDocument;
  readonly inStage: OwnDocument;
}

export interface PlacedModel {
  readonly stage: ResolvedStage;
  readonly place: ModelPlace;
  readonly fleet?: StageFleet;
}

/** A rule of a listener has five values at most (Elastic Load Balancing quotas). */
const MOST_SHARED_NAMES = 1;

/** A security group has 60 rules outwards (VPC quotas), that of the load balancer one for each model; some are left to the user. */
export const MOST_MODELS = 50;

/**
 * @param shared the stage with the defaults, without its models
 * @param recorded what a file says of how requests come
 */
export function resolveModels(
  name: string,
  shared: StageDocument,
  models: readonly StageModel[],
  recorded: (file: string) => Bursts,
): { placed: PlacedModel[]; mistakes: Mistake[] } {
  const { budget: _budget, fleets = {}, ...stage } = shared;
  const mistakes: Mistake[] = [...sharedMistakes(name, shared, models)];
  const placed: PlacedModel[] = [];
  const seen = new Set<string>();
  for (const model of models) {
    const {
      path: _path,
      host: _host,
      priority: _priority,
      isolate = false,
      ...own
    } = merge(model.document, model.inStage) as OwnDocument;
    const place = placeOf(model, shared);
    const { listener } = stage;
    const placedStage = listener ? { ...stage, listener: { ...listener, priority: 2 * place.priority } } : stage;
    const resolved = resolveStage(name, placedStage, own, recorded);
    for (const mistake of resolved.mistakes) {
      const told = { ...mistake, path: whereSaid(mistake.path, name, model) };
      const text = JSON.stringify(told);
      if (!seen.has(text)) mistakes.push(told); // what all of them lack, once
      seen.add(text);
    }
    if (resolved.stage) {
      const { names, ...level } = resolved.stage.serviceLevel;
      const { zoneId, certificate } = resolved.stage.domain;
      const ownCertificate = zoneId !== undefined && certificate === undefined;
      const named = place.host === undefined ? { names } : ownCertificate && { ownCertificate };
      const serviceLevel = { ...level, ...named, sharedDoor: true };
      placed.push({ stage: { ...resolved.stage, serviceLevel, ...(isolate && { isolate }) }, place });
    }
  }
  for (const [i, { stage, place }] of placed.entries()) {
    const at = (key: keyof OwnDocument, message: string) =>
      mistakes.push({
        path: whereSaid(['stages', name, key], name, models.find((one) => one.name === place.name)!),
        message,
      });
    for (const [key, message] of placeMistakes(place, stage)) at(key, message);
    for (const { place: earlier } of placed.slice(0, i)) {
      for (const [key, message] of together(earlier, place)) at(key, message);
    }
  }
  mistakes.push(
    ...fleetMistakes(
      name,
      fleets,
      models.map((model) => model.name),
      placed,
    ),
  );
  const named = fleetsNamed(fleets);
  return { placed: placed.map((one) => ({ ...one, ...named(one.place.name) })), mistakes };
}

function placeOf({ name, document, inStage }: StageModel, { budget, domain, listener }: StageDocument): ModelPlace {
  const { path, host, priority } = { ...document, ...inStage };
  const where = host === undefined ? { path: path ?? `/${name}` } : { host, ...(path !== undefined && { path }) };
  const asked = { host: host ?? domain?.name ?? '', path: where.path };
  return {
    name,
    ...where,
    priority: priority ?? (listener ? priorityBeside(listener.rules ?? [], name, asked) : priorityOf(name)),
    ...(budget !== undefined && { stageBudgetUsdPerMonth: parseBudget(budget)! }),
  };
}

/** The path of a key as it is written: of the stage's part of the model, of the model, or of the stage. */
function whereSaid(path: Mistake['path'], stage: string, { name, document, inStage }: StageModel): Mistake['path'] {
  const [key, within] = path.slice(2);
  const said = (part: OwnDocument) => {
    const value: unknown = key === undefined ? undefined : part[key as keyof OwnDocument];
    return within === undefined || !isRecord(value) ? value !== undefined : within in value;
  };
  if (said(inStage)) return ['stages', stage, 'models', name, ...path.slice(2)];
  if (said(document) || key === 'path' || key === 'host' || key === 'priority')
    return ['models', name, ...path.slice(2)];
  return path;
}

/** What is of the stage as a whole, and does not go with several models. */
function sharedMistakes(name: string, stage: StageDocument, models: readonly StageModel[]): Mistake[] {
  const mistakes: Mistake[] = [];
  if (models.length > MOST_MODELS) {
    mistakes.push({
      path: ['models'],
      message: `has ${models.length} models, and a front door takes ${MOST_MODELS}; put the others into a slipway.yaml of their own`,
    });
  }
  const named = models.filter(({ document, inStage }) => (inStage.host ?? document.host) !== undefined);
  const certificates = named.length + (stage.domain?.names?.length ?? 0);
  if (stage.domain?.certificate === undefined && certificates > MOST_CERTIFICATES) {
    mistakes.push({
      path: ['models'],
      message: `has ${named.length} models with a host, each of which gets a certificate, and a load balancer takes ${MOST_CERTIFICATES} beside its first; give some of them a path, or all the certificate of yours as domain.certificate`,
    });
  }
  if (stage.compute !== undefined && stage.compute !== 'instances') {
    mistakes.push({
      path: ['stages', name, 'compute'],
      message: `is ${stage.compute}, and a function serves one model; take instances, or a slipway.yaml of its own for each model`,
    });
  } else if (edgeOf(stage)) {
    mistakes.push({
      path: ['stages', name, 'frontDoor'],
      message: `is ${stage.frontDoor}, behind which one model stands; take alb, or a slipway.yaml of its own for each model`,
    });
  }
  if ((stage.domain?.names?.length ?? 0) > MOST_SHARED_NAMES) {
    mistakes.push({
      path: ['stages', name, 'domain', 'names'],
      message: `has ${stage.domain!.names!.length} names, and several models take ${MOST_SHARED_NAMES}: the rule of each has five values, of which its path and a rollout take three`,
    });
  }
  if (stage.authenticate && !signsInForAll(stage.authenticate)) {
    mistakes.push({
      path: ['stages', name, 'authenticate'],
      message:
        'is for the page alone, whose rule is one more of each model, and its priority has no place for that; take paths: all, or give the model a slipway.yaml of its own',
    });
  }
  if (signsInForAll(stage.authenticate) && stage.verifyJwt) {
    mistakes.push({ path: ['stages', name, 'verifyJwt'], message: SIGN_IN_BESIDE_TOKENS_SHARED });
  }
  for (const key of ['priority', 'path'] as const) {
    const said = stage.listener?.[key];
    if (said === undefined) continue;
    mistakes.push({
      path: ['stages', name, 'listener', key],
      message: `is ${said}, of a stage of one model; each of several has its own, as models.${models[0]?.name}.${key}; leave it out here`,
    });
  }
  if (stage.freeTier) {
    mistakes.push({
      path: ['stages', name, 'freeTier'],
      message: 'is of a whole account, and each of the models would take it off its bill; leave it out',
    });
  }
  return mistakes;
}

/** What is wrong with the place of one model. */
function placeMistakes(place: ModelPlace, { domain, endpoint }: ResolvedStage): [keyof OwnDocument, string][] {
  const { path, host } = place;
  if (path !== undefined && host !== undefined) {
    return [['path', `is there beside host: ${host}; a model has a path or a name of its own, leave one of both out`]];
  }
  if (path !== undefined) {
    if (!isHandlerPath(path)) return [];
    return [['path', `is ${path}, which hides the route of that name; take another, e.g. path: /${place.name}-model`]];
  }
  const { zone, certificate } = domain;
  if (endpoint.internal) {
    return [['host', 'needs a record, and the private zone of an internal endpoint has one name; take a path']];
  }
  if (host === domain.name || domain.names?.some((one) => one.name === host)) {
    return [['host', `is ${quoted(host)}, the name of the front door; take another, or a path`]];
  }
  if (zone !== undefined && !host!.endsWith(`.${zone}`))
    return [['host', `"${host}" is not in the zone ${zone}; take a name that ends in .${zone}`]];
  if (zone === undefined || certificate !== undefined || certificateNames(host!, zone)) return [];
  return [
    [
      'host',
      `has ${host!.length} characters and its zone ${zone.length}: a certificate begins with a name of at most ${LONGEST_COMMON_NAME}; take a shorter name`,
    ],
  ];
}

/** What is wrong with the places of two models. */
function together(earlier: ModelPlace, place: ModelPlace): [keyof OwnDocument, string][] {
  const problems: [keyof OwnDocument, string][] = [];
  const { path, host, priority } = place;
  if (path !== undefined && earlier.path !== undefined) {
    if (path === earlier.path)
      problems.push(['path', `is ${path}, which ${earlier.name} has already; give one of both another`]);
    else if (path.startsWith(`${earlier.path}/`) || earlier.path.startsWith(`${path}/`)) {
      problems.push([
        'path',
        `is ${path}, and ${earlier.name} has ${earlier.path}: one would hide routes of the other`,
      ]);
    }
  }
  if (host !== undefined && host === earlier.host) {
    problems.push(['host', `is ${quoted(host)}, which ${earlier.name} has already; give one of both another`]);
  }
  if (priority === earlier.priority) {
    problems.push([
      'priority',
      `is ${priority}, as that of ${earlier.name}: a listener has one rule of a priority; give one of both another, e.g. priority: ${1 + (priority % 25_000)}`,
    ]);
  }
  return problems;
}
