/** What is right in each stage and wrong in two together. */
import { edgeOf } from '../sizing/service-level/front-door';
import type { StageConfig } from './config';
import { priorityMistakes, ruleMistakes } from './listener-mistakes';
import type { Mistake } from './mistake';

/** @param stages those that are right by themselves */
export function betweenStages(stages: readonly StageConfig[]): Mistake[] {
  const mistakes: Mistake[] = [...sameHosts(stages), ...stages.flatMap(ruleMistakes)];
  for (const [i, stage] of stages.entries()) {
    const others = stages.slice(0, i).filter(({ name }) => name !== stage.name);
    mistakes.push(...others.flatMap((earlier) => priorityMistakes(earlier, stage)));
  }
  const each = [...new Map(stages.map((stage) => [stage.name, stage])).values()]; // the models of one are of one domain
  for (const [i, stage] of each.entries()) {
    for (const earlier of each.slice(0, i)) {
      const message = sameName(earlier, stage);
      if (message !== undefined) mistakes.push({ path: ['stages', stage.name, ...nameKey(stage)], message });
      mistakes.push(...sameRecords(earlier, stage));
      const { zone, zoneId } = stage.domain;
      const other = earlier.domain;
      if (zoneId !== undefined && zoneId === other.zoneId && zone !== other.zone) {
        mistakes.push({
          path: ['stages', stage.name, 'domain', 'zoneId'],
          message: `is ${zoneId} for ${zone} here, and for ${other.zone} in ${earlier.name}; a zone has an id of its own`,
        });
      }
    }
  }
  return mistakes;
}

/** Where a stage says what it is named after. */
const nameKey = ({ serviceLevel }: StageConfig) => (edgeOf(serviceLevel) ? ['name'] : ['domain', 'name']);

/** Names of models that two stages have: a zone has one alias record of a name. */
function sameHosts(stages: readonly StageConfig[]): Mistake[] {
  return stages.flatMap(({ name, place, domain }, i) => {
    const same = (other: StageConfig) => other.name !== name && other.place?.host === place?.host;
    const earlier = place?.host === undefined ? undefined : stages.slice(0, i).find(same);
    if (!earlier || earlier.domain.zoneId !== domain.zoneId) return [];
    const message = `is ${place!.host} in ${earlier.name} too; give each stage its own, under stages.${name}.models.${place!.name}`;
    return [{ path: ['models', place!.name, 'host'], message }];
  });
}

/** Names of two stages in one hosted zone, which has one alias record of a name; that of both first names is told by `sameName`. */
function sameRecords(one: StageConfig, { name, domain }: StageConfig): Mistake[] {
  const records = [one.domain, ...(one.domain.names ?? [])];
  return [domain, ...(domain.names ?? [])].flatMap((asked, i): Mistake[] => {
    const found = records.findIndex(
      ({ name: record, zoneId }) => record === asked.name && zoneId !== undefined && zoneId === asked.zoneId,
    );
    if (found < 0 || (found === 0 && i === 0)) return [];
    const path = ['stages', name, 'domain', ...(i === 0 ? ['name'] : ['names', i - 1])];
    return [
      { path, message: `is ${asked.name}, which ${one.name} has already: one hosted zone has one record of a name` },
    ];
  });
}

/** The names of stacks are made from the domain name, and a zone has one alias record of a name. */
function sameName(one: StageConfig, other: StageConfig): string | undefined {
  const { name, zoneId } = other.domain;
  if (one.domain.name !== name) return undefined;
  const already = `is ${name}, which ${one.name} has already`;
  if (zoneId !== undefined && zoneId === one.domain.zoneId) {
    return `${already}; one hosted zone has one record of that name, so the second deployment would be refused`;
  }
  if (one.region !== other.region) return undefined;
  if (one.account !== undefined && other.account !== undefined && one.account !== other.account) return undefined;
  return one.account === other.account
    ? `${already}, in the same account and region: the stacks of both would have the same names, and one would replace the other`
    : `${already}, in the same region; give both stages their account, and let the accounts differ`;
}
