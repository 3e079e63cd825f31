/**
 * The CDK app: one stage for each stage of slipway.yaml. Run by `cdk` (see cdk.json).
 *
 * Context: `slipway:config` is the configuration file, `slipway:model` a model package in place of the one it names (of the
 * model `slipway:model-name`, where it has several), and
 * `slipway:folder` what relative paths are relative to, in place of the current folder. `slipway:ignore-alarms` deploys though an
 * alarm is on.
 */
import { resolve } from 'node:path';
import type { SlipwayConfig } from '../lib/config/config';
import { loadConfig } from '../lib/config/load';
import { withPackage } from '../lib/config/model-place';
import { SlipwayError } from '../lib/model/error';
import { systemError } from '../lib/model/files/file-error';
import { synthesise } from '../lib/stacks/refusals';
import { addStages, slipwayApp } from '../lib/stacks/slipway-app';
import { fetchAddresses } from './project/registry';
import { reportError } from './terminal/output';

async function main(): Promise<void> {
  try {
    const app = slipwayApp();
    const folder: string | undefined = app.node.tryGetContext('slipway:folder');
    if (folder !== undefined) process.chdir(folder);
    const config = loadConfig(app.node.tryGetContext('slipway:config') ?? 'slipway.yaml');
    await fetchAddresses(config.addresses);
    const model: string | undefined = app.node.tryGetContext('slipway:model');
    const name: string | undefined = app.node.tryGetContext('slipway:model-name');
    const replaced = name === undefined ? 'model' : ['models', name, 'model'].join();
    const deployed: SlipwayConfig =
      model === undefined
        ? config
        : {
            ...withPackage(config, resolve(model), name),
            where: (path) => (path.join() === replaced ? '--context slipway:model' : config.where!(path)),
          };
    addStages(app, deployed);
    synthesise(app, config);
  } catch (error) {
    const known = systemError(error);
    if (!SlipwayError.is(known)) throw error;
    process.exitCode = reportError(known);
  }
}

main();
