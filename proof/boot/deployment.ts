/** What a deployment of a stage would start: read from the real synthesised template and its assets. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import type { StageConfig } from '../../lib/config/config';
import type { ShadowOptions } from '../../lib/constructs/boot/boot-options';
import type { ModelPackage } from '../../lib/model/package/model-package';
import type { SizingPlan } from '../../lib/sizing/plan/plan';
import { SlipwayStage } from '../../lib/stacks/slipway-stage';
import { ACCOUNT, type Machine } from './aws/account';
import type { Statement } from './aws/permissions';
import { signalUrl } from './aws/signals';
import { type ResolutionContext, resolveIntrinsics } from './intrinsics';

export interface DeploymentOptions {
  readonly stage: StageConfig;
  readonly model: ModelPackage;
  readonly plan: SizingPlan;
  /** @default - there is none */
  readonly shadow?: ShadowOptions;
}

/** All that a machine needs but its address and its name. */
export interface Deployment extends DeploymentOptions {
  readonly machine: Omit<Machine, 'address' | 'instanceId'>;
  /** Of its stack, by logical id. */
  readonly resources: readonly [string, Resource][];
  /** Resolves the intrinsic functions of a value of its template. */
  resolve(value: unknown): unknown;
  /** `bucket/key` of an asset by its display name, e.g. `model/model.onnx`. */
  objectOf(name: string): string;
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly UpdatePolicy?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Synthesises stages in one app, as `cdk synth` does but for its validation of templates, which takes seconds.
 *
 * @param folder for the cloud assembly
 */
export function synthesise(stages: readonly DeploymentOptions[], folder: string): Deployment[] {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };
  const app = new App({ outdir: folder, context, analyticsReporting: false, builtinCloudFormationValidation: false });
  const constructs = stages.map((options) => new SlipwayStage(app, options));
  const assembly = app.synth();
  return constructs.map((stage, i) => {
    const { endpoint, artifactId } = stage;
    return deployment(stages[i]!, assembly.getNestedAssembly(artifactId).getStackArtifact(endpoint.artifactId));
  });
}

function deployment(options: DeploymentOptions, artifact: CloudFormationStackArtifact): Deployment {
  const { region } = options.stage;
  const stackId = `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/${artifact.stackName}/0c0ffee0-0000-4000-8000-000000000000`;
  const resources = Object.entries(artifact.template.Resources as Record<string, Resource>);
  const waiting = resources
    .filter(([, { Type }]) => Type === 'AWS::CloudFormation::WaitConditionHandle')
    .map(([id]) => id);
  const context: ResolutionContext = {
    region,
    account: ACCOUNT,
    stackName: artifact.stackName,
    stackId,
    signalUrls: new Map(waiting.map((id) => [id, signalUrl(region, stackId, id)])),
  };
  const { objects, names } = assetObjects(artifact, context);
  return {
    ...options,
    resources,
    machine: {
      instanceType: options.plan.choice.instanceType,
      stack: context,
      waiting,
      userData: userData(resources, context),
      permissions: instancePermissions(resources, context),
      objects,
    },
    resolve: (value) => resolveIntrinsics(value, context),
    objectOf: (name) => {
      const object = names.get(name);
      if (!object)
        throw new Error(`${name} is no asset of ${artifact.stackName}; there are ${[...names.keys()].join(', ')}`);
      return object;
    },
  };
}

function userData(resources: readonly [string, Resource][], context: ResolutionContext): string {
  const found = resources.flatMap(([, { Type, Properties }]) => {
    if (Type !== 'AWS::EC2::LaunchTemplate') return [];
    return [(Properties.LaunchTemplateData as { UserData?: unknown }).UserData];
  });
  if (found.length !== 1)
    throw new Error(`the template of ${context.stackName} has ${found.length} user data, not one`);
  return resolveIntrinsics(found[0], context) as string;
}

/** Statements of every policy that is attached to the role of the instances. */
function instancePermissions(resources: readonly [string, Resource][], context: ResolutionContext): Statement[] {
  const roles = new Set(
    resources
      .filter(([, { Type, Properties }]) => {
        const trust = JSON.stringify(Properties?.AssumeRolePolicyDocument ?? '');
        return Type === 'AWS::IAM::Role' && trust.includes('ec2.amazonaws.com');
      })
      .map(([id]) => id),
  );
  return resources
    .filter(([, { Type }]) => Type === 'AWS::IAM::Policy')
    .map(([, { Properties }]) => resolveIntrinsics(Properties, context) as PolicyProperties)
    .filter(({ Roles = [] }) => Roles.some((role) => roles.has(role)))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

interface PolicyProperties {
  readonly Roles?: readonly string[];
  readonly PolicyDocument: { readonly Statement: Statement[] };
}

interface FileAsset {
  readonly displayName: string;
  readonly source: { readonly path?: string; readonly packaging?: string };
  readonly destinations: Readonly<Record<string, { readonly bucketName: string; readonly objectKey: string }>>;
}

/** The file assets as they lie in S3 after `cdk deploy`; archives are of Lambda functions, which no instance reads. */
function assetObjects(artifact: CloudFormationStackArtifact, context: ResolutionContext) {
  const objects = new Map<string, Buffer>();
  const names = new Map<string, string>();
  const folder = artifact.assembly.directory;
  const manifest = JSON.parse(readFileSync(join(folder, `${artifact.id}.assets.json`), 'utf8')) as {
    files: Record<string, FileAsset>;
  };
  for (const { displayName, source, destinations } of Object.values(manifest.files)) {
    if (source.packaging !== 'file' || !source.path) continue;
    const bytes = readFileSync(join(folder, source.path));
    for (const { bucketName, objectKey } of Object.values(destinations)) {
      const object = resolveIntrinsics({ 'Fn::Sub': `${bucketName}/${objectKey}` }, context) as string;
      objects.set(object, bytes);
      names.set(displayName, object);
    }
  }
  return { objects, names };
}
