/** Model files in a bucket of S3, for `pack`: fetched into a folder for as long as they are packed, and held against a digest. */
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SlipwayError } from '../../lib/model/error';
import { temporaryFolder } from '../../lib/model/files/temporary-folder';
import { isBucketAddress } from '../../lib/model/package/package-address';
import { undoAtEnd } from '../../lib/model/process/interruption';
import { MIB } from '../../lib/model/units';
import { bucketNamed } from './registry';

/** As much as a model file may have. */
const MOST_BYTES = 1024 * MIB;

const ADDRESS = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/([^#]*[^#/])(?:#sha256=([0-9a-f]{64}))?$/;

export interface BucketFile {
  readonly bucket: string;
  readonly key: string;
  readonly sha256: string;
}

/** @throws SlipwayError E_USAGE for an address without a digest, or that is none */
export function parseBucketFile(text: string): BucketFile {
  const [, bucket, key, sha256] = ADDRESS.exec(text) ?? [];
  if (sha256 !== undefined) return { bucket: bucket!, key: key!, sha256 };
  throw new SlipwayError(
    'E_USAGE',
    bucket === undefined
      ? `"${text}" is no file in a bucket; write s3://bucket/key#sha256= and the 64 digits of its digest`
      : `${text}: has no digest, so whoever may write to the bucket could change what is packed; add #sha256= and the 64 digits that "sha256sum" prints`,
  );
}

/**
 * Use files, those in buckets from a folder of this machine.
 *
 * @throws SlipwayError E_AWS when one cannot be fetched; E_FILE when it is another than the digest says
 */
export async function withLocalFiles<T>(
  files: readonly string[],
  onProgress: (text: string) => void,
  use: (files: readonly string[]) => Promise<T>,
): Promise<T> {
  const fetched = files.map((file) => (isBucketAddress(file) ? parseBucketFile(file) : undefined));
  if (fetched.every((file) => file === undefined)) return use(files);
  const { download } = require('../../lib/model-registry/pull') as typeof import('../../lib/model-registry/pull');
  const folder = temporaryFolder('slipway-fetched-');
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const release = undoAtEnd(remove);
  try {
    const local: string[] = [];
    for (const [i, file] of fetched.entries()) {
      if (!file) {
        local.push(files[i]!);
        continue;
      }
      const { bucket, key, sha256 } = file;
      const path = join(folder, basename(key));
      onProgress(`fetching s3://${bucket}/${key}`);
      const found = await download(bucketNamed(bucket), key, { path, most: MOST_BYTES, onProgress });
      if (found !== sha256) {
        throw new SlipwayError('E_FILE', `s3://${bucket}/${key}: has SHA-256 ${found}, and not ${sha256}`);
      }
      local.push(path);
    }
    return await use(local);
  } finally {
    release();
    remove();
  }
}
