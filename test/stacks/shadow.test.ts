/** A stage that runs another model beside the served one. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../lib/config/load';
import { addStages } from '../../lib/stacks/slipway-app';
import { thrownBy } from '../../testing/error-of';
import { shiftedPackage } from '../../testing/shifted-package';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';

const folder = temporaryFolder();
const shadow = shiftedPackage(EXAMPLE_MODEL, join(folder, 'next'), { by: -1 });

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: unknown;
}

/** The resources of the stage, and its boot scripts. */
function synthesised(line: string): { Resources: Record<string, Resource>; boots: string[] } {
  const path = join(folder, 'slipway.yaml');
  writeFileSync(
    path,
    `model: ${EXAMPLE_MODEL}
stages:
  prod:
    region: eu-west-1
    availability: instance
    traffic: { requestsPerSecond: 50, p99: 100ms }
    monitoring: { notify: none }
    domain: { name: a.example.com, zone: example.com, zoneId: Z0123456789 }
    ${line}
`,
  );
  const app = testingApp();
  addStages(app, loadConfig(path), standIns());
  const found = app.synth().stacksRecursively.find(({ hierarchicalId }) => hierarchicalId === 'prod/Endpoint')!;
  const { Resources } = found.template;
  const boots = JSON.stringify(Resources).matchAll(/(\w+\.sh)' \/opt\/slipway\/boot/g);
  return { Resources, boots: [...boots].map(([, boot]) => readFileSync(join(app.outdir, `asset.${boot}`), 'utf8')) };
}

function stage(line: string) {
  const { Resources, boots } = synthesised(line);
  return JSON.stringify(Resources) + boots.join('');
}

test('its package goes to the instances by digest, and the handler is told', () => {
  const template = stage('shadow: { model: next, share: 25 %, tolerance: 0.5 %, rowValues: true }');
  for (const digest of [shadow.digest, shadow.manifest.model.sha256]) expect(template).toContain(digest);
  expect(template).toContain('shadow/model.onnx');
  expect(template).toContain('SLIPWAY_SHADOW_MODEL=/opt/slipway/shadow');
  expect(template).toContain('SLIPWAY_SHADOW_SHARE=0.25');
  expect(template).toContain('SLIPWAY_SHADOW_TOLERANCE=0.005');
  expect(template).toContain('SLIPWAY_SHADOW_ROW_VALUES=on');
  expect(template).toContain('SystemCallFilter=setpriority');
});

test('on instances of its own it is off while the stage is', () => {
  const { Resources } = synthesised(
    'shadow: { model: next, share: 25 %, group: true }\n    schedule: { timeZone: UTC, periods: [{ from: "20:00", to: "06:00", load: off }] }',
  );
  const actions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::AutoScaling::ScheduledAction');
  const changes = (group: RegExp) =>
    actions
      .filter(({ Properties }) => group.test(JSON.stringify(Properties.AutoScalingGroupName)))
      .map(({ Properties: { Recurrence, MinSize, MaxSize } }) => [Recurrence, MinSize, MaxSize]);
  expect(changes(/Shadow/)).toEqual([
    ['55 5 * * *', 1, 1],
    ['0 20 * * *', 0, 0],
  ]);
  expect(changes(/Fleet/).map(([at]) => at)).toEqual(changes(/Shadow/).map(([at]) => at));
});

test('on instances of its own it gets copies of rows, and nothing of the endpoint depends on it', () => {
  const { Resources, boots } = synthesised('shadow: { model: next, share: 25 %, group: true }');
  const of = (type: string, id: RegExp) =>
    Object.entries(Resources).filter(([name, { Type }]) => Type === type && id.test(name));
  const [[group, { Properties, DependsOn }]] = of('AWS::AutoScaling::AutoScalingGroup', /Shadow/) as [
    [string, Resource],
  ];
  expect(Properties).not.toHaveProperty('TargetGroupARNs');
  expect(Properties.MinSize).toBe(Properties.MaxSize);
  for (const [name, resource] of Object.entries(Resources)) {
    if (name !== group && !name.includes('Shadow')) expect(JSON.stringify(resource)).not.toContain(group);
  }
  expect(JSON.stringify(DependsOn)).not.toContain('Fleet');
  // rows come from the fleet alone, to one port; the shadow goes nowhere but where every instance does
  const ingress = of('AWS::EC2::SecurityGroupIngress', /Shadow/).map(([, each]) => each.Properties);
  expect(ingress).toEqual([expect.objectContaining({ FromPort: 8081, ToPort: 8081, IpProtocol: 'tcp' })]);
  expect(JSON.stringify(ingress)).toMatch(/SourceSecurityGroupId.*FleetSecurityGroup/);
  const egress = (group: string) =>
    of('AWS::EC2::SecurityGroupEgress', /./).filter(
      ([, each]) =>
        // beside S3 and the endpoints
        JSON.stringify(each.Properties.GroupId).includes(group) && each.Properties.FromPort !== 443,
    );
  expect(egress('FleetSecurityGroup')).toEqual([
    [
      expect.any(String),
      expect.objectContaining({ Properties: expect.objectContaining({ FromPort: 8081, ToPort: 8081 }) }),
    ],
  ]);
  expect(egress('ShadowSecurityGroup')).toEqual([]);
  const policy = (id: RegExp) => JSON.stringify(of('AWS::IAM::Policy', id));
  expect(policy(/Fleet/)).toMatch(
    /"logs:FilterLogEvents","Effect":"Allow","Resource":\{"Fn::GetAtt":\["EndpointShadowLogs\w+","Arn"\]/,
  );
  expect(policy(/Shadow/)).not.toMatch(/Filter|ssm|FleetLogs/);
  expect(of('AWS::CloudWatch::Alarm', /ShadowBehind/)).toHaveLength(1);
  expect(JSON.stringify(of('AWS::AutoScaling::AutoScalingGroup', /Fleet/))).not.toContain('Shadow');
  const [serves, shadows] = ['SLIPWAY_SHADOW_SHARE', 'SLIPWAY_SHADOW_PORT'].map((name) =>
    boots.filter((boot) => boot.includes(name)),
  ) as [string[], string[]];
  expect([serves, shadows]).toEqual([[expect.any(String)], [expect.any(String)]]);
  expect(serves[0]).toContain('SLIPWAY_SHADOW_ADDRESSES_FILE=/run/slipway-logs/shadow');
  expect(serves[0]).toContain('SLIPWAY_SHADOW_LOG_GROUP=$shadow_log_group');
  expect(serves[0]).toContain('shadow/manifest.json');
  expect(serves[0]).not.toMatch(/shadow\/model.onnx|setpriority/);
  expect(shadows[0]).toContain(shadow.manifest.model.sha256);
  expect(shadows[0]).not.toMatch(/SLIPWAY_ENDPOINT|^await_load_balancer$/m);
});

test('its instances have a shell and the key of the stage where those of the fleet have them', () => {
  const { Resources } = synthesised(
    'shadow: { model: next, group: true }\n    sessionManager: true\n    encryptionKey: stage',
  );
  const found = (type: string) => Object.entries(Resources).filter(([, { Type }]) => Type === type);
  const agents = found('AWS::IAM::Policy').filter(([, each]) => JSON.stringify(each).includes('ssmmessages:Open'));
  expect(agents.map(([id]) => /Fleet|Shadow/.exec(id)![0]).sort()).toEqual(['Fleet', 'Shadow']);
  const keys = (type: string) =>
    found(type).map(([id, { Properties }]) => [/Fleet|Shadow|$/.exec(id)![0], keyIn(Properties)] as const);
  const volumes = new Map(keys('AWS::EC2::LaunchTemplate'));
  expect(volumes.get('Shadow')).toMatch(/EncryptionKey/);
  expect(volumes.get('Shadow')).toBe(volumes.get('Fleet'));
  const logs = keys('AWS::Logs::LogGroup');
  expect(logs.map(([part]) => part)).toContain('Shadow');
  expect(new Set(logs.map(([, key]) => key))).toEqual(new Set(volumes.values()));
});

const keyIn = (properties: object) => /"KmsKeyId":\{"Fn::ImportValue":"([^"]+)"/.exec(JSON.stringify(properties))?.[1];

test('without one nothing of it is there', () => {
  expect(stage('').toLowerCase()).not.toMatch(/slipway_shadow|shadow\/|setpriority/);
});

test.each([
  [
    `shadow: { model: ${LOAN_MODEL} }`,
    'E_PACKAGE',
    /slipway.yaml:9: stages.prod.shadow.model: .*(cannot run beside breast-cancer|has not been profiled)/,
  ],
  ['shadow: { model: nowhere }', 'E_PACKAGE', /slipway.yaml:9: stages.prod.shadow.model: /],
])('%s is refused with its line', (line, code, message) => {
  expect(thrownBy(() => stage(line))).toMatchObject({ code, message: expect.stringMatching(message) });
});
