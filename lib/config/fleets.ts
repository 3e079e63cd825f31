/** Which models of a stage run together on one fleet. */
import { nearestOf } from '../model/text/nearest';
import { quoted } from '../model/text/quote';
import { MOST_TOGETHER } from '../sizing/packing';
import type { ModelPlace, SlipwayConfig, StageConfig, StageFleet } from './config';
import type { Mistake } from './mistake';
import { MOST_PRIORITY } from './model-place';
import type { ResolvedStage } from './resolve';

/** Names of fleets, each with those of its models. */
export type FleetDocument = Readonly<Record<string, readonly string[]>>;

/** The endpoints of a stage by the instances that they stand on, in the order of the file: a model by itself is a group of one. */
export function fleetsOf({ stages }: Pick<SlipwayConfig, 'stages'>, stage: string): StageConfig[][] {
  const groups = new Map<string, StageConfig[]>();
  for (const endpoint of stages.filter(({ name }) => name === stage)) {
    const key = endpoint.fleet ? `fleet ${endpoint.fleet.name}` : `model ${endpoint.place?.name}`;
    groups.set(key, [...(groups.get(key) ?? []), endpoint]);
  }
  return [...groups.values()];
}

/** By the name of a model its fleet, the same object for all of its members. */
export function fleetsNamed(document: FleetDocument): (model: string) => { readonly fleet?: StageFleet } {
  const fleets = Object.entries(document).map(([name, members]): StageFleet => ({ name, members }));
  return (model) => {
    const fleet = fleets.find(({ members }) => members.includes(model));
    return fleet ? { fleet } : {};
  };
}

type Placed = { readonly stage: ResolvedStage; readonly place: ModelPlace };

/** What all members of a fleet have as one: it is of the instances, of the process, or of who is told about both. */
const OF_FLEET: Readonly<Record<string, (stage: ResolvedStage) => unknown>> = {
  instances: ({ serviceLevel }) => serviceLevel.instances,
  access: ({ endpoint }) => endpoint.access,
  rollout: ({ endpoint }) => endpoint.rollout,
  origins: ({ endpoint }) => endpoint.origins,
  allowTo: ({ endpoint }) => endpoint.allowTo,
  monitoring: ({ endpoint: { notify, publicMetrics, scrapeFrom }, serviceLevel: { leanMonitoring } }) => ({
    notify,
    publicMetrics,
    scrapeFrom,
    leanMonitoring,
  }),
};

/** Whether two models may run on one fleet, or the key in which they differ. */
export function differing(one: ResolvedStage, other: ResolvedStage): string | undefined {
  return Object.keys(OF_FLEET).find((key) => {
    const of = OF_FLEET[key]!;
    return JSON.stringify(of(one)) !== JSON.stringify(of(other));
  });
}

/** @param models names of all models @param placed those of them that are right by themselves */
export function fleetMistakes(
  stage: string,
  document: FleetDocument,
  models: readonly string[],
  placed: readonly Placed[],
): Mistake[] {
  const mistakes: Mistake[] = [];
  const fleets = new Map<string, string>();
  for (const [name, members] of Object.entries(document)) {
    const path = ['stages', stage, 'fleets', name];
    const problem = nameProblem(name, models);
    if (problem !== undefined) mistakes.push({ path, message: problem });
    const tried = placed.some(({ stage, place }) => stage.endpoint.rollout && members.includes(place.name));
    const crowd = tooMany(members.length, tried);
    if (crowd !== undefined) mistakes.push({ path, message: crowd });
    const known: Placed[] = [];
    for (const [i, member] of members.entries()) {
      const at = (message: string) => mistakes.push({ path: [...path, i], message });
      if (!models.includes(member)) {
        const nearest = nearestOf(member, models);
        const meant = nearest === undefined ? '' : `; did you mean ${nearest}?`;
        at(`names ${quoted(member)}, which is no model of this file; they are ${models.join(', ')}${meant}`);
        continue;
      }
      const other = fleets.get(member);
      if (other !== undefined) at(`names ${member}, which is in ${other}; a model runs on one fleet`);
      fleets.set(member, name);
      const found = placed.find(({ place }) => place.name === member);
      if (!found) continue;
      const message = memberProblem(found.stage, member) ?? unlike(known[0], found);
      if (message !== undefined) at(message);
      known.push(found);
    }
  }
  const inFleet = ({ place }: Placed) => fleets.has(place.name);
  for (const { place } of placed.filter(inFleet)) {
    const next = placed.find((other) => other.place.priority === place.priority + 1);
    const message = priorityProblem(place, next && (inFleet(next) || next.stage.endpoint.rollout) ? next : undefined);
    if (message !== undefined) mistakes.push({ path: ['models', place.name, 'priority'], message });
  }
  return mistakes;
}

/** With a rollout each model has a second target group in the template, which reviewers read. */
const MOST_TRIED = 10;

/** @param tried whether they have a rollout */
export const mostTogether = (tried: boolean) => (tried ? MOST_TRIED : MOST_TOGETHER);

function tooMany(models: number, tried: boolean): string | undefined {
  const most = mostTogether(tried);
  if (models <= most) return undefined;
  const why = tried ? 'a rollout tries' : 'one alarm pages for';
  return `has ${models} models, and ${why} at most ${most}; make two fleets of it`;
}

/** A fleet is named where a model of its own would be. */
function nameProblem(name: string, models: readonly string[]): string | undefined {
  if (models.includes(name)) return 'is the name of a model; a fleet has a name of its own, in which its stack is';
  if (/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) && name.length >= 2 && name.length <= 30 && !(name in {}))
    return undefined;
  return `must be 2 to 30 lower-case letters, digits and single hyphens, and begin with a letter, got ${quoted(name)}`;
}

/** A model of a fleet has a rule before that of instances of its own, and one after it. @param next whose rules begin where these end */
function priorityProblem({ priority }: ModelPlace, next: Placed | undefined): string | undefined {
  if (priority === MOST_PRIORITY)
    return `is ${priority}, whose rules on a fleet would come after the last that a listener takes; give it another, e.g. priority: 1`;
  if (!next) return undefined;
  return `is ${priority}, and that of ${next.place.name} the next: on a fleet a rule of the first would have the number of one of the second; give one of both another`;
}

function memberProblem({ isolate, shadow }: ResolvedStage, name: string): string | undefined {
  if (isolate) return `names ${name}, which has isolate: true; take one of both away`;
  if (shadow)
    return `names ${name}, which has a shadow, and a shadow takes memory and time of all models of a fleet; take the model out of it while the two are compared, or give it versions, the new one with a little weight`;
  return undefined;
}

function unlike(first: Placed | undefined, { stage, place }: Placed): string | undefined {
  const key = first && differing(first.stage, stage);
  if (key === undefined) return undefined;
  return `names ${place.name}, whose ${key} are not those of ${first!.place.name}: a fleet has ${key} as one; say ${key} of the stage, or of both alike`;
}
