/** The description that a tool writes beside a model, in YAML. */
import { posix } from 'node:path';
import { parseDocument } from 'yaml';
import { SlipwayError } from '../../model/error';
import { isRecord } from '../../model/formats/json';
import { MIB } from '../../model/units';
import type { Member, Members } from '../archives/archive';

/** One with the columns of a wide table has a tenth of it. */
const MOST_BYTES = 4 * MIB;

/** An alias stands for what is elsewhere; tools write none, and aliases of aliases make a bomb. */
const MOST_ALIASES = 100;

type Description = Readonly<Record<string, unknown>>;

/**
 * @param where for messages
 * @throws SlipwayError E_FORMAT when it is no YAML, or a bomb; E_LIMIT
 */
export function readDescription(where: string, member: Member): Description {
  if (member.bytes > MOST_BYTES) {
    throw new SlipwayError(
      'E_LIMIT',
      `${where}: has ${member.bytes} bytes, more than the limit of ${MOST_BYTES} bytes`,
    );
  }
  let content: unknown;
  try {
    const document = parseDocument(member.read().toString('utf8'), { logLevel: 'silent', uniqueKeys: false });
    const [error] = document.errors;
    if (error) throw error;
    content = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    if (SlipwayError.is(error) || !(error instanceof Error)) throw error;
    const [reason] = error.message.split('\n');
    throw new SlipwayError('E_FORMAT', `${where}: is not YAML that is read (${reason})`);
  }
  if (isRecord(content)) return content;
  throw new SlipwayError('E_FORMAT', `${where}: describes no model`);
}

/** Descriptions of a name, in whatever folder. */
export function described(members: Members, name: string): Member[] {
  return [...members.values()].filter((member) => posix.basename(member.name) === name);
}

/** A file beside a description, by the name that it has there. @throws SlipwayError E_FORMAT when there is none */
export function beside(where: string, description: Member, members: Members, name: unknown): Member {
  const path = typeof name === 'string' ? posix.join(posix.dirname(description.name), name) : '';
  const found = members.get(path);
  if (found) return found;
  const shown = typeof name === 'string' ? JSON.stringify(name.slice(0, 200)) : 'no file';
  throw new SlipwayError('E_FORMAT', `${where}: names ${shown} as the model, and it is not beside it`);
}
