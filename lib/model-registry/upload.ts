/** One file into a bucket, once: checked by its SHA-256 on arrival, and never in the place of another. */
import { createHash } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { SlipwayError } from '../model/error';
import { MIB } from '../model/units';
import type { Bucket } from './bucket';

export interface UploadOptions {
  /** Of KMS; `s3` for keys of S3. @default - as the bucket encrypts by itself */
  readonly encryptionKey?: string;
  /** Of a part of a large file. @default 16 MiB */
  readonly partBytes?: number;
  readonly onProgress: (text: string) => void;
}

/** S3 takes 5 MiB at least, and 10,000 parts: that is 160 GB. */
const PART_BYTES = 16 * MIB;
/** Parts that are under way at the same time, which are in memory; after as many comes a line of progress. */
const AT_ONCE = 4;

/** Where S3 keeps what the file was: the checksum of a file in parts is one of checksums. */
const DIGEST = 'x-amz-meta-sha256';
const CREATED_ALREADY = 412;

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');

/**
 * @returns whether it was there already
 * @throws SlipwayError E_AWS; E_FILE when another file is there, which stays
 */
export async function upload(bucket: Bucket, key: string, path: string, options: UploadOptions): Promise<boolean> {
  const file = await openAsBlob(path);
  const { whole, parts } = await digests(file, options.partBytes ?? PART_BYTES);
  if (await isThere(bucket, key, whole, file.size)) return true;
  const headers = { ...encryption(options.encryptionKey), [DIGEST]: whole };
  const made =
    parts.length === 1
      ? await bucket.send({
          method: 'PUT',
          key,
          headers: {
            ...headers,
            'if-none-match': '*',
            'x-amz-content-sha256': whole,
            'x-amz-checksum-sha256': base64(whole),
          },
          body: file,
          expected: [CREATED_ALREADY],
        })
      : await inParts(bucket, key, { file, parts, headers, options });
  if (made.status !== CREATED_ALREADY) return false;
  if (await isThere(bucket, key, whole, file.size)) return true; // somebody else was faster
  throw other(bucket, key);
}

async function digests(file: Blob, partBytes: number) {
  const whole = createHash('sha256');
  const parts: { readonly start: number; readonly end: number; readonly sha256: string }[] = [];
  for (let start = 0; start < file.size || parts.length === 0; start += partBytes) {
    const end = Math.min(start + partBytes, file.size);
    const part = createHash('sha256');
    for await (const piece of file.slice(start, end).stream()) {
      whole.update(piece);
      part.update(piece);
    }
    parts.push({ start, end, sha256: part.digest('hex') });
  }
  return { whole: whole.digest('hex'), parts };
}

async function isThere(bucket: Bucket, key: string, sha256: string, bytes: number): Promise<boolean> {
  const found = await bucket.send({ method: 'HEAD', key, expected: [404, 403] });
  if (!found.ok) return false; // who may not list is told 403 of what is not there
  if (found.headers.get(DIGEST) === sha256 && Number(found.headers.get('content-length')) === bytes) return true;
  throw other(bucket, key);
}

function other(bucket: Bucket, key: string): SlipwayError {
  return new SlipwayError(
    'E_FILE',
    `s3://${bucket.name}/${key}: is there with another content, and what was pushed stays as it is; push to another prefix`,
  );
}

function encryption(key: string | undefined): Record<string, string> {
  if (key === undefined) return {};
  if (key === 's3') return { 'x-amz-server-side-encryption': 'AES256' };
  return { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-aws-kms-key-id': key };
}

interface Parts {
  readonly file: Blob;
  readonly parts: Awaited<ReturnType<typeof digests>>['parts'];
  readonly headers: Readonly<Record<string, string>>;
  readonly options: UploadOptions;
}

async function inParts(bucket: Bucket, key: string, { file, parts, headers, options }: Parts): Promise<Response> {
  const created = await bucket.send({
    method: 'POST',
    key,
    query: { uploads: '' },
    headers: { ...headers, 'x-amz-checksum-algorithm': 'SHA256' },
  });
  const uploadId = /<UploadId>([^<]+)<\/UploadId>/.exec(await created.text())?.[1];
  if (uploadId === undefined) throw new SlipwayError('E_AWS', `s3://${bucket.name}/${key}: began no upload`);
  try {
    const tags = await sendParts(bucket, key, { file, parts, uploadId, options });
    const listed = parts.map(
      ({ sha256 }, i) =>
        `<Part><PartNumber>${i + 1}</PartNumber><ETag>${tags[i]}</ETag><ChecksumSHA256>${base64(sha256)}</ChecksumSHA256></Part>`,
    );
    const completed = await bucket.send({
      method: 'POST',
      key,
      query: { uploadId },
      headers: { 'if-none-match': '*', 'content-type': 'application/xml' },
      body: `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed.join('')}</CompleteMultipartUpload>`,
      expected: [CREATED_ALREADY],
    });
    // S3 may say 200 before it knows
    const code = completed.ok ? /<Code>([^<]+)<\/Code>/.exec(await completed.text())?.[1] : undefined;
    if (code !== undefined)
      throw new SlipwayError('E_AWS', `s3://${bucket.name}/${key}: was not put together: ${code}`);
    if (completed.ok) return completed;
    await abort(bucket, key, uploadId);
    return completed;
  } catch (error) {
    await abort(bucket, key, uploadId);
    throw error;
  }
}

/** Parts that nobody puts together cost until they are removed. */
async function abort(bucket: Bucket, key: string, uploadId: string): Promise<void> {
  await bucket.send({ method: 'DELETE', key, query: { uploadId }, expected: [404] }).catch(() => {});
}

async function sendParts(
  bucket: Bucket,
  key: string,
  { file, parts, uploadId, options }: Omit<Parts, 'headers'> & { readonly uploadId: string },
): Promise<string[]> {
  const tags: string[] = [];
  let next = 0;
  let sent = 0;
  let arrived = 0;
  let failed = false;
  const worker = async () => {
    while (next < parts.length && !failed) {
      const i = next++;
      const { start, end, sha256 } = parts[i]!;
      const answer = await bucket.send({
        method: 'PUT',
        key,
        query: { partNumber: String(i + 1), uploadId },
        headers: { 'x-amz-content-sha256': sha256, 'x-amz-checksum-sha256': base64(sha256) },
        body: file.slice(start, end),
      });
      tags[i] = answer.headers.get('etag') ?? '';
      sent += end - start;
      arrived++;
      if (arrived % AT_ONCE > 0 && arrived < parts.length) continue;
      options.onProgress(`sent ${megabytes(sent)} of ${megabytes(file.size)} MB`);
    }
  };
  const stopping = async () => {
    await worker().catch((error: unknown) => {
      failed = true;
      throw error;
    });
  };
  // all of them have ended before anything is removed: a part that comes later would stay
  const ended = await Promise.allSettled(Array.from({ length: Math.min(AT_ONCE, parts.length) }, stopping));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  return tags;
}

export const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0);
