/** What the log of handlers says of a shadow: lines of several instances and workers add up. */
import { SlipwayError } from '../../model/error';
import { addCounts, NO_COUNTS, SHADOW_EVENT, type ShadowCounts } from '../../model/instance/shadow-counts';
import type { ShadowObservation } from './verdict';

type Line = Partial<ShadowCounts> & {
  readonly event?: unknown;
  readonly model?: string;
  readonly version?: string;
  readonly served?: string;
};

/** A line of the log, alone or behind what whoever collects logs puts before it. */
function parsed(line: string): Line | undefined {
  const begin = line.indexOf('{"time":');
  if (begin < 0) return undefined;
  try {
    return JSON.parse(line.slice(begin)) as Line;
  } catch {
    return undefined; // cut, or of something else
  }
}

/**
 * Of several shadows one after the other the last one counts: whoever changes it wants to know of the new one.
 *
 * @param source name of the file, for the message
 * @throws SlipwayError E_UNREACHABLE when no line is about a shadow
 */
export function readLog(text: string, source: string): ShadowObservation {
  const lines = text
    .split('\n')
    .map(parsed)
    .filter((line): line is Line => line?.event === SHADOW_EVENT && line.version !== undefined);
  const last = lines.at(-1);
  if (last === undefined) {
    throw new SlipwayError(
      'E_UNREACHABLE',
      `${source}: no line tells of a shadow; there is one for each minute in which a shadow was given rows`,
    );
  }
  const { model = '', version = '', served = '' } = last;
  const same = lines.filter((line) => line.version === version && line.served === served);
  return {
    shadow: { model, version, served },
    counts: same.reduce<ShadowCounts>((sum, line) => addCounts(sum, { ...NO_COUNTS, ...line }), NO_COUNTS),
  };
}
