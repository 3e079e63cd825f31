/** Models that share instances: what each has of its own on them, how a model comes there, and what it is billed for. */

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StageConfig } from '../../lib/config/config';
import { fleetsOf } from '../../lib/config/fleets';
import { loadConfig } from '../../lib/config/load';
import { planFleet } from '../../lib/config/plan-fleet';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { MOST_TOGETHER } from '../../lib/sizing/packing';
import { addStages } from '../../lib/stacks/slipway-app';
import { modelsConfig } from '../../testing/many-models';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';
import { built, counted, EMPTY, eachInstance, type Resource } from './billed';
import { MOST_USER_DATA_BYTES, userDataBytes } from './user-data';

const files = standIns();
const MODELS = { titanic: '', iris: 'host: iris.example.com', billing: 'path: /finance/billing', dosage: '' };
const SMALL = 'fleets: { small: [titanic, iris, billing] }';

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
  const rule = JSON.stringify(page!.AlarmRule);
  for (const model of ['titanic', 'iris', 'billing']) expect(rule).toContain(`Fleet${model}AlarmsLatency`);
  const names = properties('AWS::CloudWatch::Alarm').map(({ AlarmName }) => AlarmName as string);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('prod small/titanic: answers fail (models.example.com/titanic)');
  expect(names.filter((name) => name.includes('memory is nearly full'))).toEqual([
    'prod small: memory is nearly full (models.example.com)',
  ]);
  const { UpdatePolicy } = entries(GROUP)[0]![1] as unknown as {
    UpdatePolicy: { AutoScalingInstanceRefresh: { Preferences: { AlarmSpecification: { Alarms: unknown[] } } } };
  };
  expect(UpdatePolicy.AutoScalingInstanceRefresh.Preferences.AlarmSpecification.Alarms).toHaveLength(10);
});

test.each(['', ', availability: zone', ', monitoring: lean', ', encryptionKey: stage'])(
  'a fleet%s is billed for its stack',
  (kind) => {
    const config = configOf(MODELS, `${SMALL}${kind}`);
    const [members] = fleetsOf(config, 'prod').filter(([one]) => one!.fleet);
    const { plan, models } = planFleet(config, members!.map(measuredOf));
    const resources = Object.values(template('small', stacksOf(MODELS, `${SMALL}${kind}`)).Resources);
    const found = built(resources);
    const { gib, metrics } = eachInstance(resources);
    found['root volumes'] = found.instances * gib;
    found['detailed monitoring'] = found.instances * metrics;
    const bill = { ...EMPTY } as Record<string, number>;
    for (const part of [plan, ...models.map((model) => model.plan)]) {
      for (const [line, count] of Object.entries(counted(part))) bill[line]! += count;
    }
    expect(bill).toEqual(found);
  },
);

test('a fleet follows the schedule of its stage, quiet while it is off, and is billed for that', () => {
  const nights = ', schedule: { timeZone: UTC, periods: [{ from: "20:00", to: "06:00", load: off }] }';
  const config = configOf(MODELS, `${SMALL}${nights}`);
  const resources = Object.values(template('small', stacksOf(MODELS, `${SMALL}${nights}`)).Resources);
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
  const sizes = app.synth().stacksRecursively.map(({ templateFullPath }) => statSync(templateFullPath).size);
  expect(sizes).toHaveLength(3);
  expect(Math.max(...sizes)).toBeLessThan(150_000);
});

test('the group of instances says by a tag which models it runs', () => {
  const [{ Tags }] = properties('AWS::AutoScaling::AutoScalingGroup') as [{ Tags: { Key: string; Value: string }[] }];
  const tag = Tags.find(({ Key }) => Key === 'slipway:digest')!;
  expect(tag.Value.split(' ')).toHaveLength(properties('AWS::ElasticLoadBalancingV2::TargetGroup').length);
  expect(tag.Value).toMatch(/^[0-9a-f]{12}( [0-9a-f]{12})*$/);
});

test('a certificate is watched once: by the fleet that of the front door, by a model that of a name of its own', () => {
  const names = properties('AWS::CloudWatch::Alarm').map(({ AlarmName }) => AlarmName as string);
  expect(names.filter((name) => name.includes('certificate')).sort()).toEqual([
    'prod small/iris: certificate ends soon (iris.example.com)',
    'prod small: certificate ends soon (models.example.com)',
  ]);
  const arns = properties('AWS::CloudWatch::Alarm')
    .filter(({ AlarmName }) => String(AlarmName).includes('certificate'))
    .map((alarm) => JSON.stringify([alarm.Dimensions, alarm.Metrics]));
  expect(new Set(arns).size).toBe(2);
});

test('the template of as many models as a fleet takes is far from the bounds of AWS', () => {
  const names = Array.from({ length: MOST_TOGETHER }, (_, i) => `model-${String.fromCharCode(97 + i)}`);
  const full = stacksOf(
    Object.fromEntries(names.map((name) => [name, ''])),
    `fleets: { small: [${names.join(', ')}] }`,
  );
  const { templateFullPath } = full.get('small')!;
  expect(statSync(templateFullPath).size).toBeLessThan(345_000); // of 1 MB
  expect(Object.keys(template('small', full).Resources).length).toBeLessThan(250); // of 500
  const [bytes, ...others] = userDataBytes(template('small', full));
  expect(others).toEqual([]);
  expect(bytes).toBeLessThan(MOST_USER_DATA_BYTES);
  expect(bytes).toBeGreaterThan(1024);
});
