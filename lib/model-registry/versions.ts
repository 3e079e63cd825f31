/** The model packages of a registry. */
import { SlipwayError } from '../model/error';
import {
  isVerified,
  MANIFEST_BYTES,
  type Manifest,
  manifestSchema,
  PACKAGE_FILES,
  PROFILE_BYTES,
} from '../model/package/manifest';
import { parseProfile } from '../model/package/model-package';
import type { BucketPlace } from '../model/package/package-address';
import type { Version } from '../model/package/version';
import type { Bucket } from './bucket';
import { smallObject } from './pull';
import { METRICS_FILE, MOST_METRICS_BYTES, packageKeyPrefix, readMetrics } from './push';

const AT_ONCE = 8;
const MOST_LIST_BYTES = 4e6;

/** Newest first. @throws SlipwayError E_AWS */
export async function versions(place: BucketPlace, bucket: Bucket): Promise<Version[]> {
  const found = await manifests(place, bucket);
  found.sort((a, b) => b.pushedAt.localeCompare(a.pushedAt) || a.digest.localeCompare(b.digest));
  const all: Version[] = [];
  for (let at = 0; at < found.length; at += AT_ONCE) {
    all.push(...(await Promise.all(found.slice(at, at + AT_ONCE).map((one) => described(place, bucket, one)))));
  }
  return all;
}

type Listed = Pick<Version, 'digest' | 'pushedAt'>;

/** A package is there when its manifest is. */
async function manifests({ prefix }: BucketPlace, bucket: Bucket): Promise<Listed[]> {
  const start = prefix === '' ? '' : `${prefix}/`;
  const found: Listed[] = [];
  let token: string | undefined;
  do {
    const query = { 'list-type': '2', prefix: start, ...(token !== undefined && { 'continuation-token': token }) };
    const answer = await bucket.send({ method: 'GET', key: '', query });
    const text = await answer.text();
    if (text.length > MOST_LIST_BYTES) throw new SlipwayError('E_AWS', `s3://${bucket.name}: sent a list without end`);
    for (const [, entry] of text.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
      const key = unescaped(/<Key>([^<]*)<\/Key>/.exec(entry!)?.[1] ?? '');
      const pushedAt = /<LastModified>([^<]*)<\/LastModified>/.exec(entry!)?.[1] ?? '';
      const [digest = '', file, ...deeper] = key.slice(start.length).split('/');
      if (/^[0-9a-f]{64}$/.test(digest) && file === PACKAGE_FILES.manifest && deeper.length === 0) {
        found.push({ digest, pushedAt });
      }
    }
    const next = /<NextContinuationToken>([^<]*)<\/NextContinuationToken>/.exec(text)?.[1];
    token = next === undefined || next === '' ? undefined : unescaped(next);
  } while (token !== undefined);
  return found;
}

const unescaped = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

async function described({ prefix }: BucketPlace, bucket: Bucket, listed: Listed): Promise<Version> {
  const start = packageKeyPrefix({ bucket: bucket.name, prefix, digest: listed.digest });
  const read = (file: string, most: number) => smallObject(bucket, `${start}${file}`, most);
  const [manifestBytes, profileBytes, metricsBytes] = await Promise.all([
    read(PACKAGE_FILES.manifest, MANIFEST_BYTES),
    read(PACKAGE_FILES.profile, PROFILE_BYTES),
    read(METRICS_FILE, MOST_METRICS_BYTES),
  ]);
  const manifest = attempt(() => manifestSchema.parse(JSON.parse(String(manifestBytes))));
  if (!manifest) return listed;
  const metrics = metricsBytes && attempt(() => readMetrics(metricsBytes, METRICS_FILE));
  const cpu = profileBytes && attempt(() => cpuOfRow(profileBytes, manifest));
  return {
    ...listed,
    name: manifest.name,
    estimators: manifest.source.estimators,
    verified: isVerified(manifest),
    ...(manifest.golden && { goldenRows: manifest.golden.rows }),
    modelBytes: manifest.model.bytes,
    ...(cpu !== undefined && { cpuMicroseconds: cpu }),
    ...(metrics && { metrics }),
  };
}

function cpuOfRow(profileBytes: Buffer, manifest: Manifest): number | undefined {
  const profile = parseProfile(profileBytes, PACKAGE_FILES.profile, manifest, '');
  const [first] = profile.batches;
  return first && (1000 * first.cpuMs) / first.rows;
}

/** Undefined for what others have put there. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
