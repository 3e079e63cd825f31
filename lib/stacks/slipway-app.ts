/** All stages of a configuration, in one app: one cloud assembly is built once and promoted. */
import { App, type AppProps } from 'aws-cdk-lib';
import type { NodeRuntime } from '../artifacts/node-runtime';
import type { SlipwayConfig } from '../config/config';
import { readModelPackage, readProfile } from '../model/package';
import { sizingPlan } from '../sizing';
import { SlipwayStage } from './slipway-stage';

/**
 * An app that leaves no trace of the folder it was made in: with the stack traces of CDK, absolute paths of
 * the sources would reach the assembly. The key is the app's to set; in cdk.json the CLI warns of it each time.
 */
export function slipwayApp(props: AppProps = {}): App {
  return new App({ ...props, context: { 'aws:cdk:disable-creation-stack-traces': true, ...props.context } });
}

export interface StagesOptions {
  /** The Node.js tarball of the instances. @default - the pinned one, fetched by `slipway runtime` */
  readonly runtime?: NodeRuntime;
  /** Folder of a bundled handler. @default - bundled for the architecture of each plan */
  readonly handler?: string;
}

/**
 * Add one `SlipwayStage` for each stage.
 *
 * @throws SlipwayError E_PACKAGE when the model package is not usable, E_INFEASIBLE when a stage cannot be sized,
 *   E_RUNTIME_MISSING when the Node.js runtime has not been fetched
 */
export function addStages(app: App, config: SlipwayConfig, options: StagesOptions = {}): SlipwayStage[] {
  const model = readModelPackage(config.model);
  const profile = readProfile(model);
  return config.stages.map((stage) => {
    const { serviceLevel, region } = stage;
    const plan = sizingPlan({ profile, manifest: model.manifest, serviceLevel, region });
    return new SlipwayStage(app, { stage, model, plan, ...options });
  });
}
