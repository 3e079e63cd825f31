/** Models that share instances: what each has of its own on them, how a model comes there, and what it is billed for. */

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import type { StageConfig } from '../../lib/config/config';
import { fleetsOf, mostTogether } from '../../lib/config/fleets';
import { loadConfig } from '../../lib/config/load';
import { planFleet } from '../../lib/config/plan-fleet';
import { MOST_VERSIONS } from '../../lib/model/instance/handler-versions';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { addStages } from '../../lib/stacks/slipway-app';
import { modelsConfig } from '../../testing/many-models';
import { shiftedPackage } from '../../testing/shifted-package';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';
import { built, counted, EMPTY, eachInstance, type Resource } from './billed';
import { circleIn } from './circle';
import { MOST_USER_DATA_BYTES, userDataBytes } from './user-data';
import { stacksWithin } from './within';

/** Issue 14, "Form". */
const MOST_TEMPLATE_BYTES = 150_000;

const files = standIns();
const MODELS = { titanic: '', iris: 'host: iris.example.com', billing: 'path: /finance/billing', dosage: '' };
const SMALL = 'fleets: { small: [titanic, iris, billing] }';
const NIGHTS = ', schedule: { timeZone: UTC, periods: [{ from: "20:00", to: "06:00", load: off }] }';

const configOf = (models: Readonly<Record<string, string>>, stage: string) => loadConfig(modelsConfig(models, stage));

function stacksOf(models: Readonly<Record<string, string>> = MODELS, stage = SMALL) {
  const app = testingApp();
  addStages(app, configOf(models, stage), files);
  const stacks = app.synth().stacksRecursively;
  return new Map(stacks.map((stack) => [stack.hierarchicalId.replace('prod/', ''), stack]));
}

type Found = Resource & {
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
};

function measuredOf(stage: StageConfig) {
  const model = readModelPackage(stage.model);
  return { stage, profile: readProfile(model), manifest: model.manifest };
}

const stacks = stacksOf();
const template = (stack: string, all = stacks) =>
  all.get(stack)!.template as { Resources: Record<string, Found>; Outputs: Record<string, { Value: unknown }> };
const entries = (type: string, stack = 'small') =>
  Object.entries(template(stack).Resources).filter(([, { Type }]) => Type === type);
const properties = (type: string, stack = 'small') => entries(type, stack).map(([, found]) => found.Properties);
/** Of the fleet, and of the stacks within it. */
const resourcesOf = (all: typeof stacks, stack = 'small') => [
  ...Object.values(template(stack, all).Resources),
  ...[...stacksWithin(all.get(stack)!).values()].flatMap(({ Resources }) => Object.values(Resources) as Found[]),
];
/** Those of the models. */
const watches = (all = stacks) => [...stacksWithin(all.get('small')!)].filter(([id]) => id.includes('Watch'));
const alarmsOf = (all = stacks) =>
  resourcesOf(all).flatMap(({ Type, Properties }) => (Type === 'AWS::CloudWatch::Alarm' ? [Properties] : []));
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const GROUP = 'AWS::AutoScaling::AutoScalingGroup';

test('models of a fleet have one stack, others one each', () => {
  expect([...stacks.values()].map(({ stackName }) => stackName).sort()).toEqual([
    'models-example-com--dosage-model',
    'models-example-com--small-fleet',
    'models-example-com-front-door',
    'models-example-com-network',
  ]);
});

test('one group stands behind the target groups of all, which ask the same of an instance', () => {
  const [group, ...others] = properties(GROUP) as unknown as { TargetGroupARNs: unknown[] }[];
  expect(others).toEqual([]);
  expect(group!.TargetGroupARNs).toHaveLength(3);
  const checks = properties('AWS::ElasticLoadBalancingV2::TargetGroup') as unknown as { HealthCheckPath: string }[];
  expect(checks.map(({ HealthCheckPath }) => HealthCheckPath)).toEqual(['/readyz', '/readyz', '/readyz']);
});

test('a rule of each comes after that of a stack of its own, and one before it when its instances serve', () => {
  const own = stacksOf(MODELS, '');
  const priorityOf = (model: string) =>
    Object.values(template(model, own).Resources).find(({ Type }) => Type === RULE)!.Properties.Priority as number;
  const [[groupId]] = entries(GROUP) as [[string, Found]];
  for (const model of ['titanic', 'iris', 'billing']) {
    const rules = entries(RULE).filter(([id]) => id.includes(model));
    const [first, last] = rules.sort(([, a], [, b]) => Number(a.Properties.Priority) - Number(b.Properties.Priority));
    expect([first![1].Properties.Priority, last![1].Properties.Priority]).toEqual([
      priorityOf(model) - 1,
      priorityOf(model) + 1,
    ]);
    expect(first![1].Properties.Conditions).toEqual(last![1].Properties.Conditions);
    expect(first![1].DependsOn).toContain(groupId);
    expect(template('small').Resources[groupId]!.DependsOn).toContain(last![0]);
  }
});

test('instances load all packages, and serve each below its path or by its name', () => {
  const folder = join(dirname(stacks.get('small')!.templateFullPath), '..');
  const scripts = readdirSync(folder).filter((file) => file.endsWith('.sh'));
  const texts = scripts.map((file) => readFileSync(join(folder, file), 'utf8'));
  const [boot, ...others] = texts.filter((text) => text.includes('SLIPWAY_MEMBERS'));
  expect(others).toEqual([]);
  expect(boot).not.toContain('SLIPWAY_BASE_PATH');
  const [, written] = /Environment="SLIPWAY_MEMBERS=(.*)"$/m.exec(boot!)!;
  const members = JSON.parse(written!.replaceAll('\\"', '"')) as Record<string, unknown>[];
  expect(members).toMatchObject([
    { model: '/opt/slipway/models/titanic', endpoint: 'models.example.com/titanic', basePath: '/titanic' },
    { model: '/opt/slipway/models/iris', endpoint: 'iris.example.com', host: 'iris.example.com' },
    { model: '/opt/slipway/models/billing', basePath: '/finance/billing' },
  ]);
  for (const { queueRows, weight } of members)
    expect([queueRows, weight]).toEqual([expect.any(Number), expect.any(Number)]);
  for (const name of ['titanic', 'iris', 'billing']) expect(boot).toContain(`"$home/models/${name}/manifest.json"`);
  const { Outputs } = template('small');
  for (const name of ['titanic', 'iris', 'billing']) {
    expect(JSON.stringify(Outputs[`PackageOf${name}`]!.Value)).toContain('manifest.json');
    expect(Outputs[`PreviousPackageOf${name}`]).toBeDefined();
  }
  expect(Outputs.UrlOfbilling!.Value).toBe('https://models.example.com/finance/billing');
  expect(Outputs.UrlOfiris!.Value).toBe('https://iris.example.com');
});

test('each is judged by its own golden rows, and protected when all have been', () => {
  const judged = entries('Custom::SlipwayJudgement').map(([id, { Properties, DependsOn }]) => ({
    id,
    task: (Properties as Record<string, unknown>).Task,
    settings: JSON.stringify((Properties as Record<string, unknown>).Settings),
    after: DependsOn ?? [],
  }));
  const verified = judged.filter(({ task }) => task === 'verify');
  expect(verified).toHaveLength(3);
  for (const name of ['models.example.com/titanic', 'iris.example.com', 'models.example.com/finance/billing']) {
    expect(verified.filter(({ settings }) => settings.includes(`https://${name}\\`))).toHaveLength(1);
  }
  const [kept, ...others] = judged.filter(({ task }) => task === 'protect');
  expect(others).toEqual([]);
  expect(kept!.after).toEqual(expect.arrayContaining(verified.map(({ id }) => id)));
});

test('what pages is one alarm, and an instance refresh watches no more alarms than it takes', () => {
  const [page, ...others] = properties('AWS::CloudWatch::CompositeAlarm') as unknown as { AlarmRule: object }[];
  expect(others).toEqual([]);
  const rule = JSON.stringify(page!.AlarmRule).replaceAll('\\"', "'");
  for (const named of [
    'titanic in small: answers are slow (models.example.com/titanic)',
    'iris in small: answers are slow (iris.example.com)',
    'billing in small: answers are slow (models.example.com/finance/billing)',
  ]) {
    expect(rule).toContain(`ALARM('prod ${named}')`);
  }
  const names = alarmsOf().map(({ AlarmName }) => AlarmName as string);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('prod titanic in small: answers fail (models.example.com/titanic)');
  expect(names.filter((name) => name.includes('memory is nearly full'))).toEqual([
    'prod small: memory is nearly full (models.example.com)',
  ]);
  const { UpdatePolicy } = entries(GROUP)[0]![1] as unknown as {
    UpdatePolicy: { AutoScalingInstanceRefresh: { Preferences: { AlarmSpecification: { Alarms: unknown[] } } } };
  };
  expect(UpdatePolicy.AutoScalingInstanceRefresh.Preferences.AlarmSpecification.Alarms).toHaveLength(10);
});

test.each([
  '',
  ', availability: zone',
  ', monitoring: lean',
  ', encryptionKey: stage',
  ', rollout: { canary: 5 %, for: 10m }',
])('a fleet%s is billed for its stack', (kind) => {
  const config = configOf(MODELS, `${SMALL}${kind}`);
  const [members] = fleetsOf(config, 'prod').filter(([one]) => one!.fleet);
  const { plan, models } = planFleet(config, members!.map(measuredOf));
  const resources = resourcesOf(stacksOf(MODELS, `${SMALL}${kind}`));
  const found = built(resources);
  const { gib, metrics } = eachInstance(resources);
  found['root volumes'] = found.instances * gib;
  found['detailed monitoring'] = found.instances * metrics;
  const bill = { ...EMPTY } as Record<string, number>;
  for (const part of [plan, ...models.map((model) => model.plan)]) {
    for (const [line, count] of Object.entries(counted(part))) bill[line]! += count;
  }
  expect(bill).toEqual(found);
});

test('a fleet follows the schedule of its stage, quiet while it is off, and is billed for that', () => {
  const config = configOf(MODELS, `${SMALL}${NIGHTS}`);
  const resources = resourcesOf(stacksOf(MODELS, `${SMALL}${NIGHTS}`));
  const actions = resources.filter(({ Type }) => Type === 'AWS::AutoScaling::ScheduledAction');
  expect(actions.map(({ Properties: { Recurrence, MaxSize } }) => [Recurrence, MaxSize])).toEqual([
    ['55 5 * * *', 2],
    ['0 20 * * *', 0],
  ]);
  const [members] = fleetsOf(config, 'prod').filter(([one]) => one!.fleet);
  const { plan, models } = planFleet(config, members!.map(measuredOf));
  const parts = [plan, ...models.map((model) => model.plan)].map(counted);
  const sum = (line: string) => parts.reduce((total, part) => total + part[line]!, 0);
  expect(sum('alarms')).toBe(built(resources).alarms);
  expect(sum('instances')).toBeCloseTo(14 / 24, 2);
});

test('the example of ten models, as it is shipped, has templates below 150 KB', () => {
  const app = testingApp();
  const shipped = readFileSync(join(__dirname, '../../examples/many-models/slipway.yaml'), 'utf8');
  const path = join(temporaryFolder(), 'slipway.yaml');
  writeFileSync(path, shipped.replaceAll('../../models/breast-cancer', EXAMPLE_MODEL));
  addStages(app, loadConfig(path), files);
  const all = app.synth().stacksRecursively;
  expect(all).toHaveLength(3);
  expect(largest(all)).toBeLessThan(MOST_TEMPLATE_BYTES);
});

test('the group of instances says by a tag which models it runs', () => {
  const [{ Tags }] = properties('AWS::AutoScaling::AutoScalingGroup') as [{ Tags: { Key: string; Value: string }[] }];
  const tag = Tags.find(({ Key }) => Key === 'slipway:digest')!;
  expect(tag.Value.split(' ')).toHaveLength(properties('AWS::ElasticLoadBalancingV2::TargetGroup').length);
  expect(tag.Value).toMatch(/^[0-9a-f]{12}( [0-9a-f]{12})*$/);
});

test('a certificate is watched once: by the fleet that of the front door, by a model that of a name of its own', () => {
  const names = alarmsOf().map(({ AlarmName }) => AlarmName as string);
  expect(names.filter((name) => name.includes('certificate')).sort()).toEqual([
    'prod iris in small: certificate ends soon (iris.example.com)',
    'prod small: certificate ends soon (models.example.com)',
  ]);
  const arns = alarmsOf()
    .filter(({ AlarmName }) => String(AlarmName).includes('certificate'))
    .map((alarm) => JSON.stringify([alarm.Dimensions, alarm.Metrics]));
  expect(new Set(arns).size).toBe(2);
});

/** As many models as a fleet takes. @param said of each by its name */
function fullFleet(said: (name: string) => string = () => '', kind = '') {
  const most = mostTogether(kind.includes('rollout'));
  const names = Array.from({ length: most }, (_, i) => `model-${String.fromCharCode(97 + i)}`);
  const models = Object.fromEntries(names.map((name) => [name, said(name)]));
  return stacksOf(models, `fleets: { small: [${names.join(', ')}] }${kind}`);
}

const largest = (all: Iterable<CloudFormationStackArtifact>) =>
  Math.max(
    ...[...all].flatMap((stack) =>
      [stack.templateFullPath, ...[...stacksWithin(stack).values()].map(({ path }) => path)].map(
        (path) => statSync(path).size,
      ),
    ),
  );

test.each([
  ['', ''],
  ['host', `, availability: zone, encryptionKey: stage${NIGHTS}`],
  ['host', `, availability: zone, encryptionKey: stage, rollout: { linear: 20 %, for: 10m }${NIGHTS}`],
])('the templates of as many models as a fleet takes, watched in full, are below 150 KB: %s%s', (host, kind) => {
  const full = fullFleet((name) => (host ? `host: ${name}.example.com` : ''), kind);
  expect(alarmsOf(full).length).toBeGreaterThan(90);
  expect(largest(full.values())).toBeLessThan(MOST_TEMPLATE_BYTES);
  expect(Object.keys(template('small', full).Resources).length).toBeLessThan(250); // of 500
  const [bytes, ...others] = userDataBytes(template('small', full));
  expect(others).toEqual([]);
  expect(bytes).toBeLessThan(MOST_USER_DATA_BYTES);
  expect(bytes).toBeGreaterThan(1024);
});

test('policies of instances are no longer than IAM takes them, with as many versions as models have', () => {
  const folder = temporaryFolder();
  let packages = 0;
  const versionOf = (model: string, i: number) => {
    const package_ = join(folder, model, `${i}`, 'breast-cancer');
    shiftedPackage(EXAMPLE_MODEL, package_, { by: 1 + packages++ });
    return `{ name: v${i}, model: ${package_}, weight: 10 % }`;
  };
  const versionsOf = (model: string) => Array.from({ length: MOST_VERSIONS - 1 }, (_, i) => versionOf(model, i));
  const full = fullFleet((model) => `versions: [{ name: own, weight: 30 % }, ${versionsOf(model).join(', ')}]`);
  const sizes = (type: string) =>
    Object.values(template('small', full).Resources)
      .filter(({ Type }) => Type === type)
      .map(({ Properties }) => JSON.stringify(Properties.PolicyDocument).length);
  // IAM and AWS STS quotas: characters of a managed policy, and of all inline policies of a role
  expect(Math.max(...sizes('AWS::IAM::ManagedPolicy'))).toBeLessThan(6144);
  expect(sizes('AWS::IAM::ManagedPolicy').length).toBeLessThan(10);
  expect(Math.max(...sizes('AWS::IAM::Policy'))).toBeLessThan(10_240);
  expect(largest(full.values())).toBeLessThan(MOST_TEMPLATE_BYTES);
});

test('the rule of the alarm that pages is no longer than CloudWatch takes, however long the names are', () => {
  const long = fullFleet((name) => `host: ${'d'.repeat(60)}.${'e'.repeat(60)}.${name}.example.com`);
  const page = Object.values(template('small', long).Resources).find(({ Type }) => Type.endsWith('CompositeAlarm'))!;
  const {
    'Fn::Join': [, parts],
  } = page.Properties.AlarmRule as { 'Fn::Join': [string, unknown[]] };
  const ofOthers = 'a'.repeat('arn:aws-us-gov:cloudwatch:us-gov-west-1:123456789012:alarm:'.length + 255);
  const rule = parts.map((part) => (typeof part === 'string' ? part : ofOthers)).join('');
  expect(rule.match(/ALARM\("/g)).toHaveLength(mostTogether(false) * 5 + 3);
  expect(rule.length).toBeLessThan(10_240);
});

test('one function judges all models of a fleet, each by a resource with its name', () => {
  expect(entries('AWS::Lambda::Function')).toHaveLength(1);
  const judged = entries('Custom::SlipwayJudgement').filter(([, { Properties }]) => Properties.Task === 'verify');
  expect(judged.map(([id]) => /^FleetVerification(\w+)Verified/.exec(id)?.[1])).toEqual(['titanic', 'iris', 'billing']);
  for (const [id, { Properties }] of judged) {
    const [, member] = /^FleetVerification(\w+)Verified/.exec(id)!;
    expect(JSON.stringify(Properties.Settings)).toContain(`\\"member\\":\\"${member}\\"`);
  }
});

test('a model that comes changes the template of no other', () => {
  const before = new Map(watches());
  const after = new Map(watches(stacksOf(MODELS, 'fleets: { small: [titanic, iris, billing, dosage] }')));
  expect(before.size).toBe(3);
  expect(after.size).toBe(4);
  for (const [id, { path }] of before)
    expect(readFileSync(after.get(id)!.path, 'utf8')).toBe(readFileSync(path, 'utf8'));
});

test('a fleet and the stacks within it can be put in an order', () => {
  for (const kind of ['', NIGHTS]) {
    const small = stacksOf(MODELS, `${SMALL}${kind}`).get('small')!;
    for (const { Resources } of [small.template, ...stacksWithin(small).values()]) {
      expect(circleIn(Resources)).toBeUndefined();
    }
  }
});

test('an alarm of a model has no name that the stack of its fleet gave it before it was in one of its own', () => {
  // CloudFormation makes what is new before it removes what is gone, and CloudWatch has a name once
  for (const { AlarmName } of alarmsOf()) expect(AlarmName).not.toMatch(/^prod small\/\w+: /);
});

test('each alarm of a model says what it means, what to do first, and where the runbook is, and tells the topic of the fleet', () => {
  for (const [id, { Resources }] of watches()) {
    const alarms = Object.values(Resources).map(({ Properties }) => Properties as Record<string, unknown>);
    for (const { AlarmDescription } of alarms) {
      expect(AlarmDescription).toMatch(/First step: .*\. docs\/runbook\.md#[a-z0-9-]+$/);
    }
    const informing = alarms.filter(({ AlarmActions }) => JSON.stringify(AlarmActions) === '[{"Ref":"Inform"}]');
    expect(informing).toHaveLength(id.includes('iris') ? 4 : 3); // that has a certificate of its own
    const { Parameters } = template('small').Resources[id]!.Properties as { Parameters: Record<string, unknown> };
    expect(Parameters.Inform).toEqual({ Ref: expect.stringMatching(/^FleetNotifyTopic/) });
  }
});
