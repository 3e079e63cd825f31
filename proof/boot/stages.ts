/** The stages that are booted: those of slipway.yaml, on a processor that this machine has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StageConfig } from '../../lib/config/config';
import { loadConfig } from '../../lib/config/load';
import type { GoldenRows } from '../../lib/model/package/golden-file';
import { PACKAGE_FILES } from '../../lib/model/package/manifest';
import {
  type ModelPackage,
  readModelPackage,
  readProfile,
  writeModelPackage,
} from '../../lib/model/package/model-package';
import { sizingPlan } from '../../lib/sizing';
import type { SizingPlan } from '../../lib/sizing/plan/plan';
import { type Deployment, synthesise } from './deployment';

export interface Stages {
  /** One VM. */
  readonly single: Deployment;
  /** An autoscaling group. */
  readonly group: Deployment;
  /** A VM whose model does not give what its golden rows say. */
  readonly wrong: Deployment;
  /** A VM whose handler may have less memory than a process of it takes. */
  readonly hopeless: Deployment;
  /** One process that serves alone, behind keys. */
  readonly alone: Deployment;
  /** One process behind keys that boots for a warm pool. */
  readonly pooled: Deployment;
  /** Two processes that the load balancer calls by HTTPS. */
  readonly encrypted: Deployment;
  /** One that no load balancer asks. */
  readonly unbalanced: Deployment;
  /** One whose instances have another processor than this machine. */
  readonly arm64: Deployment;
}

/** CloudFormation's patience with the boot that cannot succeed; plans have 300 s and more, which nobody would wait for here. */
const WRONG_BOOT_TIMEOUT_SECONDS = 120;

/** Node.js alone takes more. */
const TOO_LITTLE_MIB = 32;

/** And with one that becomes ready first. */
const UNBALANCED_BOOT_TIMEOUT_SECONDS = 180;

/** Of the stage whose callers have keys. */
export const KEYS_PARAMETER = '/slipway/alone/keys';
export const POOLED_PARAMETER = '/slipway/pooled/keys';

/** @param folder for the cloud assembly and the model package that is wrong */
export function bootedStages(folder: string): Stages {
  const config = loadConfig('slipway.yaml');
  const model = readModelPackage(config.stages[0]!.model);
  const profile = readProfile(model);
  const planned = config.stages.map((stage) => {
    const { serviceLevel, region } = stage;
    return { stage, plan: sizingPlan({ profile, manifest: model.manifest, serviceLevel, region }) };
  });
  const bootable = (what: string, fits: (plan: SizingPlan) => boolean) => {
    const found = planned.find(({ plan }) => fits(plan));
    if (!found) throw new Error(`no stage of slipway.yaml is planned as ${what}`);
    return { stage: found.stage, model, plan: onThisProcessor(found.plan) };
  };
  const one = bootable('one instance', ({ choice }) => choice.instances === 1);
  const single = { ...one, plan: { ...one.plan, workersPerInstance: 2 } };
  const wrong = {
    stage: anotherStage(single.stage, 'wrong'),
    model: withWrongGoldenRow(model, join(folder, 'wrong-model')),
    plan: { ...single.plan, bootTimeoutSeconds: WRONG_BOOT_TIMEOUT_SECONDS },
  };
  const hopeless = {
    ...single,
    stage: anotherStage(single.stage, 'hopeless'),
    plan: { ...wrong.plan, memoryLimitMiB: TOO_LITTLE_MIB },
  };
  const alone = {
    stage: {
      ...anotherStage(single.stage, 'alone'),
      endpoint: { ...single.stage.endpoint, access: { apiKeys: KEYS_PARAMETER } },
    },
    model,
    plan: { ...single.plan, workersPerInstance: 1 },
  };
  const pooled = {
    ...alone,
    stage: {
      ...anotherStage(single.stage, 'pooled'),
      endpoint: { ...single.stage.endpoint, access: { apiKeys: POOLED_PARAMETER } },
    },
    plan: { ...alone.plan, warmPool: { prepared: 2, stopped: 1, startSeconds: 60, launchSeconds: 150 } },
  };
  const encrypted = {
    ...single,
    stage: {
      ...anotherStage(single.stage, 'encrypted'),
      endpoint: { ...single.stage.endpoint, backendTls: true },
    },
  };
  const unbalanced = {
    ...single,
    stage: anotherStage(single.stage, 'unbalanced'),
    plan: { ...single.plan, bootTimeoutSeconds: UNBALANCED_BOOT_TIMEOUT_SECONDS },
  };
  const arm64 = {
    ...single,
    stage: anotherStage(single.stage, 'arm64'),
    plan: { ...single.plan, choice: { ...single.plan.choice, architecture: 'arm64' as const } },
  };
  const made = synthesise(
    [
      single,
      bootable('several zones', ({ serviceLevel }) => serviceLevel.availability === 'zone'),
      wrong,
      alone,
      arm64,
      unbalanced,
      hopeless,
      encrypted,
      pooled,
    ],
    join(folder, 'cdk.out'),
  );
  return {
    single: made[0]!,
    group: made[1]!,
    wrong: made[2]!,
    alone: made[3]!,
    arm64: made[4]!,
    unbalanced: made[5]!,
    hopeless: made[6]!,
    encrypted: made[7]!,
    pooled: made[8]!,
  };
}

/** The Node.js binary and the handler of the processor that will run them; all else stays as planned. */
function onThisProcessor(plan: SizingPlan): SizingPlan {
  return { ...plan, choice: { ...plan.choice, architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64' } };
}

function anotherStage(stage: StageConfig, name: string): StageConfig {
  return { ...stage, name, domain: { ...stage.domain, name: `${name}.${stage.domain.name}` } };
}

/** The same model with another label recorded for its first golden row: as if it had been converted wrongly. */
export function withWrongGoldenRow(model: ModelPackage, directory: string): ModelPackage {
  const { golden, manifest } = model;
  const { classes } = manifest.signature;
  if (!golden || !manifest.golden || !classes)
    throw new Error(`${model.directory}: has no golden rows of a classifier`);
  const { schemaVersion, model: _, golden: recorded, ...rest } = manifest;
  const [first, ...others] = golden.predict;
  const rows: GoldenRows = { ...golden, predict: [classes.find((label) => label !== first)!, ...others] };
  return writeModelPackage(directory, {
    manifest: rest,
    model: readFileSync(join(model.directory, PACKAGE_FILES.model)),
    golden: { rows, tolerance: recorded!.tolerance },
  });
}
