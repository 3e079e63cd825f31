import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { StageConfig } from '../../lib/config/config';
import { loadConfig } from '../../lib/config/load';
import { endpointTitle } from '../../lib/config/model-place';
import { endpointStack } from '../../lib/config/stack-names';
import { SlipwayError } from '../../lib/model/error';
import { parseBucketPlace } from '../../lib/model/package/package-address';
import { versions } from '../../lib/model-registry/versions';
import { type DeployedPackage, versionsText } from '../../lib/report';
import { bucketNamed } from '../project/registry';
import { awsClients } from '../stage/aws-clients';
import { print, printJson } from '../terminal/output';

interface VersionsFlags {
  readonly config: string;
  readonly json?: boolean;
}

export function addVersions(program: Command): void {
  program
    .command('versions')
    .description(
      'List the model packages of a registry, newest first: how they were checked, what was measured of them, and which ' +
        'stages of slipway.yaml have them now.',
    )
    .argument('<place>', 's3://bucket/prefix')
    .option('--config <file>', 'configuration file, whose stages are asked; without it none are', 'slipway.yaml')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  slipway versions s3://models-of-ours/credit-risk')
    .action(async (text: string, { config, json }: VersionsFlags) => {
      const place = parseBucketPlace(text);
      const found = await versions(place, bucketNamed(place.bucket));
      const deployed = existsSync(config) ? await Promise.all(loadConfig(config).stages.map(deployedTo)) : [];
      if (json) printJson({ versions: found, deployed });
      else print(versionsText(place, found, deployed));
    });
}

/** What its stack says. A stage may not be deployed yet, or be of another account. */
async function deployedTo(stage: StageConfig): Promise<DeployedPackage> {
  const { deployedPackages } = require('../../lib/deployed/packages') as typeof import('../../lib/deployed/packages');
  const title = endpointTitle(stage);
  try {
    const { current } = await deployedPackages(endpointStack(stage), awsClients(stage.region).stacks());
    return { stage: title, digest: current.digest };
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    return { stage: title, unknown: error.message };
  }
}
