/** A model package into a registry. Its manifest comes last: a package is there when its manifest is. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../model/error';
import { readRegularFile } from '../model/files/read-file';
import { isRecord } from '../model/formats/json';
import { PACKAGE_FILES } from '../model/package/manifest';
import { readModelPackage, readProfile } from '../model/package/model-package';
import { type BucketPlace, type PackageAddress, packageAddressText } from '../model/package/package-address';
import type { Bucket } from './bucket';
import { type UploadOptions, upload } from './upload';

/** Beside the files of a package; not part of it. */
export const METRICS_FILE = 'metrics.json';
export const MOST_METRICS_BYTES = 65_536;

export interface Pushed {
  readonly address: PackageAddress;
  /** Whether all of it was there already. */
  readonly known: boolean;
}

export interface PushOptions extends UploadOptions {
  /** Path of a JSON file with numbers by their names. @default - none are kept */
  readonly metrics?: string;
}

export const packageKeyPrefix = ({ prefix, digest }: PackageAddress): string =>
  `${prefix === '' ? '' : `${prefix}/`}${digest}/`;

/**
 * @throws SlipwayError E_PACKAGE when the package is damaged or has no profile; E_AWS; E_FILE when something else is there
 */
export async function push(
  folder: string,
  { bucket: _, ...place }: BucketPlace,
  bucket: Bucket,
  options: PushOptions,
): Promise<Pushed> {
  const model = readModelPackage(folder);
  readProfile(model); // without it nobody could plan
  const address: PackageAddress = { bucket: bucket.name, ...place, digest: model.digest };
  const { manifest, ...others } = PACKAGE_FILES;
  const files: { readonly name: string; readonly path: string }[] = Object.values(others)
    .map((name) => ({ name, path: join(folder, name) }))
    .filter(({ name, path }) => existsSync(path) && isOfPackage(name, model.manifest));
  if (options.metrics !== undefined) {
    readMetrics(readRegularFile(options.metrics, MOST_METRICS_BYTES), options.metrics);
    files.push({ name: METRICS_FILE, path: options.metrics });
  }
  files.push({ name: manifest, path: join(folder, manifest) });
  let known = true;
  options.onProgress(`pushing ${files.length} files to ${packageAddressText(address)}`);
  for (const { name, path } of files) {
    const there = await upload(bucket, `${packageKeyPrefix(address)}${name}`, path, {
      ...options,
      onProgress: (text) => options.onProgress(`${name}: ${text}`),
    });
    options.onProgress(`${name}: ${there ? 'is there already' : 'pushed'}`);
    known &&= there;
  }
  return { address, known };
}

/** A file of an older package may lie beside; profiles are not in the manifest. */
function isOfPackage(name: string, manifest: object): boolean {
  const key = Object.entries(PACKAGE_FILES).find(([, file]) => file === name)![0];
  return key === 'profile' || key in manifest;
}

/** @throws SlipwayError E_INPUT unless it is an object of numbers */
export function readMetrics(bytes: Buffer, source: string): Record<string, number> {
  let document: unknown;
  try {
    document = JSON.parse(bytes.toString('utf8'));
  } catch {
    // said below
  }
  if (isRecord(document) && Object.values(document).every((value) => typeof value === 'number')) {
    return document as Record<string, number>;
  }
  throw new SlipwayError('E_INPUT', `${source}: must be an object of numbers in JSON, e.g. {"auc": 0.93}`);
}
