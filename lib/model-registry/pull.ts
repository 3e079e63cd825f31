/** A model package from a registry into the folder of fetched packages; what is there is not fetched again. */
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { placeFetched } from '../artifacts/fetched-file';
import { SlipwayError } from '../model/error';
import { sha256 } from '../model/formats/digest';
import { isRecord } from '../model/formats/json';
import { MANIFEST_BYTES, PACKAGE_FILES, type PackagedFile, PROFILE_BYTES } from '../model/package/manifest';
import { type ModelPackage, readModelPackage } from '../model/package/model-package';
import { fetchedPackage, type PackageAddress, packageAddressText } from '../model/package/package-address';
import type { Bucket } from './bucket';
import { packageKeyPrefix } from './push';
import { megabytes } from './upload';

/** Streams that break are begun anew. */
const TRIES = 3;
/** Of which each is said. */
const PROGRESS_BYTES = 100e6;

/**
 * @throws SlipwayError E_AWS when it is not there, or may not be read; E_PACKAGE when what is there is not that package
 */
export async function pull(
  address: PackageAddress,
  bucket: Bucket,
  onProgress: (text: string) => void,
): Promise<ModelPackage> {
  const shown = packageAddressText(address);
  const folder = fetchedPackage(address.digest);
  const wrong = (what: string) =>
    new SlipwayError('E_PACKAGE', `${shown}: ${what}, so it is not the package that was pushed`);
  onProgress(`fetching ${shown}`);
  const fetched = async (file: string, most: number, expected?: PackagedFile) => {
    if (existsSync(join(folder, file))) return;
    await placeFetched(join(folder, file), async (scratch) => {
      const path = join(scratch, file);
      const key = `${packageKeyPrefix(address)}${file}`;
      const digest = await download(bucket, key, { path, most, onProgress: (text) => onProgress(`${file}: ${text}`) });
      if (expected && digest !== expected.sha256) throw wrong(`${file} has SHA-256 ${digest}`);
      return path;
    });
  };
  const manifest = await smallObject(bucket, `${packageKeyPrefix(address)}${PACKAGE_FILES.manifest}`, MANIFEST_BYTES);
  if (!manifest) throw new SlipwayError('E_AWS', `${shown}: is not there; "slipway versions" lists what is`);
  if (sha256(manifest) !== address.digest) throw wrong(`its manifest has SHA-256 ${sha256(manifest)}`);
  // its digest says that it is as it was written: what it may hold is looked at when the package is read
  const described: unknown = JSON.parse(manifest.toString('utf8'));
  for (const part of ['model', 'golden', 'training'] as const) {
    const file = isRecord(described) ? (described[part] as PackagedFile | undefined) : undefined;
    if (file) await fetched(PACKAGE_FILES[part], file.bytes, file);
  }
  await fetched(PACKAGE_FILES.profile, PROFILE_BYTES);
  await fetched(PACKAGE_FILES.manifest, manifest.length);
  const read = readModelPackage(folder);
  if (read.digest !== address.digest) throw wrong(`${folder} has another digest; remove that folder`);
  return read;
}

/** Undefined when there is none. */
export async function smallObject(bucket: Bucket, key: string, most: number): Promise<Buffer | undefined> {
  const answer = await bucket.send({ method: 'GET', key, expected: [404] });
  if (answer.status === 404) return undefined;
  const pieces: Uint8Array[] = [];
  let total = 0;
  for await (const piece of answer.body ?? []) {
    total += piece.length;
    if (total > most) throw tooLarge(bucket, key, most);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function tooLarge(bucket: Bucket, key: string, most: number): SlipwayError {
  return new SlipwayError('E_LIMIT', `s3://${bucket.name}/${key}: has more than the ${most} bytes that it may have`);
}

interface Download {
  readonly path: string;
  /** Bytes at most. */
  readonly most: number;
  readonly onProgress: (text: string) => void;
}

/** @returns the SHA-256 of what came */
export async function download(bucket: Bucket, key: string, { path, most, onProgress }: Download): Promise<string> {
  for (let tried = 1; ; tried++) {
    const { body, headers } = await bucket.send({ method: 'GET', key });
    const size = Number(headers.get('content-length') ?? 0);
    const digest = createHash('sha256');
    let came = 0;
    let said = 0;
    const counted = new Transform({
      transform(piece: Buffer, _encoding, done) {
        came += piece.length;
        if (came > most) return done(tooLarge(bucket, key, most));
        digest.update(piece);
        if (came - said >= PROGRESS_BYTES) {
          said = came;
          onProgress(`${megabytes(came)} of ${megabytes(size)} MB`);
        }
        done(null, piece);
      },
    });
    try {
      await pipeline(body ? Readable.fromWeb(body as never) : Readable.from([]), counted, createWriteStream(path));
      return digest.digest('hex');
    } catch (cause) {
      if (SlipwayError.is(cause) || tried === TRIES) throw cause;
    }
  }
}
