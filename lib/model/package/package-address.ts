/** Where a model package is in a registry: a place in a bucket of S3, and the digest of the package. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SlipwayError } from '../error';
import { PACKAGE_FILES } from './manifest';

/** A place in a bucket. */
export interface BucketPlace {
  readonly bucket: string;
  /** Without slashes at its ends; may be empty. */
  readonly prefix: string;
}

export interface PackageAddress extends BucketPlace {
  /** Of the package: lower-case hexadecimal SHA-256 of its manifest. */
  readonly digest: string;
}

/** S3 User Guide, bucket naming rules; without dots, which certificates of S3 do not cover. */
const BUCKET = '[a-z0-9][a-z0-9-]{1,61}[a-z0-9]';
/** Of the characters that S3 calls safe, those that need no quotes in YAML, in a shell and in an address. */
const PREFIX = '[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*';
const PLACE = new RegExp(`^s3://(${BUCKET})(?:/(${PREFIX}))?/?$`);
const ADDRESS = new RegExp(`^s3://(${BUCKET})(?:/(${PREFIX}))?@sha256:([0-9a-f]{64})$`);

export const ADDRESS_FORM = 's3://bucket/prefix@sha256: and the 64 digits of its digest';

const hasDots = (prefix: string) => prefix.split('/').some((part) => part === '.' || part === '..');

export const isBucketAddress = (text: string): boolean => text.startsWith('s3:');

/** @throws SlipwayError E_USAGE */
export function parseBucketPlace(text: string): BucketPlace {
  const [, bucket, prefix = ''] = PLACE.exec(text) ?? [];
  if (bucket !== undefined && !hasDots(prefix)) return { bucket, prefix };
  throw new SlipwayError('E_USAGE', `"${text}" is no place in a bucket; write s3://bucket/prefix`);
}

/** @returns undefined for a text that is no address of a package */
export function parsePackageAddress(text: string): PackageAddress | undefined {
  const [, bucket, prefix = '', digest] = ADDRESS.exec(text) ?? [];
  return bucket === undefined || hasDots(prefix) ? undefined : { bucket, prefix, digest: digest! };
}

export function packageAddressText({ bucket, prefix, digest }: PackageAddress): string {
  return `${placeText({ bucket, prefix })}@sha256:${digest}`;
}

export function placeText({ bucket, prefix }: BucketPlace): string {
  return prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
}

/** Folder of packages that were fetched, in the working directory; ignored by git. */
export const fetchedPackages = () => resolve('.slipway', 'packages');

/** The folder that a package is fetched to, wherever it comes from. */
export const fetchedPackage = (digest: string) => resolve(fetchedPackages(), digest.slice(0, 12));

/** Whether a package need not be fetched; its files are looked at when it is read. */
export function isFetched({ digest }: PackageAddress): boolean {
  const { model, profile, manifest } = PACKAGE_FILES;
  return [model, profile, manifest].every((file) => existsSync(join(fetchedPackage(digest), file)));
}
