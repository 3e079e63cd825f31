/** What may be replaced by a model package: nothing, an empty folder, or a model package of ours, file by file. */
import { join } from 'node:path';
import * as z from 'zod';
import { SlipwayError } from '../error';
import { readRegularFile } from '../files/read-file';
import { refusal, replaceableFolder } from '../files/replaceable-folder';
import { sha256 } from '../formats/digest';
import { MANIFEST_BYTES, PACKAGE_FILES, PROFILE_BYTES } from './manifest';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const described = z.object({ sha256: digest, bytes: z.number().int().nonnegative() });

/** What tells a manifest of ours from one of a web app or a browser extension, of whatever version of Slipway. */
const ownManifest = z.object({
  schemaVersion: z.number(),
  name: z.string(),
  signature: z.object({}),
  source: z.object({}),
  packedBy: z.string(),
  model: described,
  golden: described.optional(),
  training: described.optional(),
});
const ownProfile = z.object({ schemaVersion: z.number(), modelSha256: digest });

const WHAT = 'a model package';

/** What was found in the place of a package. */
export interface FoundPackage {
  /** The bytes of the manifest; absent when the folder is empty. */
  readonly manifest?: Buffer;
  /** Those of the profile, where there is one. */
  readonly profile?: Buffer;
  /** Names of the files that are there. */
  readonly files: readonly string[];
}

/**
 * Look at what a package would replace.
 *
 * @param shown the path for messages
 * @throws SlipwayError E_FILE when there is anything in it that is not a file of a model package as it was packed
 */
export function replaceablePackage(folder: string, shown: string): FoundPackage {
  const refused = (why: string) => refusal(shown, WHAT, why);
  const files = replaceableFolder(folder, shown, WHAT, Object.values(PACKAGE_FILES));
  if (files.length === 0) return { files };
  const bytes = read(folder, PACKAGE_FILES.manifest, MANIFEST_BYTES);
  const manifest = bytes && parsed(ownManifest, bytes);
  if (!manifest) throw refused(`it has no ${PACKAGE_FILES.manifest} of Slipway`);
  for (const part of ['model', 'golden', 'training'] as const) {
    const file = PACKAGE_FILES[part];
    if (!files.includes(file)) continue;
    const expected = manifest[part];
    const found = expected && read(folder, file, expected.bytes);
    if (!found || sha256(found) !== expected.sha256) throw refused(`its ${file} is not the one that was packed`);
  }
  if (!files.includes(PACKAGE_FILES.profile)) return { manifest: bytes!, files };
  const profile = read(folder, PACKAGE_FILES.profile, PROFILE_BYTES);
  if (profile && parsed(ownProfile, profile)) return { manifest: bytes!, profile, files };
  throw refused(`its ${PACKAGE_FILES.profile} is none of Slipway`);
}

/** Undefined for a file that is longer than it may be. */
function read(folder: string, file: string, maximumBytes: number): Buffer | undefined {
  try {
    return readRegularFile(join(folder, file), maximumBytes);
  } catch (error) {
    if (SlipwayError.is(error) && (error.code === 'E_LIMIT' || error.message.endsWith('does not exist')))
      return undefined;
    throw error;
  }
}

function parsed<T>(schema: z.ZodType<T>, bytes: Buffer): T | undefined {
  try {
    return schema.safeParse(JSON.parse(bytes.toString('utf8'))).data;
  } catch {
    return undefined; // no JSON
  }
}
