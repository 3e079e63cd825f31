import type { Command } from 'commander';
import { packageAddressText, parseBucketPlace } from '../../lib/model/package/package-address';
import { push } from '../../lib/model-registry/push';
import { bucketNamed } from '../project/registry';
import { print, printJson, progress } from '../terminal/output';

interface PushFlags {
  readonly encryptionKey?: string;
  readonly metrics?: string;
  readonly json?: boolean;
}

export function addPush(program: Command): void {
  program
    .command('push')
    .description(
      'Store a model package in a bucket of S3, by its digest: what is there is never replaced. slipway.yaml then names it ' +
        'by its address, and its files need not be in git. The package must have a profile.',
    )
    .argument('<package>', 'folder of a model package, e.g. models/credit-risk')
    .argument('<place>', 's3://bucket/prefix')
    .option(
      '--encryption-key <key>',
      'ARN, id or alias of a KMS key; s3 for keys of S3 (default: as the bucket encrypts by itself)',
    )
    .option('--metrics <file>', 'JSON with numbers by their names, which "slipway versions" shows: {"auc": 0.93}')
    .option('--json', 'print the address as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  slipway push models/credit-risk s3://models-of-ours/credit-risk --metrics metrics.json',
    )
    .action(async (folder: string, to: string, { json, ...flags }: PushFlags) => {
      const place = parseBucketPlace(to);
      const pushed = await push(folder, place, bucketNamed(place.bucket), { ...flags, onProgress: progress });
      const address = packageAddressText(pushed.address);
      if (json) printJson({ address, known: pushed.known });
      else print(`${pushed.known ? 'is there already' : 'pushed'}; in slipway.yaml it is\n\nmodel: ${address}`);
    });
}
