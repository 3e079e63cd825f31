import { spawn } from 'node:child_process';
import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { SlipwayConfig, StageConfig } from '../../lib/config/config';
import { endpointTitle, memberName, packageKey, withPackage } from '../../lib/config/model-place';
import { endpointStack } from '../../lib/config/stack-names';
import { SlipwayError } from '../../lib/model/error';
import { PACKAGE_FILES } from '../../lib/model/package/manifest';
import type { StoredPackage } from '../../lib/model/stage/deployment';
import { printable } from '../../lib/model/text/printable';
import { planDifferenceText, somethingInfeasible } from '../../lib/report';
import { loadWithPackages } from '../project/registry';
import { awsClients } from '../stage/aws-clients';
import { onDisk, planned } from '../stage/plan-difference';
import { MODEL_OF_STAGE, stageNamed } from '../stage/stage-named';
import { agreed } from '../terminal/agreed';
import { print, progress } from '../terminal/output';

interface RollbackFlags {
  stage: string;
  model?: string;
  config: string;
  yes?: boolean;
}

/** Packages that were fetched; ignored by git. */
const FOLDER = join('.slipway', 'packages');
/** What is deployed of them. */
const ASSEMBLY = join('.slipway', 'rollback.out');

/** The folder of the app, whatever folder the command runs in. */
const ROOT = join(__dirname, '..', '..');

export function addRollback(program: Command): void {
  program
    .command('rollback')
    .description(
      'Deploy the model package that a stage had before the one it has, by the same rollout as any other deployment. The ' +
        'package is fetched from the bucket that it was deployed from, so it need not be in this folder. What will change is ' +
        'said first, and asked.',
    )
    .requiredOption('--stage <name>', 'a stage of slipway.yaml')
    .option('--model <name>', MODEL_OF_STAGE)
    .option('--config <file>', 'configuration file', 'slipway.yaml')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  slipway rollback --stage prod')
    .action(async (flags: RollbackFlags) => {
      const config = await loadWithPackages(flags.config);
      const stage = stageNamed(flags.stage, config.stages, flags.config, flags.model);
      const title = endpointTitle(stage);
      const previous = await prepare(config, stage);
      if (!flags.yes && !(await agreed(`Deploy it to ${title}? [y/N] `))) {
        print('nothing was changed');
        process.exitCode = 1;
        return;
      }
      process.exitCode = await deploy(flags.config, stage, previous);
      if (process.exitCode !== 0) return;
      print(
        `${title} has ${shown(previous.stored)} again, and ${packageKey(stage).join('.')} of slipway.yaml is still ${relative('', stage.model)}:`,
      );
      print(`the next deployment from here brings that. To keep it, put ${previous.folder} in its place and commit.`);
    });
}

interface Previous {
  readonly stored: StoredPackage;
  readonly folder: string;
}

const shown = ({ name, digest }: StoredPackage) => printable(`${name} ${digest.slice(0, 12)}`);

/** Fetch the package, and say what its deployment would change. */
async function prepare(config: SlipwayConfig, stage: StageConfig): Promise<Previous> {
  const { deployedPackages } = require('../../lib/deployed/packages') as typeof import('../../lib/deployed/packages');
  const fetched = require('../../lib/deployed/fetch-package') as typeof import('../../lib/deployed/fetch-package');
  const client = awsClients(stage.region).stacks();
  const stack = endpointStack(stage);
  const { current, previous } = await deployedPackages(stack, client, memberName(stage));
  if (!previous) {
    throw new SlipwayError(
      'E_AWS',
      `the stack ${stack} has had no other package than ${shown(current)}, so there is none to go back to`,
    );
  }
  const files = [PACKAGE_FILES.manifest, PACKAGE_FILES.profile];
  const before = await fetched.fetchFiles(current, files, FOLDER, client.config);
  const { directory: folder } = await fetched.fetchPackage(previous, FOLDER, client.config);
  const title = endpointTitle(stage);
  const side = (folder: string) =>
    planned(withPackage(config, resolve(folder), stage.place?.name), onDisk, stage.name).find(
      ({ name }) => name === title,
    )!;
  const changes = [{ before: side(before), after: side(folder) }];
  print(`${title} has ${shown(current)}; before it had ${shown(previous)}.\n`);
  print(planDifferenceText('what is deployed', changes, undefined));
  if (somethingInfeasible(changes)) {
    throw new SlipwayError('E_INFEASIBLE', `${shown(previous)} has no plan any more for the stage ${title}`);
  }
  return { stored: previous, folder };
}

/**
 * As `npx cdk deploy` with another model.
 *
 * @returns its exit status
 * @throws SlipwayError E_CONFIG when slipway.yaml has changed so that no deployment to the running stage can be made
 */
async function deploy(config: string, stage: StageConfig, { stored, folder }: Previous): Promise<number> {
  const { place } = stage;
  const context = {
    'slipway:folder': process.cwd(),
    'slipway:config': config,
    'slipway:model': folder,
    ...(place && { 'slipway:model-name': place.name }),
  };
  const options = Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`]);
  const assembly = resolve(ASSEMBLY);
  const status = await cdk('synth', '--quiet', '--no-lookups', '--output', assembly, ...options);
  if (status !== 0) return status;
  await checkBefore(assembly, stage);
  progress(`deploying ${shown(stored)} to ${endpointTitle(stage)}`);
  // what the models share is as slipway.yaml has it now, which may be otherwise
  const only = place ? [`${stage.name}/${stage.fleet?.name ?? place.name}`, '--exclusively'] : [`${stage.name}/*`];
  return await cdk('deploy', ...only, '--app', assembly, '--require-approval', 'never');
}

async function checkBefore(assembly: string, stage: StageConfig): Promise<void> {
  const { stacksOf } = require('../../lib/deployed/assembly') as typeof import('../../lib/deployed/assembly');
  const { preflight } = require('../../lib/deployed/preflight') as typeof import('../../lib/deployed/preflight');
  const client = awsClients(stage.region).stacks();
  const found = await preflight(stage.name, stacksOf(assembly, stage.name), client);
  if (found.length === 0) return;
  const problems = found.map(({ stackName, text }) => printable(`${stackName}: ${text}`));
  throw new SlipwayError('E_CONFIG', `${stage.name} cannot be deployed from this slipway.yaml`, { problems });
}

function cdk(...words: string[]): Promise<number> {
  const child = spawn(process.execPath, [require.resolve('aws-cdk/bin/cdk'), ...words, '--no-notices'], {
    cwd: ROOT, // where cdk.json is
    stdio: 'inherit',
    env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: '1', CDK_DISABLE_VERSION_CHECK: '1' },
  });
  return new Promise((done) => child.once('close', (status) => done(status ?? 1)));
}
