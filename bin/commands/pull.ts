import type { Command } from 'commander';
import { SlipwayError } from '../../lib/model/error';
import { readModelPackage } from '../../lib/model/package/model-package';
import { ADDRESS_FORM, fetchedPackage, isFetched, parsePackageAddress } from '../../lib/model/package/package-address';
import { pull } from '../../lib/model-registry/pull';
import { bucketNamed } from '../project/registry';
import { print, printJson, progress } from '../terminal/output';

export function addPull(program: Command): void {
  program
    .command('pull')
    .description(
      'Fetch a model package from a registry into .slipway/packages, where synthesis and all commands look for it. They ' +
        'fetch it by themselves; this is for a machine that has no way to S3 later.',
    )
    .argument('<address>', 's3://bucket/prefix@sha256:...')
    .option('--json', 'print where it is, its name and its digest as JSON')
    .addHelpText('after', '\nExample:\n  slipway pull s3://models-of-ours/credit-risk@sha256:3f1c...')
    .action(async (text: string, { json }: { json?: boolean }) => {
      const address = parsePackageAddress(text);
      if (!address) throw new SlipwayError('E_USAGE', `"${text}" is no address of a package; write ${ADDRESS_FORM}`);
      const { directory, manifest } = isFetched(address)
        ? readModelPackage(fetchedPackage(address.digest))
        : await pull(address, bucketNamed(address.bucket), progress);
      if (json) printJson({ directory, name: manifest.name, digest: address.digest });
      else print(`${directory}: ${manifest.name}, version ${address.digest.slice(0, 12)}`);
    });
}
