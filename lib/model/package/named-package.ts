/** A package by the name that a construct is given: its folder, or its address in a registry. */
import { SlipwayError } from '../error';
import { type ModelPackage, readModelPackage } from './model-package';
import { ADDRESS_FORM, fetchedPackage, isBucketAddress, isFetched, parsePackageAddress } from './package-address';

/**
 * Nobody is asked for it: what a registry has is fetched before.
 *
 * @param name a folder, or `s3://bucket/prefix@sha256:...`
 * @throws SlipwayError E_CONFIG where it is no address, or is not fetched; as `readModelPackage`; E_PACKAGE where the folder that it
 *   was fetched to has another package
 */
export function namedPackage(name: string): ModelPackage {
  if (!isBucketAddress(name)) return readModelPackage(name);
  const address = parsePackageAddress(name);
  if (!address) throw new SlipwayError('E_CONFIG', `"${name}" is no address of a package; write ${ADDRESS_FORM}`);
  if (!isFetched(address)) {
    throw new SlipwayError('E_CONFIG', `${name} is not fetched yet: run "npx slipway pull ${name}" before synthesis`);
  }
  const folder = fetchedPackage(address.digest);
  const found = readModelPackage(folder);
  if (found.digest === address.digest) return found;
  throw new SlipwayError('E_PACKAGE', `${folder}: is not the package ${name}; remove the folder and pull it again`);
}
