/** A model package, from the bucket that it was deployed from. */
import { createWriteStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SignatureV4 } from '@smithy/signature-v4';
import { placeFetched } from '../artifacts/fetched-file';
import { s3Url } from '../aws/s3-url';
import { SlipwayError } from '../model/error';
import { PACKAGE_FILES } from '../model/package/manifest';
import { type ModelPackage, readModelPackage } from '../model/package/model-package';
import type { StoredPackage } from '../model/stage/deployment';

/** What every client of the SDK knows: whose request it is, and where it goes. */
export interface SdkConfig {
  readonly region: () => Promise<string>;
  readonly credentials: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
  readonly sha256: ConstructorParameters<typeof SignatureV4>[0]['sha256'];
}

/** Until the first byte is there. */
const TIMEOUT_MS = 60_000;

/**
 * @param folder of packages; each gets one of its own, named by its digest, and is fetched once
 * @throws SlipwayError E_AWS when the bucket does not give a file; E_FILE when one cannot be written; E_PACKAGE when what came
 *   is not that package
 */
export async function fetchPackage(stored: StoredPackage, folder: string, config: SdkConfig): Promise<ModelPackage> {
  const place = await fetchFiles(stored, Object.values(PACKAGE_FILES), folder, config);
  const read = readModelPackage(place);
  if (read.digest === stored.digest) return read;
  throw new SlipwayError(
    'E_PACKAGE',
    `${place}: is not the package that was deployed; remove the folder and try again`,
  );
}

/** Those files of a package that it has. @returns the folder that they are in */
export async function fetchFiles(
  stored: StoredPackage,
  files: readonly string[],
  folder: string,
  config: SdkConfig,
): Promise<string> {
  const place = join(folder, stored.digest.slice(0, 12));
  for (const file of files) {
    const path = join(place, file);
    const key = stored.objects[file];
    if (key === undefined || existsSync(path)) continue;
    await placeFetched(path, async (scratch) => {
      const made = join(scratch, file);
      await download(stored.bucket, key, made, config);
      return made;
    });
  }
  return place;
}

async function download(bucket: string, key: string, path: string, config: SdkConfig): Promise<void> {
  const region = await config.region();
  const url = s3Url(bucket, key, region);
  const failed = (why: string, cause?: unknown) =>
    new SlipwayError(
      'E_AWS',
      `${bucket}/${key}: ${why}; it takes s3:GetObject on the asset bucket of the bootstrap stack`,
      { cause },
    );
  const { credentials, sha256 } = config;
  const signer = new SignatureV4({ service: 's3', region, credentials, sha256, uriEscapePath: false });
  const { headers } = await signer
    .sign({
      method: 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: {},
      headers: { host: url.host },
    })
    .catch((cause: Error) => {
      throw failed(cause.message, cause);
    });
  const { host: _, ...sent } = headers; // fetch gives it by itself
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), TIMEOUT_MS);
  const answer = await fetch(url, { headers: sent, signal: timer.signal })
    .catch((cause: Error) => {
      throw failed(cause.message, cause);
    })
    .finally(() => clearTimeout(timeout));
  if (!answer.ok || !answer.body) throw failed(`answered ${answer.status}`);
  await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(path));
}
