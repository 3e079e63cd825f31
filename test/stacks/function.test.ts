/** A stage that is a function of AWS Lambda: what is made, in which order, and that its bill is what is made. */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { loadConfig } from '../../lib/config/load';
import { planFunction } from '../../lib/config/plan-function';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { addStages } from '../../lib/stacks/slipway-app';
import { thrownBy } from '../../testing/error-of';
import { steadyProfile } from '../../testing/sizing/examples';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';
import { built, counted, type Resource } from './billed';
import { circleIn } from './circle';

const KEY = 'arn:aws:kms:eu-west-1:111111111111:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f';

const NATIVE = { ...steadyProfile(1).machine, engine: 'native 1', engineKind: 'native' as const };

/** A copy of a model, as if it had been measured with the native engine. */
function native(model: string, machine = NATIVE): string {
  const folder = join(temporaryFolder(), 'model');
  cpSync(model, folder, { recursive: true });
  const { sha256 } = readModelPackage(folder).manifest.model;
  const profile = { ...steadyProfile(0.2, { machine }), modelSha256: sha256 };
  writeFileSync(join(folder, 'profile.json'), JSON.stringify(profile));
  return folder;
}

const MODEL = native(EXAMPLE_MODEL);

const STAGES: Readonly<Record<string, string>> = {
  plain: '',
  keys: 'access: { apiKeys: /slipway/keys, deploymentKey: /slipway/key, origins: [https://app.example.com] }, protect: true',
  tokens:
    'access: { jwt: { issuer: https://login.example.com/, audience: screening, keySet: /slipway/key-set }, requestLog: false }',
  lean: 'monitoring: lean',
  nobody: 'monitoring: { notify: none }',
  severities: 'monitoring: { notify: { page: [ops@example.com], inform: [team@example.com] } }',
  own: 'encryptionKey: stage',
  given: `encryptionKey: "${KEY}"`,
  named:
    'domain: { name: credit.example.com, zone: example.com, zoneId: Z0123456789, names: [api.example.com] }, protect: true',
  certified:
    'domain: { name: other.example.com, certificate: "arn:aws:acm:eu-west-1:111111111111:certificate/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f" }',
  mutual:
    'domain: { name: mutual.example.com, zone: example.com, zoneId: Z0123456789 }, mutualTls: { bucket: trusted, key: ca.pem, version: v1 }, ipAddressType: dualstack',
  distributed: 'frontDoor: cloudfront, http: refuse',
  canary: 'rollout: { canary: 5 %, for: 10m }',
  linear: 'rollout: { linear: 20 %, for: 1h }, monitoring: { lean: true, notify: none }',
  free: 'freeTier: true, traffic: { requestsPerSecond: 2, meanRequestsPerSecond: 0.3 }',
};

function configOf(stages: Readonly<Record<string, string>>, model = MODEL): string {
  const path = join(temporaryFolder(), 'slipway.yaml');
  const lines = Object.entries(stages).map(
    ([name, more]) =>
      `  ${name}: { account: "111111111111", region: eu-west-1, compute: lambda, ${more.startsWith('domain') ? '' : `name: ${name}-credit, `}${more} }`,
  );
  const defaults =
    'defaults: { traffic: { requestsPerSecond: 2, p99: 300ms }, monitoring: { notify: [ops@example.com] } }';
  writeFileSync(path, [`model: ${model}`, defaults, 'stages:', ...lines, ''].join('\n'));
  return path;
}

function stacksOf(stages: Readonly<Record<string, string>>, model = MODEL) {
  const config = loadConfig(configOf(stages, model));
  const made = addStages(testingApp(), config, standIns());
  const read = readModelPackage(model);
  return made.map((stage, i) => ({
    stage,
    template: Template.fromStack(stage.function!),
    plan: planFunction(config, config.stages[i]!, { profile: readProfile(read), manifest: read.manifest }),
  }));
}

const all = stacksOf(STAGES);
const named = (name: string) => all[Object.keys(STAGES).indexOf(name)]!;
const resourcesOf = (template: Template) => template.toJSON().Resources as Readonly<Record<string, Resource>>;

test.each(all.map(({ stage, template, plan }) => [stage.stageName, template, plan] as const))(
  'stage %s has one stack without a network, is billed for what it builds, and can be put in an order',
  (_, template, plan) => {
    const resources = resourcesOf(template);
    expect(counted(plan)).toEqual(built(Object.values(resources)));
    expect(circleIn(resources as never)).toBeUndefined();
    expect(Object.values(resources).filter(({ Type }) => /^AWS::(EC2|ElasticLoad|AutoScaling)/.test(Type))).toEqual([]);
  },
);

test('the function has what the plan says, and the handler of this package', () => {
  const { template, plan } = named('plain');
  template.hasResourceProperties('AWS::Lambda::Function', {
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    MemorySize: plan.memoryMB,
    Timeout: 29,
    ReservedConcurrentExecutions: Match.absent(),
    VpcConfig: Match.absent(),
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    StageName: '$default',
    AutoDeploy: true,
    DefaultRouteSettings: { ThrottlingRateLimit: 4, ThrottlingBurstLimit: 1000 },
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$default' });
  template.hasResourceProperties('AWS::ApiGatewayV2::Integration', { PayloadFormatVersion: '2.0' });
});

/** Ids that a resource waits for. */
const waits = (resources: Readonly<Record<string, Resource>>, id: string): string[] =>
  (resources[id] as unknown as { DependsOn?: string[] }).DependsOn ?? [];

test('clients get to a new version when it was verified, and not before', () => {
  const { template } = named('plain');
  const resources = resourcesOf(template);
  const of = (type: string) => Object.keys(resources).filter((id) => resources[id]!.Type === type);
  const [alias] = of('AWS::Lambda::Alias') as [string];
  const [version] = of('AWS::Lambda::Version') as [string];
  const judgements = of('Custom::SlipwayJudgement');
  const settings = (id: string) => JSON.stringify((resources[id]!.Properties as { Settings: unknown }).Settings);
  const verified = judgements.find((id) => settings(id).includes('\\"function\\":'))!;
  const reached = judgements.find((id) => settings(id).includes('\\"unhurried\\":true'))!;
  expect(waits(resources, alias)).toContain(verified);
  expect(settings(verified)).toContain(`{"Ref":"${version}"}`);
  expect(waits(resources, reached)).toContain(alias);
  expect(JSON.stringify(resources[of('AWS::ApiGatewayV2::Integration')[0]!])).toContain(`{"Ref":"${alias}"}`);
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({ Action: 'lambda:InvokeFunction', Effect: 'Allow' })]),
    },
  });
});

test('another package is another version, of the same function behind the same API', () => {
  const ids = (template: Template, type: string) => Object.keys(template.findResources(type));
  const artifacts = () => {
    const { function: _, ...others } = standIns(); // then the bundle has the model
    return others;
  };
  const made = (model: string) => {
    const config = loadConfig(configOf({ plain: 'traffic: { p99: 3s }' }, model));
    return Template.fromStack(addStages(testingApp(), config, artifacts())[0]!.function!);
  };
  const [before, same, after] = [MODEL, MODEL, native(LOAN_MODEL)].map(made) as [Template, Template, Template];
  expect(ids(same, 'AWS::Lambda::Version')).toEqual(ids(before, 'AWS::Lambda::Version'));
  expect(ids(after, 'AWS::Lambda::Version')).not.toEqual(ids(before, 'AWS::Lambda::Version'));
  for (const type of ['AWS::Lambda::Function', 'AWS::Lambda::Alias', 'AWS::ApiGatewayV2::Api']) {
    expect(ids(after, type)).toEqual(ids(before, type));
  }
});

test('a name of the user has its certificate, its records and the API, which has no other name then', () => {
  const { template } = named('named');
  template.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: true });
  for (const name of ['credit.example.com', 'api.example.com']) {
    template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainName: name,
      DomainNameConfigurations: [
        Match.objectLike({ EndpointType: 'REGIONAL', CertificateArn: { Ref: Match.anyValue() } }),
      ],
      MutualTlsAuthentication: Match.absent(),
    });
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: `${name}.`, Type: 'A' });
  }
  template.resourceCountIs('AWS::ApiGatewayV2::ApiMapping', 2);
  template.resourceCountIs('AWS::CertificateManager::Certificate', 2);
  template.hasOutput('Url', { Value: 'https://credit.example.com' });
  template.hasOutput('*', Match.not({ Description: 'What the name must point to, where Slipway makes no record' }));
  template.hasResource('AWS::ApiGatewayV2::DomainName', { UpdateReplacePolicy: 'Retain' });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'named breast-cancer: certificate ends soon (credit.example.com)',
    Threshold: 30,
  });
  named('plain').template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
    DisableExecuteApiEndpoint: Match.absent(),
  });
});

test('without a zone the output says what the name must point to, and the way is tried there', () => {
  const { template } = named('certified');
  template.resourceCountIs('AWS::Route53::RecordSet', 0);
  const [domain] = Object.keys(template.findResources('AWS::ApiGatewayV2::DomainName'));
  template.hasOutput('ApiDomainName', { Value: { 'Fn::GetAtt': [domain, 'RegionalDomainName'] } });
  const settings = Object.values(template.findResources('Custom::SlipwayJudgement')).map(({ Properties }) =>
    JSON.stringify(Properties.Settings),
  );
  expect(settings.filter((text) => text.includes('connectTo'))).toHaveLength(1);
});

test('callers show certificates at the name of the user, which then nobody tries without one', () => {
  const { template } = named('mutual');
  template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
    DomainNameConfigurations: [Match.objectLike({ IpAddressType: 'dualstack' })],
    MutualTlsAuthentication: { TruststoreUri: 's3://trusted/ca.pem', TruststoreVersion: 'v1' },
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
    DisableExecuteApiEndpoint: true,
    IpAddressType: 'dualstack',
  });
  template.hasResourceProperties('AWS::Route53::RecordSet', { Type: 'AAAA' });
  const judgements = Object.values(template.findResources('Custom::SlipwayJudgement'));
  const limited = judgements.filter(({ Properties }) => JSON.stringify(Properties.Settings).includes('limited'));
  expect(limited).toHaveLength(1); // the way of clients: the version itself is tried
});

test('CloudFront stands before the HTTP API, gives on what clients send, and keeps nothing', () => {
  const { template, plan } = named('distributed');
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      Origins: [Match.objectLike({ CustomOriginConfig: Match.objectLike({ OriginProtocolPolicy: 'https-only' }) })],
      DefaultCacheBehavior: Match.objectLike({
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
        ViewerProtocolPolicy: 'https-only',
      }),
    },
  });
  const items = plan.cost.lines.map(({ item }) => item);
  expect(items).toEqual(expect.arrayContaining(['requests through API Gateway', 'requests through CloudFront']));
  expect(items).not.toContain('answers to the internet');
});

test('a rollout gives a verified version a part of the requests before the alias moves', () => {
  const { template } = named('canary');
  const resources = resourcesOf(template);
  const ids = Object.keys(resources).filter((id) => resources[id]!.Type === 'Custom::SlipwayJudgement');
  const of = (name: RegExp) => ids.filter((id) => name.test(id));
  const [verified] = of(/VerificationVerified/) as [string];
  const runs = of(/VerificationCanary\d/).sort();
  expect(runs).toHaveLength(2); // 13 minutes at the most, of 11.5 in a run
  expect(waits(resources, runs[0]!)).toContain(verified);
  expect(JSON.stringify(resources[runs[1]!]!.Properties)).toContain(`"${runs[0]}","State"`);
  const [alias] = Object.keys(template.findResources('AWS::Lambda::Alias')) as [string];
  expect(waits(resources, alias)).toContain(runs[1]);
  for (const run of runs) expect(JSON.stringify(resources[run]!.Properties)).not.toContain(alias);
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({ Action: ['lambda:GetAlias', 'lambda:UpdateAlias'] })]),
    },
  });
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { SLIPWAY_WATCHED_AS: 'canary-credit' } },
  });
  const longer = named('linear').template;
  expect(Object.keys(longer.findResources('AWS::CloudWatch::Alarm'))).toContainEqual(
    expect.stringMatching(/CanaryWithdrawn/),
  );
});

test('keys reach the function by their parameters, which it alone may read', () => {
  const { template } = named('keys');
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: {
        SLIPWAY_KEYS_FILE: '/tmp/access/keys',
        SLIPWAY_PARAMETERS: '{"/tmp/access/keys":"/slipway/keys"}',
        SLIPWAY_ORIGINS: 'https://app.example.com',
        SLIPWAY_PORT: Match.absent(),
      },
    },
  });
  const tokens = named('tokens').template;
  tokens.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: Match.objectLike({
        SLIPWAY_JWT_KEY_SET_FILE: '/tmp/access/key-set.json',
        SLIPWAY_JWT_AUDIENCE: 'screening',
        SLIPWAY_REQUEST_LOG: 'off',
      }),
    },
  });
});

test('a protected stage keeps its API and its log, and cannot be removed by mistake', () => {
  const { stage, template } = named('keys');
  expect(stage.function!.terminationProtection).toBe(true);
  template.hasResource('AWS::ApiGatewayV2::Api', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Retain' });
  named('plain').template.hasResource('AWS::ApiGatewayV2::Api', { UpdateReplacePolicy: Match.absent() });
});

test('logs, alarms and code are under the key of the stage', () => {
  for (const name of ['own', 'given']) {
    const { template } = named(name);
    for (const group of Object.values(template.findResources('AWS::Logs::LogGroup'))) {
      expect(group.Properties.KmsKeyId).toBeDefined();
    }
    for (const made of Object.values(template.findResources('AWS::Lambda::Function'))) {
      expect(made.Properties.Code.SourceKMSKeyArn).toBeDefined();
    }
    for (const topic of Object.values(template.findResources('AWS::SNS::Topic'))) {
      expect(topic.Properties.KmsMasterKeyId).toBeDefined();
    }
  }
});

test('what a later command looks for is in the outputs, and tags say what it is', () => {
  const { template } = named('plain');
  expect(Object.keys(template.toJSON().Outputs).sort()).toEqual([
    'Dashboard',
    'LogGroup',
    'Model',
    'Package',
    'PreviousPackage',
    'Url',
  ]);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Handler: 'index.handler',
    Tags: Match.arrayWith([Match.objectLike({ Key: 'slipway:digest' }), Match.objectLike({ Key: 'slipway:stage' })]),
  });
});

test('alarms are named as those of instances, and each description ends with its section of the runbook', () => {
  const { template } = named('plain');
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
  expect(alarms.map(({ AlarmName }) => AlarmName)).toContain(
    'plain breast-cancer: requests find no environment (plain-credit)',
  );
  for (const { AlarmDescription } of alarms)
    expect(AlarmDescription).toMatch(/ docs\/runbook-function\.md#?[a-z0-9-]*$/);
  const lean = named('lean').template.findResources('AWS::CloudWatch::Alarm');
  expect(Object.keys(lean).length).toBeLessThan(alarms.length);
  named('lean').template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
});

test('a model that needs ONNX Runtime, one that is too slow, and a budget that is too small are refused with the line', () => {
  const refused = (more: string, model = MODEL) => {
    const config = loadConfig(configOf({ refused: more }, model));
    return thrownBy(() => addStages(testingApp(), config, standIns()), 'E_INFEASIBLE').message;
  };
  expect(refused('traffic: { p99: 1ms }')).toMatch(
    /yaml:4: stages\.refused\.traffic: no function keeps the service level/,
  );
  expect(refused('budget: 1 USD/month')).toMatch(/yaml:4: stages\.refused\.budget: .* over the budget of 1/);
  expect(refused('', native(EXAMPLE_MODEL, steadyProfile(1).machine as typeof NATIVE))).toMatch(
    /yaml:4: stages\.refused\.compute: no function: the model was profiled with/,
  );
});
