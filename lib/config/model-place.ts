/** Where models stand that share a front door: by path or by a name of their own. */
import { createHash } from 'node:crypto';
import type { ModelPlace, SlipwayConfig, StageConfig } from './config';
import { type Asked, type StatedRule, takesAll } from './stated-rules';

export const MODEL_PATH = /^(?:\/[A-Za-z0-9][A-Za-z0-9._-]*){1,3}$/;

/** A listener has priorities to 50,000, and a model takes two: that by which a new package is tried, and its own. */
export const MOST_PRIORITY = 25_000;

/**
 * The same whatever other models there are, so that none moves when another comes or goes. Two of ten models meet in one
 * of 550 cases; then one of them is given a priority.
 */
export function priorityOf(model: string, most = MOST_PRIORITY): number {
  return 1 + (createHash('sha256').update(model).digest().readUInt32BE(0) % most);
}

/** The rules of a model: on instances of its own one, and one before it with a rollout; on a fleet one before that and one after it. */
export function rulesOf(priority: number, { fleet, rollout }: { readonly fleet: boolean; readonly rollout: boolean }) {
  const own = 2 * priority;
  return fleet ? [own - 1, own + 1] : rollout ? [own - 1, own] : [own];
}

/**
 * Behind a listener of the user's: a place whose rules are before those that are stated to take all requests, and at none of
 * their numbers. It follows from the name of the model and that of the stage, of which several may be behind one listener.
 */
export function priorityBeside(rules: readonly StatedRule[], model: string, asked: Asked): number {
  const last = Math.min(...rules.filter((rule) => takesAll(rule, asked)).map(({ priority }) => priority));
  const before = Math.floor((last - 2) / 2);
  const most = before < 1 ? MOST_PRIORITY : Math.min(MOST_PRIORITY, before); // where there is none, that is told
  const taken = new Set(rules.flatMap(({ priority }) => [Math.floor(priority / 2), Math.ceil(priority / 2)]));
  const first = priorityOf(`${asked.host} ${model}`, most);
  for (let i = 0; i <= taken.size; i++) {
    const priority = 1 + ((first - 1 + i) % most);
    if (!taken.has(priority)) return priority;
  }
  return first; // told as a collision
}

/** What clients write after `https://`, and its metrics have as their endpoint. */
export function endpointName({ domain, place, endpoint }: Pick<StageConfig, 'domain' | 'place' | 'endpoint'>): string {
  return place?.host ?? `${domain.name}${place?.path ?? endpoint.listener?.path ?? ''}`;
}

/** The stage, and the model where it has several: `prod`, `prod/titanic`. */
export function endpointTitle({ name, place }: { readonly name: string; readonly place?: ModelPlace }): string {
  return place ? `${name}/${place.name}` : name;
}

/** By which its stack tells it from others of its fleet. @default - it has a stack to itself */
export const memberName = ({ place, fleet }: Pick<StageConfig, 'place' | 'fleet'>) => fleet && place?.name;

/** Where slipway.yaml says which package it is. */
export function packageKey({ place }: Pick<StageConfig, 'place'>): string[] {
  return place ? ['models', place.name, 'model'] : ['model'];
}

/** The same with another package in place of that of the stages, or of one of their models. @param folder absolute */
export function withPackage(config: SlipwayConfig, folder: string, model?: string): SlipwayConfig {
  const stages = config.stages.map((stage) => (stage.place?.name === model ? { ...stage, model: folder } : stage));
  return { ...config, stages };
}
