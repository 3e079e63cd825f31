/**
 * An inert reader of skops files: a zip with `schema.json`, which says what each object is, and numpy's arrays beside it.
 *
 * It gives what a pickle of the same object would have given as data. Nothing that the file names is imported, called or
 * resolved. Format: skops/io of skops 0.16, protocols 0 to 2.
 */
import { SlipwayError } from '../../model/error';
import { isRecord } from '../../model/formats/json';
import { MIB } from '../../model/units';
import type { Archive, Member } from '../archives/archive';
import { DEFAULT_LIMITS, type LoadedFile, limitError } from '../joblib';
import { ObjectReader } from './objects';

const SCHEMA = 'schema.json';

const NEWEST_PROTOCOL = 2;

/** A forest of a thousand trees has 10 MB. */
const MOST_SCHEMA_BYTES = 128 * MIB;

export function isSkops({ kind, members }: Archive): boolean {
  return kind === 'zip' && members.has(SCHEMA);
}

/** @throws SlipwayError E_FORMAT, E_UNSAFE, E_UNSUPPORTED or E_LIMIT */
export function readSkops(file: string, bytes: Buffer, { members }: Archive): LoadedFile {
  const schema = schemaOf(file, members.get(SCHEMA)!);
  const { protocol } = schema;
  if (typeof protocol !== 'number' || !Number.isInteger(protocol) || protocol < 0) {
    throw new SlipwayError('E_FORMAT', `${file}: is damaged or no skops file: its ${SCHEMA} has no protocol`);
  }
  if (protocol > NEWEST_PROTOCOL) {
    throw new SlipwayError(
      'E_FORMAT',
      `${file}: is of protocol ${protocol} of skops, and 0 to ${NEWEST_PROTOCOL} are read; save it with skops 0.16, or with joblib.dump`,
    );
  }
  const root = new ObjectReader(file, members, DEFAULT_LIMITS).read(schema);
  return { file, bytes, format: 'skops', compression: 'none', protocol, root };
}

function schemaOf(file: string, member: Member): Record<string, unknown> {
  if (member.bytes > MOST_SCHEMA_BYTES) {
    throw limitError(file, `has a ${SCHEMA} of ${member.bytes} bytes`, `${MOST_SCHEMA_BYTES} bytes`);
  }
  let document: unknown;
  try {
    document = JSON.parse(member.read().toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SlipwayError('E_FORMAT', `${file}: is damaged: its ${SCHEMA} is not JSON (${error.message})`);
  }
  if (isRecord(document)) return document;
  throw new SlipwayError('E_FORMAT', `${file}: is damaged: its ${SCHEMA} describes no object`);
}
