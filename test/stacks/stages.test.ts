import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SlipwayConfig, StageConfig } from '../../lib/config/config';
import { loadConfig } from '../../lib/config/load';
import { withPackage } from '../../lib/config/model-place';
import { templateSnapshot } from '../../lib/snapshots';
import { addStages } from '../../lib/stacks/slipway-app';
import { SlipwayStage } from '../../lib/stacks/slipway-stage';
import { temporaryFolder } from '../../testing/temporary-folder';
import { exampleModel, gpuPlan, singlePlan } from '../constructs/example-plan';
import { EXAMPLE_CONFIG } from '../example';
import { standIns, testingApp } from '../testing-app';
import { difference, type Json } from './difference';

const config = loadConfig(EXAMPLE_CONFIG);
const artifacts = standIns();

const { model: packed } = config.stages[0]!;

function assembly(model = packed, files = artifacts) {
  const app = testingApp();
  addStages(app, withPackage(config, model), files);
  return app.synth();
}

const synthesised = assembly();
const stacks = synthesised.stacksRecursively;

const templates = new Map(stacks.map((stack) => [stack.hierarchicalId, templateSnapshot(stack) as Json]));

/** Name of the file that the user data of a template goes on with. */
const bootAsset = (template: unknown) => /(\w+\.sh)' \/opt\/slipway\/boot/.exec(JSON.stringify(template))![1];

/** One endpoint and one network stand in full; the other stacks as their difference from those. */
const WHOLE = ['prod/Endpoint', 'prod/Network'];

test.each(WHOLE)('the template of %s', (id) => {
  expect(templates.get(id)).toMatchSnapshot();
});

test.each([...templates.keys()].filter((id) => !WHOLE.includes(id)))('what %s has otherwise than prod', (id) => {
  const [, kind] = id.split('/');
  expect(`\n${difference(templates.get(`prod/${kind}`)!, templates.get(id)!)}\n`).toMatchSnapshot();
});

test('each stage has a network and an endpoint, selected by its name', () => {
  expect(stacks.map((stack) => stack.hierarchicalId).sort()).toEqual(
    config.stages.flatMap(({ name }) => [`${name}/Endpoint`, `${name}/Network`]).sort(),
  );
});

test('stacks are named after the endpoint, so that projects do not overwrite each other in one account', () => {
  expect(stacks.map((stack) => stack.stackName).sort()).toEqual([
    'screening-dev-example-com-endpoint',
    'screening-dev-example-com-network',
    'screening-example-com-endpoint',
    'screening-example-com-network',
    'screening-staging-example-com-endpoint',
    'screening-staging-example-com-network',
  ]);
});

/** What a resource needs before it: by DependsOn, and by what its properties and policies refer to. */
function needs(resource: Record<string, unknown>): string[] {
  const { DependsOn = [] } = resource as { DependsOn?: string | string[] };
  const referred = [...JSON.stringify(resource).matchAll(/"Ref":"(\w+)"|"Fn::GetAtt":\["(\w+)"/g)];
  return [DependsOn, referred.map(([, ref, attribute]) => ref ?? attribute!)].flat(2);
}

test('no resource needs itself over others, which CloudFormation would refuse', () => {
  for (const { hierarchicalId, template } of stacks) {
    const waiting = new Map(Object.entries(template.Resources as Record<string, Record<string, unknown>>));
    for (let made = ['']; made.length > 0; ) {
      made = [...waiting].filter(([, each]) => !needs(each).some((id) => waiting.has(id))).map(([id]) => id);
      for (const id of made) waiting.delete(id);
    }
    expect([hierarchicalId, [...waiting.keys()]]).toEqual([hierarchicalId, []]);
  }
});

test('nothing has to be asked of AWS', () => {
  expect(synthesised.manifest.missing).toBeUndefined();
  for (const { assembly } of stacks) expect(assembly.manifest.missing).toBeUndefined();
});

test('an endpoint refers to its network by exports, which CloudFormation protects', () => {
  for (const stack of stacks.filter((each) => each.hierarchicalId.endsWith('Endpoint'))) {
    const text = JSON.stringify(stack.template);
    expect(text).toContain('Fn::ImportValue');
    expect(text).not.toContain('Fn::GetStackOutput');
  }
});

/** Digest of each file below a folder, by its path in it. */
function digests(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(folder, path)).isFile())
      .sort()
      .map((path) => [
        path,
        createHash('sha256')
          .update(readFileSync(join(folder, path)))
          .digest('hex'),
      ]),
  );
}

test('the cloud assembly is the same, byte by byte, from other folders', () => {
  const model = join(temporaryFolder(), 'elsewhere');
  cpSync(packed, model, { recursive: true });
  const again = assembly(model, standIns());
  expect(digests(again.directory)).toEqual(digests(synthesised.directory));
});

test('what holds data or a name keeps its logical id, else CloudFormation would replace it', () => {
  const stateful = /::(LoadBalancer|Bucket|Certificate|LogGroup|VPC|RecordSet|Key|Topic|TargetGroup)$/;
  const ids = (stage: string) =>
    stacks
      .filter((stack) => stack.hierarchicalId.startsWith(stage))
      .flatMap((stack) => Object.entries(stack.template.Resources as Record<string, { Type: string }>))
      .filter(([, { Type }]) => stateful.test(Type))
      .map(([id]) => id)
      .sort();
  expect(ids('dev')).toEqual(ids('prod'));
  expect(ids('dev')).toMatchSnapshot();
});

const stage: StageConfig = config.stages[0]!;

test('a stage that wants verified models refuses one without golden rows', () => {
  const { golden: _golden, ...manifest } = exampleModel.manifest;
  const unverified = { ...exampleModel, manifest };
  const verifying = { ...stage, requireVerified: true };
  expect(
    () => new SlipwayStage(testingApp(), { stage: verifying, model: unverified, plan: singlePlan, ...artifacts }),
  ).toThrow(
    expect.objectContaining({
      code: 'E_PACKAGE',
      message: expect.stringMatching(/is unverified, .* stage "dev" has requireVerified; .* --golden$/),
    }),
  );
});

test('what instances of prod do when they boot', () => {
  const { template } = stacks.find(({ hierarchicalId }) => hierarchicalId === 'prod/Endpoint')!;
  const script = readFileSync(join(synthesised.directory, `asset.${bootAsset(template)}`), 'utf8');
  const readable = script.replace(/[0-9a-f]{64}/g, '<sha256>').replace(/[0-9a-f]{8}-[0-9a-f]{8}/, '<release>');
  expect(readable.split('\n')).toMatchSnapshot();
});

test('the files that are given in place of the pinned ones reach the instances, the library for GPUs too', () => {
  const app = testingApp();
  const cuda = { path: artifacts.runtime.path, sha256: 'c'.repeat(64) };
  new SlipwayStage(app, { stage, model: exampleModel, plan: gpuPlan, ...artifacts, cuda });
  const { template } = app.synth().stacksRecursively.find(({ hierarchicalId }) => hierarchicalId === 'dev/Endpoint')!;
  const text = readFileSync(join(app.outdir, `asset.${bootAsset(template)}`), 'utf8');
  for (const { sha256 } of [cuda, artifacts.runtime]) expect(text).toContain(`${sha256}  runtime/`);
});

test('an existing network, certificate and AMI are used as they are', () => {
  const certificate = 'arn:aws:acm:eu-west-1:111111111111:certificate/11111111-2222-3333-4444-555555555555';
  const app = testingApp();
  const made = new SlipwayStage(app, {
    stage: {
      ...stage,
      endpoint: { notify: 'none' },
      domain: { name: 'credit.example.com', certificate },
      machineImage: 'ami-0123456789abcdef0',
      network: {
        vpcId: 'vpc-1',
        availabilityZones: ['eu-west-1a', 'eu-west-1b'],
        publicSubnetIds: ['subnet-1', 'subnet-2'],
        privateSubnetIds: ['subnet-3', 'subnet-4'],
      },
    },
    model: exampleModel,
    plan: singlePlan,
    ...artifacts,
  });
  expect(made.network).toBeUndefined();
  const [only, ...others] = app.synth().stacksRecursively;
  expect(others).toEqual([]);
  const text = JSON.stringify(only!.template);
  for (const given of ['vpc-1', 'subnet-3', certificate, 'ami-0123456789abcdef0']) expect(text).toContain(`"${given}"`);
  expect(text).not.toContain('AWS::SNS::Topic');
});

test('says where the endpoint, its load balancer, its dashboard and its logs are, and what it serves', () => {
  const { Outputs } = stacks.find((stack) => stack.hierarchicalId === 'prod/Endpoint')!.template;
  expect(Outputs.Url.Value).toBe('https://screening.example.com');
  expect(Object.keys(Outputs)).toEqual(
    expect.arrayContaining(['Url', 'LoadBalancerDnsName', 'Dashboard', 'LogGroup', 'AccessLogs', 'Model']),
  );
  expect(Outputs.Model.Value).toMatch(/^breast-cancer sha256:[0-9a-f]{64}$/);
});

test('pages of every site may call a stage without keys, which is said', () => {
  const said = (access: { apiKeys: string } | undefined) => {
    const app = testingApp();
    const stages = config.stages.slice(0, 1).map((stage) => {
      return { ...stage, endpoint: { ...stage.endpoint, origins: ['*'], ...(access && { access }) } };
    });
    addStages(app, { ...config, stages }, standIns());
    const all = app.synth().stacksRecursively;
    return all.flatMap(({ messages }) => messages.map(({ entry }) => `${entry.data}`)).join('\n');
  };
  expect(said(undefined)).toContain('access.origins of dev is "*", and no keys are wanted');
  expect(said({ apiKeys: '/keys' })).not.toContain('access.origins');
});

test('a pinned machine image is the one of its region, and without one the newest is taken and that is said once', () => {
  const parameter = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64';
  const pinned = {
    region: 'eu-west-1',
    architecture: 'arm64',
    parameter,
    name: 'al2023',
    created: '2026-11-02',
  } as const;
  const made = (images: NonNullable<SlipwayConfig['images']>) => {
    const app = testingApp();
    addStages(app, { ...config, images }, standIns());
    return app.synth().stacksRecursively;
  };
  const said = (all: ReturnType<typeof made>) =>
    all.flatMap(({ messages }) => messages.map(({ entry }) => `${entry.data}`));
  const with_ = made([{ ...pinned, id: 'ami-0aaaaaaaaaaaaaaaa' }]);
  const endpoints = with_.filter(({ hierarchicalId }) => hierarchicalId.endsWith('/Endpoint'));
  for (const { template } of endpoints) {
    expect(JSON.stringify(template)).toContain('"ami-0aaaaaaaaaaaaaaaa"');
    expect(JSON.stringify(template)).not.toContain(parameter);
  }
  expect(said(with_).filter((text) => text.includes('no machine image'))).toEqual([]);
  const without = made([{ ...pinned, region: 'us-east-1', id: 'ami-0aaaaaaaaaaaaaaaa' }]);
  expect(JSON.stringify(without.map(({ template }) => template))).toContain(parameter);
  expect(said(without).filter((text) => text.includes('no machine image'))).toEqual([
    expect.stringContaining('for dev, staging, prod'),
  ]);
});
