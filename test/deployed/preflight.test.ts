/** What is refused before a deployment: real templates of changed stages, with CloudFormation played by this test. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { loadConfig } from '../../lib/config/load';
import { stacksOf } from '../../lib/deployed/assembly';
import { preflight } from '../../lib/deployed/preflight';
import { addStages } from '../../lib/stacks/slipway-app';
import { errorOf, thrownBy } from '../../testing/error-of';
import { STAGE_VARIANTS } from '../../testing/stage-variants';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';

const files = standIns();

/** The cloud assembly of a stage `prod` with these lines. */
function assembly(...lines: string[]): string {
  const path = join(temporaryFolder(), 'slipway.yaml');
  const domain = lines.some((line) => line.startsWith('domain:'))
    ? []
    : ['domain: { name: a.example.com, zone: example.com, zoneId: Z0123456789 }'];
  const stage = [
    'region: eu-west-1',
    'availability: instance',
    'traffic: { requestsPerSecond: 50, p99: 100ms }',
    ...(lines.some((line) => line.startsWith('monitoring:')) ? [] : ['monitoring: { notify: none }']),
    ...domain,
    ...lines,
  ];
  writeFileSync(path, `model: ${EXAMPLE_MODEL}\nstages:\n  prod:\n${stage.map((line) => `    ${line}\n`).join('')}`);
  const app = testingApp();
  addStages(app, loadConfig(path), files);
  return app.synth().directory;
}

/** CloudFormation with the stacks of an assembly. */
function deployed(folder: string) {
  const stacks = new Map(stacksOf(folder, 'prod').map((stack) => [stack.stackName, stack.template]));
  const tags = new Map(new CloudAssembly(folder).stacksRecursively.map((stack) => [stack.stackName, stack.tags]));
  const send = async (command: { input: { StackName?: string } }) => {
    const { StackName } = command.input;
    if (StackName === undefined) {
      return {
        Stacks: [...stacks].map(([name, { Description }]) => ({
          StackName: name,
          Description,
          Tags: Object.entries(tags.get(name)!).map(([Key, Value]) => ({ Key, Value })),
        })),
      };
    }
    const template = stacks.get(StackName);
    if (template) return { TemplateBody: JSON.stringify(template) };
    throw Object.assign(new Error(`Stack with id ${StackName} does not exist`), { name: 'ValidationError' });
  };
  return { send } as unknown as Parameters<typeof preflight>[2];
}

const first = assembly();
const running = deployed(first);
const found = (folder: string) => preflight('prod', stacksOf(folder, 'prod'), running);

test('nothing is said of the same, of another size, and of a first deployment', async () => {
  expect(await found(first)).toEqual([]);
  expect(await found(assembly('http: closed'))).toEqual([]);
  const nothing = {
    send: async () => Promise.reject(Object.assign(new Error('x does not exist'), { name: 'ValidationError' })),
  };
  const empty = {
    send: (command: { input: { StackName?: string } }) =>
      command.input.StackName === undefined ? Promise.resolve({}) : nothing.send(),
  };
  expect(await preflight('prod', stacksOf(first, 'prod'), empty as never)).toEqual([]);
});

test.each<[string, RegExp]>([
  ['cidr: 10.1.0.0/16', /^the network \(NetworkVpc\w+\) would be replaced, since another CidrBlock /],
  ['zones: [euw1-az1, euw1-az3]', /^a subnet \(\w+\) would be replaced, since another AvailabilityZoneId/],
  ['zones: [euw1-az1, euw1-az2]', /^a subnet \(\w+\) would be removed: /],
  [STAGE_VARIANTS.network!, /^the target group \(\w+\) would be replaced, since another VpcId /],
  ['backendTls: true', /^the target group \(\w+\) would be replaced, since another Protocol /],
  [
    'domain: { name: a.example.com, zone: a.example.com, zoneId: Z0987654321 }',
    /^the record of the name \(\w+\) would be replaced, since another HostedZoneId /,
  ],
])('%s is refused on a running stage, with the way to do it', async (line, expected) => {
  const texts = (await found(assembly(line))).map(({ text }) => text);
  expect(texts).toContainEqual(expect.stringMatching(expected));
  for (const text of texts) expect(text).toMatch(/Add a stage beside it|Deploy "protect: false" first/);
});

test('a name that would leave the stacks of the stage behind is refused, and that of another stage is not', async () => {
  const renamed = assembly('domain: { name: b.example.com, zone: example.com, zoneId: Z0123456789 }');
  expect(await found(renamed)).toEqual([
    expect.objectContaining({
      stackName: 'a-example-com-endpoint',
      text: expect.stringContaining('the old ones run and cost on. Deploy with --accept if that is meant'),
    }),
  ]);
  expect(await preflight('dev', stacksOf(renamed, 'prod'), running)).toEqual([]);
});

test('a key of the stage goes when the endpoint has let go of it, and not before', async () => {
  const [keyed, plain] = [assembly('encryptionKey: stage'), assembly()];
  const stacks = stacksOf(plain, 'prod');
  expect(await preflight('prod', stacks, deployed(keyed))).toEqual([
    expect.objectContaining({
      stackName: 'a-example-com-network',
      text: expect.stringMatching(/^what a-example-com-endpoint uses \(.*EncryptionKey.*"cdk deploy --exclusively"/),
    }),
  ]);
  expect(await preflight('prod', stacksOf(keyed, 'prod'), deployed(plain))).toEqual([]);
  expect(await preflight('prod', stacksOf(keyed, 'prod'), deployed(keyed))).toEqual([]);
  // when the endpoint was deployed by itself
  const [network, endpoint] = ['network', 'endpoint'].map((kind) => `a-example-com-${kind}`);
  const half = new Map([
    [network, stacksOf(keyed, 'prod').find(({ stackName }) => stackName === network)!.template],
    [endpoint, stacks.find(({ stackName }) => stackName === endpoint)!.template],
  ]);
  const client = {
    send: async ({ input }: { input: { StackName: string } }) => ({
      TemplateBody: JSON.stringify(half.get(input.StackName)),
    }),
  };
  expect(await preflight('prod', stacks, client as never)).toEqual([]);
});

/** What a change of a key changes in place: "Update requires: No interruption" in CloudFormation's template reference, 2026-11. */
const IN_PLACE: Readonly<Record<string, readonly string[]>> = {
  'AWS::AutoScaling::AutoScalingGroup': [], // its launch template has another version, and instances are replaced by that
  'AWS::EC2::LaunchTemplate': ['LaunchTemplateData'],
  'AWS::IAM::Policy': ['PolicyDocument'],
  'AWS::Lambda::Function': ['Code', 'KmsKeyArn'],
  'AWS::Logs::LogGroup': ['KmsKeyId'],
  'AWS::SNS::Topic': ['KmsMasterKeyId'],
};

test.each([
  ['to a key of the stage', '', 'encryptionKey: stage'],
  [
    'to a key that is there',
    '',
    'encryptionKey: "arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555551"',
  ],
  [
    'to another key',
    'encryptionKey: "arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555551"',
    'encryptionKey: "arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555552"',
  ],
])('a running stage goes %s, and nothing but instances is replaced', (_, before, after) => {
  const told = ['monitoring: { notify: [ops@example.com] }', 'account: "111111111111"'];
  const [old, now] = [before, after].map((line) =>
    stacksOf(assembly(...told, ...(line === '' ? [] : [line])), 'prod'),
  ) as [ReturnType<typeof stacksOf>, ReturnType<typeof stacksOf>];
  const changed = new Set<string>();
  for (const { stackName, template } of old) {
    const next = now.find((one) => one.stackName === stackName)!.template.Resources!;
    for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources!)) {
      if (!next[id]) {
        changed.add(`${Type} goes`);
        continue;
      }
      const of = next[id].Properties ?? {};
      for (const name of new Set([...Object.keys(Properties), ...Object.keys(of)])) {
        if (JSON.stringify(Properties[name]) === JSON.stringify(of[name])) continue;
        if (!Type.startsWith('Custom::') && !IN_PLACE[Type]?.includes(name)) changed.add(`${Type}.${name}`);
      }
    }
  }
  // the key that alarms had for want of another; AWS keeps a key for 30 days
  expect([...changed]).toEqual(before === '' ? ['AWS::KMS::Key goes'] : []);
});

test('what AWS does not tell, and what is no assembly, is said', async () => {
  const denied = { send: () => Promise.reject(Object.assign(new Error('not authorized'), { name: 'AccessDenied' })) };
  expect(await errorOf(preflight('prod', stacksOf(first, 'prod'), denied as never))).toMatchObject({
    code: 'E_AWS',
    message: expect.stringContaining('cannot be read: not authorized'),
  });
  expect(thrownBy(() => stacksOf(first, 'test')).message).toContain('has no stage "test"');
  const folder = temporaryFolder();
  expect(thrownBy(() => stacksOf(folder, 'prod')).message).toContain('is no cloud assembly');
  mkdirSync(join(folder, 'assembly-prod'));
  writeFileSync(join(folder, 'assembly-prod/manifest.json'), '[');
  expect(thrownBy(() => stacksOf(folder, 'prod')).message).toContain('is not what "cdk synth" writes');
});

/** Templates with these names, the first of which are deployed. */
function named(deployed: readonly string[], wanted: readonly string[]) {
  const send = async ({ input: { StackName } }: { input: { StackName?: string } }) => {
    if (StackName === undefined) return { Stacks: [] };
    if (deployed.includes(StackName)) return { TemplateBody: '{}' };
    throw Object.assign(new Error(`Stack with id ${StackName} does not exist`), { name: 'ValidationError' });
  };
  const stacks = wanted.map((stackName) => ({ stackName, template: {} }));
  return preflight('prod', stacks, { send } as unknown as Parameters<typeof preflight>[2]);
}

test('one model does not become several under its own name, nor the other way round', async () => {
  const models = ['a-example-com-network', 'a-example-com-front-door', 'a-example-com--iris-model'];
  const one = ['a-example-com-network', 'a-example-com-endpoint'];
  expect(await named(one, models)).toEqual([
    expect.objectContaining({
      stackName: 'a-example-com-front-door',
      text: expect.stringMatching(/^one model of this name/),
    }),
  ]);
  expect(await named(models, one)).toEqual([
    expect.objectContaining({
      stackName: 'a-example-com-endpoint',
      text: expect.stringMatching(/^several models of this/),
    }),
  ]);
  expect(await named(models, [...models, 'a-example-com--titanic-model'])).toEqual([]); // a model comes
});
