/**
 * The CDK app: one stage for each stage of slipway.yaml. Run by `cdk` (see cdk.json).
 *
 * Context: `slipway:config` is the configuration file, `slipway:model` a model package in place of the one it names.
 */
import { resolve } from 'node:path';
import { loadConfig } from '../lib/config/load';
import { SlipwayError } from '../lib/model/error';
import { systemError } from '../lib/model/files/file-error';
import { addStages, slipwayApp } from '../lib/stacks/slipway-app';
import { reportError } from './output';

try {
  const app = slipwayApp();
  const config = loadConfig(app.node.tryGetContext('slipway:config') ?? 'slipway.yaml');
  const model: string | undefined = app.node.tryGetContext('slipway:model');
  addStages(app, model === undefined ? config : { ...config, model: resolve(model) });
  app.synth();
} catch (error) {
  const known = systemError(error);
  if (!SlipwayError.is(known)) throw error;
  process.exitCode = reportError(known);
}
