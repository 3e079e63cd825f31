/** Packages in a registry, for commands: whose credentials are asked, and what is fetched before a configuration is used. */
import type { SlipwayConfig } from '../../lib/config/config';
import { loadConfig } from '../../lib/config/load';
import { isFetched, type PackageAddress } from '../../lib/model/package/package-address';
import type { Bucket } from '../../lib/model-registry/bucket';
import { progress } from '../terminal/output';

/** A bucket, asked with the credentials that every client of the SDK finds. */
export function bucketNamed(name: string): Bucket {
  // the AWS SDK takes a while to load
  const { CloudFormationClient } =
    require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation');
  const { Bucket } = require('../../lib/model-registry/bucket') as typeof import('../../lib/model-registry/bucket');
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'; // of later releases than the pinned one
  return new Bucket(name, new CloudFormationClient({}).config);
}

/** Fetch what is not there yet; nothing is asked where all of it is. */
export async function fetchAddresses(addresses: readonly PackageAddress[] = []): Promise<void> {
  for (const address of addresses) {
    if (isFetched(address)) continue;
    const { pull } = require('../../lib/model-registry/pull') as typeof import('../../lib/model-registry/pull');
    await pull(address, bucketNamed(address.bucket), progress);
  }
}

/** As `loadConfig`, with the packages that it names in a registry. */
export async function loadWithPackages(path: string): Promise<SlipwayConfig> {
  const config = loadConfig(path);
  await fetchAddresses(config.addresses);
  return config;
}
