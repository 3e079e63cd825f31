/** A key of the stage, or one that is there, on all that an endpoint keeps. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { loadConfig } from '../../lib/config/load';
import { keyStatements } from '../../lib/constructs/encryption/encryption-key';
import { Network } from '../../lib/constructs/network/network';
import { addStages } from '../../lib/stacks/slipway-app';
import { STAGE_VARIANTS, variantsConfig } from '../../testing/stage-variants';
import { standIns, testingApp } from '../testing-app';
import { endpointTemplate } from './endpoint-template';
import { groupPlan, singlePlan } from './example-plan';

const GIVEN = 'arn:aws:kms:eu-west-1:111111111111:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f';
const KEYS = { apiKeys: '/slipway/keys', deploymentKey: '/slipway/key' };

interface Kept {
  readonly KmsKeyId?: unknown;
  readonly KmsMasterKeyId?: unknown;
  readonly Code?: { readonly SourceKMSKeyArn?: unknown };
  readonly LaunchTemplateData?: {
    readonly BlockDeviceMappings: readonly { readonly Ebs: { readonly KmsKeyId?: unknown } }[];
  };
}

interface Resource {
  readonly Type: string;
  readonly Properties: Kept;
}
type Resources = Readonly<Record<string, Resource>>;

/** What each kept thing is encrypted with, by logical id. */
function keys(resources: Resources): Record<string, unknown> {
  const keyOf: Readonly<Record<string, (properties: Kept) => unknown>> = {
    'AWS::Logs::LogGroup': ({ KmsKeyId }) => KmsKeyId,
    'AWS::SNS::Topic': ({ KmsMasterKeyId }) => KmsMasterKeyId,
    'AWS::Lambda::Function': ({ Code }) => Code?.SourceKMSKeyArn,
    'AWS::EC2::LaunchTemplate': ({ LaunchTemplateData }) => LaunchTemplateData?.BlockDeviceMappings[0]?.Ebs.KmsKeyId,
  };
  return Object.fromEntries(
    Object.entries(resources).flatMap(([id, { Type, Properties }]) =>
      keyOf[Type] ? [[id, keyOf[Type](Properties) ?? 'none']] : [],
    ),
  );
}

const resourcesOf = (template: Template): Resources => template.toJSON().Resources;

test('a key that is there encrypts every log, volume, topic and function, and none is made', () => {
  const { template } = endpointTemplate({ plan: groupPlan, encryptionKey: GIVEN, access: KEYS, internal: true });
  const found = keys(resourcesOf(template));
  expect(Object.keys(found).length).toBeGreaterThanOrEqual(7); // 3 log groups, topic, volumes, 2 functions
  expect(new Set(Object.values(found))).toEqual(new Set([GIVEN]));
  template.resourceCountIs('AWS::KMS::Key', 0);
});

test('a key of its own is rotated, stays with the logs, and is the key of the alarms as well', () => {
  const { template } = endpointTemplate({ plan: groupPlan, encryptionKey: 'stage' });
  template.resourceCountIs('AWS::KMS::Key', 1);
  template.hasResource('AWS::KMS::Key', { Properties: { EnableKeyRotation: true }, DeletionPolicy: 'Retain' });
  const [id] = Object.keys(template.findResources('AWS::KMS::Key'));
  const found = new Set(Object.values(keys(resourcesOf(template))).map((one) => JSON.stringify(one)));
  expect(found).toEqual(new Set([JSON.stringify({ 'Fn::GetAtt': [id, 'Arn'] })]));
  template.hasOutput('EncryptionKeyArn', { Value: { 'Fn::GetAtt': [id, 'Arn'] } });
});

test('without one the services use theirs, and the topic has a key', () => {
  const { template } = endpointTemplate({ plan: groupPlan });
  const found = keys(resourcesOf(template));
  expect(Object.entries(found).filter(([, key]) => key !== 'none')).toEqual([
    [expect.stringContaining('Topic'), expect.anything()],
  ]);
});

test('the key lets in services for this account alone, and instances by way of what they read', () => {
  const { template } = endpointTemplate({ plan: singlePlan, encryptionKey: 'stage', access: KEYS });
  const Account = { Ref: 'AWS::AccountId' };
  const statement = (Sid: string, Condition: unknown) => Match.objectLike({ Sid, Condition });
  const through = (service: string) => ({ 'Fn::Join': ['', [`${service}.eu-west-1.`, { Ref: 'AWS::URLSuffix' }]] });
  const role = Match.objectLike({ 'kms:CallerAccount': Account, 'kms:ViaService': through('ec2') });
  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: Match.arrayWith([
        statement('LogGroups', { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': Match.anyValue() } }),
        statement('Volumes', { StringEquals: role }),
        statement('AttachVolumes', { StringEquals: role, Bool: { 'kms:GrantIsForAWSResource': true } }),
        statement('Alarms', { StringEquals: { 'aws:SourceAccount': Account } }),
        statement('Functions', { StringLike: { 'kms:EncryptionContext:aws:lambda:FunctionArn': Match.anyValue() } }),
      ]),
    },
  });
  // no service and nobody of another account but by a condition
  const [key] = Object.values(template.findResources('AWS::KMS::Key'));
  for (const { Principal, Condition } of key!.Properties.KeyPolicy.Statement) {
    if (JSON.stringify(Principal).includes(':root')) continue;
    expect(Condition).toBeDefined();
  }
  const decrypt = (ViaService: unknown) => ({
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Action: 'kms:Decrypt', Condition: { StringEquals: { 'kms:ViaService': ViaService } } }),
      ]),
    },
  });
  template.hasResourceProperties('AWS::IAM::Policy', decrypt([through('s3'), through('ssm')])); // an instance
  template.hasResourceProperties('AWS::IAM::Policy', decrypt(through('ssm'))); // the function
});

test('docs/guide/encryption.md has the policy for a key that is there', () => {
  const stack = new Stack(testingApp(), 'Stack', { env: { region: 'eu-west-1', account: '222222222222' } });
  const statements: unknown = stack.resolve(keyStatements(stack).map((one) => one.toStatementJson()));
  const text = JSON.stringify(statements).replace(
    /\{"Fn::Join":\["",\["([^"]*)",\{"Ref":"AWS::URLSuffix"\}\]\]\}/g,
    '"$1amazonaws.com"',
  );
  const guide = readFileSync(join(__dirname, '../../docs/guide/encryption.md'), 'utf8');
  const [, block] = /```json\n([\s\S]*?)```/.exec(guide)!;
  expect(JSON.parse(block!)).toEqual(JSON.parse(text));
});

describe('in stages', () => {
  const app = testingApp();
  const { encrypted, 'encrypted-network': inNetwork } = STAGE_VARIANTS;
  addStages(app, loadConfig(variantsConfig({ encrypted: encrypted!, 'encrypted-network': inNetwork! })), standIns());
  const stacks = app.synth().stacksRecursively;
  const resources = (id: string): Resources =>
    stacks.find(({ hierarchicalId }) => hierarchicalId === id)!.template.Resources;

  test('the network has the key, since its log is the first to need it, and the endpoint uses the same', () => {
    const network = resources('encrypted/Network');
    const [id] = Object.entries(network).find(([, { Type }]) => Type === 'AWS::KMS::Key')!;
    expect(Object.values(keys(network))).toEqual([{ 'Fn::GetAtt': [id, 'Arn'] }]);
    const used = new Set(Object.values(keys(resources('encrypted/Endpoint'))).map((key) => JSON.stringify(key)));
    expect([...used]).toEqual([expect.stringMatching(/^\{"Fn::ImportValue":".*EncryptionKey/)]);
    expect(Object.values(resources('encrypted/Endpoint')).filter(({ Type }) => Type === 'AWS::KMS::Key')).toEqual([]);
  });

  test('a key that is there is used in a network that is there', () => {
    const found = keys(resources('encrypted-network/Endpoint'));
    expect(new Set(Object.values(found))).toEqual(
      new Set([/"(arn:aws:kms:[^"]+)"/.exec(STAGE_VARIANTS['encrypted-network']!)![1]]),
    );
  });

  test('synthesis says what the key does not cover', () => {
    const said = stacks.flatMap(({ messages }) => messages.map(({ entry }) => String(entry.data)));
    expect(said).toContainEqual(
      expect.stringMatching(/^encryptionKey of encrypted, encrypted-network does not cover the access logs/),
    );
  });
});

test('a network encrypts its log with the key that it is given', () => {
  const stack = new Stack(testingApp(), 'Stack', { env: { region: 'eu-west-1' } });
  new Network(stack, 'Network', { zones: ['euw1-az1', 'euw1-az2'], fleetZones: ['euw1-az1'] });
  expect(Object.values(keys(resourcesOf(Template.fromStack(stack))))).toEqual(['none']);
});

test.each([
  ['mine', /encryptionKey must be stage, for a key of its own, or the ARN/],
  [GIVEN.replace('eu-west-1', 'us-east-1'), /encryptionKey is in us-east-1; logs and volumes are encrypted with a key/],
])('%s is refused', (encryptionKey, message) => {
  expect(() => endpointTemplate({ plan: singlePlan, encryptionKey })).toThrow(
    expect.objectContaining({ problems: [expect.stringMatching(message)] }),
  );
});
