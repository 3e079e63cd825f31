/** How far several profiles together are to be trusted. */
import type { ComputeProfile } from '../model/package/profile';
import { doubts, doubtsOfRequest, type Interval, intervalOfRequest } from '../model/package/profile-doubts';

export interface NamedProfile {
  readonly name: string;
  readonly profile: ComputeProfile;
  readonly rowsPerRequest: number;
}

/** What makes profiles uncertain; with the names of the models, where it is not so of all. */
export function doubtsTogether(members: readonly NamedProfile[]): string[] {
  const names = new Map<string, string[]>();
  for (const { name, profile, rowsPerRequest } of members) {
    for (const doubt of [...doubts(profile), ...doubtsOfRequest(profile, rowsPerRequest)]) {
      names.set(doubt, [...(names.get(doubt) ?? []), name]);
    }
  }
  return [...names].map(([doubt, of]) => (of.length === members.length ? doubt : `${of.join(', ')}: ${doubt}`));
}

/** That of the model of which least is known. */
export function widestOf(members: readonly NamedProfile[]): Interval {
  const intervals = members.map(({ profile, rowsPerRequest }) => intervalOfRequest(profile, rowsPerRequest));
  return {
    busy: Math.max(...intervals.map(({ busy }) => busy)),
    light: Math.max(...intervals.map(({ light }) => light)),
  };
}
