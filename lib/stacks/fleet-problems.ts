/** What does not go with several models on one fleet. */
import type { SlipwayConfig, StageConfig } from '../config/config';
import { atPath } from '../config/located';
import { MOST_PRIORITY } from '../config/model-place';
import { SlipwayError } from '../model/error';
import { MOST_TOGETHER } from '../sizing/packing';

/**
 * @param members of one fleet
 * @throws SlipwayError E_CONFIG with its line
 */
export function requireFleet(config: SlipwayConfig, members: readonly StageConfig[]): void {
  const [{ name: stage, fleet, endpoint }] = members as [StageConfig];
  const refuse = (path: readonly string[], message: string) => {
    throw atPath(config, path, new SlipwayError('E_CONFIG', message));
  };
  const path = ['stages', stage, 'fleets', fleet!.name];
  if (members.length > MOST_TOGETHER) {
    refuse(
      path,
      `has ${members.length} models, and one alarm pages for at most ${MOST_TOGETHER}; make two fleets of it`,
    );
  }
  if (endpoint.rollout) {
    refuse(
      path,
      'has a rollout, which tries a package of one model on instances of its own; leave rollout out for its models, whose instances are replaced one after the other',
    );
  }
  for (const { place } of members) {
    if (place!.priority === MOST_PRIORITY) {
      refuse(
        ['models', place!.name],
        `has the priority ${MOST_PRIORITY}, whose rules on a fleet would come after the last that a listener takes; give it another, e.g. priority: 1`,
      );
    }
    const next = config.stages.find((other) => other.name === stage && other.place?.priority === place!.priority + 1);
    if (next && (next.fleet || next.endpoint.rollout)) {
      refuse(
        ['models', place!.name],
        `has the priority ${place!.priority}, and ${next.place!.name} the next one: on a fleet a rule of the first would have the number of one of the second; give one of both another`,
      );
    }
  }
}
