/**
 * What holds for a stage of every kind. The bill of its plan is, line by line, what it builds: nothing that costs money is
 * left out, nothing else is billed. What is written for AWS is far from AWS's bounds, so that another option fits too.
 */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../lib/config/load';
import { stageShadow } from '../../lib/config/stage-shadow';
import { stageVersions } from '../../lib/config/stage-versions';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import type { ComputeProfile } from '../../lib/model/package/profile';
import { type SizingPlan, sizingPlan } from '../../lib/sizing';
import { ACCESS_LOG_DAYS, LOG_DAYS } from '../../lib/sizing/plan/endpoint-parts';
import { addStages } from '../../lib/stacks/slipway-app';
import { joiningProfile, steadyProfile } from '../../testing/sizing/examples';
import { KEY, NETWORK, STAGE_VARIANTS, variantsConfig } from '../../testing/stage-variants';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../example';
import { some } from '../runs';
import { standIns, testingApp } from '../testing-app';
import { built, counted, eachInstance, logDays, type Resource } from './billed';
import { circleIn } from './circle';
import { MOST_USER_DATA_BYTES, userDataBytes } from './user-data';

/** CloudFormation takes 1 MB. */
const MOST_TEMPLATE_BYTES = 150_000;

/** As slipway.yaml has them; each gets a domain of its own. */
const STAGES: Readonly<Record<string, string>> = {
  ...STAGE_VARIANTS,
  daily:
    'availability: instance, traffic: { requestsPerSecond: 2000, meanRequestsPerSecond: 1000, day: smooth, p99: 100ms }',
  forecast:
    'availability: instance, traffic: { requestsPerSecond: 2000, meanRequestsPerSecond: 1000, day: smooth, p99: 100ms }, scaling: { predictive: true }',
  'looked-at':
    'availability: instance, traffic: { requestsPerSecond: 2000, meanRequestsPerSecond: 1000, day: smooth, p99: 100ms }, scaling: { predictive: forecastOnly }',
  pooled:
    'availability: instance, traffic: { requestsPerSecond: 2000, meanRequestsPerSecond: 1000, day: smooth, p99: 100ms }, scaling: { warmPool: true }, encryptionKey: stage',
  nowhere: 'availability: single, monitoring: lean',
  severities: 'availability: single, monitoring: { notify: { page: [ops@example.com], inform: [team@example.com] } }',
  canary: 'availability: zone, rollout: { canary: 5 %, for: 10m }',
  'nat-single': 'availability: single, egress: nat',
  logged: 'availability: zone, access: { apiKeys: /slipway/keys }',
  'given-key': `availability: single, encryptionKey: "${KEY}"`,
  'own-key-in-network': `availability: single, encryptionKey: stage, ${NETWORK}`,
  'sessions-and-keys': 'availability: single, sessionManager: true, access: { apiKeys: /slipway/keys }',
  'cloudfront-list':
    'availability: zone, name: on-a-list, frontDoor: cloudfront, allowFrom: [pl-4fa04526], http: refuse',
  'api-network': `name: in-a-network, frontDoor: api, ${NETWORK}`,
  'sessions-nat': 'availability: single, sessionManager: true, egress: nat',
  'spot-nights':
    'region: ca-central-1, availability: instance, traffic: { requestsPerSecond: 900, p99: 100ms }, rollout: { canary: 5 %, for: 10m }, purchase: { onDemandBase: 1, spot: 50 % }, schedule: { timeZone: UTC, otherwise: 40 %, periods: [{ days: mon-fri, from: "08:00", to: "10:00", load: 100 % }] }',
  'versions-tried': `availability: zone, domain: { name: versions-tried.example.com, zone: example.com, zoneId: Z0123456789PROD }, rollout: { canary: 5 %, for: 10m }, shadow: { model: ${EXAMPLE_MODEL}, group: false }, versions: [{ name: "2", model: ${EXAMPLE_MODEL}, weight: 10 % }, { name: 1, weight: 90 % }]`,
  shadow: `availability: zone, rollout: { canary: 5 %, for: 10m }, shadow: { model: ${EXAMPLE_MODEL}, group: true }`,
};

const KINDS = some(
  Object.keys(STAGES).filter(
    (name) =>
      !['daily', 'scheduled', 'spot-nights', 'forecast', 'looked-at', 'pooled', 'woken', 'shadow'].includes(name),
  ),
  4,
);

function stagesOf(model: string, only: readonly string[] = KINDS) {
  const stages = Object.fromEntries(only.map((name) => [name, STAGES[name]!]));
  const config = loadConfig(variantsConfig(stages, model));
  const app = testingApp();
  addStages(app, config, standIns());
  const stacks = app.synth().stacksRecursively;
  const package_ = readModelPackage(model);
  const measured = { profile: readProfile(package_), manifest: package_.manifest };
  const plans = new Map<string, SizingPlan>(); // many stages differ in what the plan knows nothing of
  return config.stages.map((stage) => {
    const { name, serviceLevel, region } = stage;
    const shadow = stageShadow(config, stage, package_.manifest);
    const versions = stageVersions(config, stage, measured);
    const asked = JSON.stringify([serviceLevel, region, stage.shadow, stage.versions]);
    const plan = plans.get(asked) ?? sizingPlan({ ...measured, serviceLevel, region, shadow, versions });
    plans.set(asked, plan);
    const own = stacks.filter(({ hierarchicalId }) => hierarchicalId.startsWith(`${name}/`));
    const templates = own.map(({ template }) => template as { Resources: Readonly<Record<string, Resource>> });
    const resources = templates.flatMap(({ Resources }) => Object.values(Resources));
    return { name, plan, resources, templates };
  });
}

test('a stage that follows the day has a group from its night to its peak, and is billed for what is there between', () => {
  const [{ plan, resources }] = stagesOf(measured(EXAMPLE_MODEL, steadyProfile(4)), ['daily']) as [
    ReturnType<typeof stagesOf>[number],
  ];
  const { choice, instances, daily } = plan;
  const group = resources.find(({ Type }) => Type === 'AWS::AutoScaling::AutoScalingGroup')!.Properties;
  expect(group).toMatchObject({ MinSize: `${instances.minimum}`, MaxSize: `${instances.maximum}` });
  expect(group).not.toHaveProperty('DesiredCapacity');
  expect(instances.minimum).toBeLessThan(choice.instances);
  expect(instances.maximum).toBeGreaterThan(choice.instances);
  const policies = resources.filter(({ Type }) => Type === 'AWS::AutoScaling::ScalingPolicy');
  expect(policies.map(({ Properties }) => Properties)).toMatchObject([
    { TargetTrackingConfiguration: { TargetValue: plan.scalingTargetCpuPercent } },
  ]);
  const bill = counted(plan);
  expect(bill.instances).toBeCloseTo(daily!.meanInstances, 2);
  const { gib, metrics } = eachInstance(resources);
  expect(bill['root volumes']).toBeCloseTo(bill.instances! * gib, 2);
  expect(bill['detailed monitoring']).toBeCloseTo(bill.instances! * metrics, 2);
});

test.each([
  ['forecast', 'ForecastAndScale', 4, 'ASGCPUUtilization'],
  ['looked-at', 'ForecastOnly', 4, 'ASGCPUUtilization'],
] as const)('stage %s has a policy that forecasts, beside the one by target, at no price', (name, mode, ms, metric) => {
  const [{ plan, resources }] = stagesOf(measured(EXAMPLE_MODEL, steadyProfile(ms)), [name]) as [
    ReturnType<typeof stagesOf>[number],
  ];
  const policies = resources.filter(({ Type }) => Type === 'AWS::AutoScaling::ScalingPolicy');
  expect(policies.map(({ Properties }) => Properties)).toEqual([
    expect.objectContaining({ PolicyType: 'TargetTrackingScaling' }),
    expect.objectContaining({
      PolicyType: 'PredictiveScaling',
      PredictiveScalingConfiguration: {
        Mode: mode,
        SchedulingBufferTime: plan.daily!.growSeconds,
        MetricSpecifications: [
          {
            TargetValue: plan.scalingTargetCpuPercent,
            PredefinedMetricPairSpecification: { PredefinedMetricType: metric },
          },
        ],
      },
    }),
  ]);
  expect(counted(plan).alarms).toBe(built(resources).alarms);
});

test('a stage whose requests are joined forecasts by the requests of its targets', () => {
  const [{ plan, resources }] = stagesOf(measured(EXAMPLE_MODEL, joiningProfile(20, 0.02)), ['forecast']) as [
    ReturnType<typeof stagesOf>[number],
  ];
  expect(plan.requestsPerRun).toBeGreaterThan(1);
  const forecasts = resources.filter(({ Properties }) => JSON.stringify(Properties)?.includes('PredictiveScaling'));
  const metric = { PredefinedMetricType: 'ALBRequestCount', ResourceLabel: expect.anything() };
  expect(forecasts.map(({ Properties }) => Properties)).toMatchObject(
    plan.daily
      ? [
          {
            PredictiveScalingConfiguration: {
              MetricSpecifications: [
                {
                  TargetValue: plan.scalingTargetRequestsPerMinute,
                  PredefinedMetricPairSpecification: metric,
                },
              ],
            },
          },
        ]
      : [],
  );
  expect(plan.daily).toBeDefined();
});

test('a stage with a schedule has actions that change its group, alarms that are quiet while it is off, and a bill of the week', () => {
  const [{ plan, resources, templates }] = stagesOf(measured(EXAMPLE_MODEL, steadyProfile(4)), ['scheduled']) as [
    ReturnType<typeof stagesOf>[number],
  ];
  const { choice, instances, weekly } = plan;
  const few = weekly!.fewest;
  const of = (type: string) =>
    resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties as object);
  expect(of('AWS::AutoScaling::AutoScalingGroup')).toMatchObject([
    { MinSize: `${choice.instances}`, MaxSize: `${instances.maximum}` },
  ]);
  const [all, most] = [{ TimeZone: 'Europe/Berlin' }, instances.maximum];
  expect(of('AWS::AutoScaling::ScheduledAction')).toMatchObject([
    { ...all, Recurrence: '55 5 * * *', MinSize: few, MaxSize: most },
    { ...all, Recurrence: '55 7 * * 1,2,3,4,5', MinSize: choice.instances, MaxSize: most },
    { ...all, Recurrence: '0 10 * * 1,2,3,4,5', MinSize: few, MaxSize: most, DesiredCapacity: few },
    { ...all, Recurrence: '0 22 * * *', MinSize: 0, MaxSize: 0, DesiredCapacity: 0 },
  ]);
  expect(of('AWS::AutoScaling::ScheduledAction').slice(0, 2)).not.toContainEqual(
    expect.objectContaining({ DesiredCapacity: expect.anything() }),
  );
  // the group names alarms that roll it back, and those were quiet by a metric of the group: CloudFormation refused each
  expect(templates.map(({ Resources }) => circleIn(Resources))).toEqual(templates.map(() => undefined));
  const quiet = of('AWS::CloudWatch::Alarm').filter((alarm) => /IF\(FILL\((there|value)/.test(JSON.stringify(alarm)));
  expect(quiet).toHaveLength(9); // each has a metric more
  const { instances: billed, alarms } = counted(plan);
  expect(billed).toBeCloseTo(weekly!.meanInstances, 1);
  expect(alarms).toBe(built(resources).alarms);
});

test('a stage that requests wake has an alarm on those that came while it was off, which wants instances again', () => {
  const [{ plan, resources, templates }] = stagesOf(EXAMPLE_MODEL, ['woken']) as [ReturnType<typeof stagesOf>[number]];
  const of = (type: string) => resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
  const policies = of('AWS::AutoScaling::ScalingPolicy') as { PolicyType: string; AutoScalingGroupName: object }[];
  const wake = policies.filter(({ PolicyType }) => PolicyType === 'SimpleScaling');
  expect(wake).toMatchObject([{ AdjustmentType: 'ExactCapacity', ScalingAdjustment: plan.weekly!.fewest }]);
  const [off] = (of('AWS::AutoScaling::ScheduledAction') as { MinSize: number }[]).filter(
    ({ MinSize }) => MinSize === 0,
  );
  expect(off).toMatchObject({ DesiredCapacity: 0, MaxSize: plan.instances.maximum }); // so that it may be woken
  const alarms = of('AWS::CloudWatch::Alarm') as { AlarmDescription: string; AlarmActions: object[] }[];
  const [asked] = alarms.filter(({ AlarmDescription }) => AlarmDescription?.startsWith('A request came while'));
  const [id] = templates.flatMap(({ Resources }) => Object.keys(Resources).filter((key) => /GroupWake/.test(key)));
  expect(asked!.AlarmActions).toEqual([{ Ref: id }]);
  expect(JSON.stringify(asked)).toContain('IF(wanted < 1, FILL(refused, 0), 0)'); // and never while it is on
  const { fewest, offHours, meanInstances } = plan.weekly!;
  const awake = 0.1 * (offHours / 168) * fewest; // as nobody has said otherwise
  expect(plan.cost.lines.find(({ item }) => item.endsWith('woken while off'))!.quantity).toBeCloseTo(awake, 2);
  expect(counted(plan).instances).toBeCloseTo(meanInstances, 1);
  expect(counted(plan)['root volumes']).toBeCloseTo((meanInstances + awake) * eachInstance(resources).gib, 1);
  expect(counted(plan).alarms).toBe(built(resources).alarms);
  expect(templates.map(({ Resources }) => circleIn(Resources))).toEqual(templates.map(() => undefined));
});

test('a stage with a warm pool keeps its peak, stopped or running, and is billed for the volumes of all of that', () => {
  const [{ plan, resources, templates }] = stagesOf(measured(EXAMPLE_MODEL, steadyProfile(4)), ['pooled']) as [
    ReturnType<typeof stagesOf>[number],
  ];
  const of = (type: string) => resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
  expect(of('AWS::AutoScaling::WarmPool')).toMatchObject([{ MaxGroupPreparedCapacity: plan.choice.instances }]);
  expect(plan.instances.minimum).toBeLessThan(plan.choice.instances);
  const gib = plan.cost.lines.filter(({ item }) => item.startsWith('root volumes'));
  expect(gib).toHaveLength(2);
  const each = eachInstance(resources).gib;
  expect(gib.reduce((sum, { quantity }) => sum + quantity, 0)).toBeCloseTo(plan.choice.instances * each, 1);
  expect(counted(plan).alarms).toBe(built(resources).alarms);
  const { fleet, network, verification, warmPool } = LOG_DAYS;
  expect(logDays(resources).groups.sort()).toEqual([fleet, network, verification, warmPool].sort());
  expect(templates.map(({ Resources }) => circleIn(Resources))).toEqual(templates.map(() => undefined));
});

const SPOT_RULES = {
  SpotAllocationStrategy: 'price-capacity-optimized',
  OnDemandAllocationStrategy: 'prioritized', // so that what is on demand has the price of the plan
};

test('a stage with Spot launches all types of equal worth, and more than its base only as Spot', () => {
  const [{ plan, resources }] = stagesOf(EXAMPLE_MODEL, ['spot']) as [ReturnType<typeof stagesOf>[number]];
  const group = resources.find(({ Type }) => Type === 'AWS::AutoScaling::AutoScalingGroup')!.Properties;
  const types = plan.purchase!.types.map(({ instanceType }) => instanceType);
  expect(types.length).toBeGreaterThan(2);
  expect(types[0]).toBe(plan.choice.instanceType);
  expect(group).not.toHaveProperty('LaunchTemplate');
  expect(group).toMatchObject({
    CapacityRebalance: true,
    MixedInstancesPolicy: {
      InstancesDistribution: { ...SPOT_RULES, OnDemandBaseCapacity: 2, OnDemandPercentageAboveBaseCapacity: 0 },
      LaunchTemplate: { Overrides: types.map((InstanceType) => ({ InstanceType })) },
    },
  });
});

test('a stage with Spot and a schedule is billed for what of either is there in the mean, and its canary is on demand', () => {
  const [{ plan, resources }] = stagesOf(measured(EXAMPLE_MODEL, steadyProfile(4)), ['spot-nights']) as [
    ReturnType<typeof stagesOf>[number],
  ];
  const groups = resources.filter(({ Type }) => Type === 'AWS::AutoScaling::AutoScalingGroup');
  const mixed = groups.filter(({ Properties }) => 'MixedInstancesPolicy' in (Properties as object));
  expect([groups.length, mixed.length]).toEqual([2, 1]);
  expect(mixed[0]!.Properties).toMatchObject({
    MixedInstancesPolicy: {
      InstancesDistribution: { ...SPOT_RULES, OnDemandBaseCapacity: 1, OnDemandPercentageAboveBaseCapacity: 50 },
    },
  });
  expect(resources.filter(({ Type }) => Type === 'AWS::AutoScaling::ScheduledAction').length).toBeGreaterThan(0);
  const { instances, alarms } = counted(plan);
  expect(instances).toBeCloseTo(plan.weekly!.meanInstances, 1);
  expect(alarms).toBe(built(resources).alarms);
  const [onDemand, spot] = plan.cost.lines.filter(({ unit }) => unit === 'instance');
  expect(onDemand!.item).toMatch(/, on demand$/);
  expect(spot!.item).toMatch(/, Spot$/);
});

/** A copy of a model, as if it had been measured like this. */
function measured(model: string, profile: ComputeProfile): string {
  const folder = join(temporaryFolder(), 'model');
  cpSync(model, folder, { recursive: true });
  const { sha256 } = readModelPackage(folder).manifest.model;
  writeFileSync(join(folder, 'profile.json'), JSON.stringify({ ...profile, modelSha256: sha256 }));
  return folder;
}

/** Each with its model, and with the stages that differ by it. */
const MODELS: [string, string, readonly string[] | undefined][] = [
  ['a model', EXAMPLE_MODEL, undefined],
  ['a model that knows its training rows', measured(LOAN_MODEL, steadyProfile(1)), ['single', 'zone']],
  ['a model with a shadow on instances of its own', EXAMPLE_MODEL, ['shadow']],
  ['a model whose requests are joined', measured(EXAMPLE_MODEL, joiningProfile(20, 0.02)), ['many']],
];

describe.each(some(MODELS, 2))('%s', (_, model, only) => {
  for (const { name, plan, resources, templates } of stagesOf(model, only)) {
    test(`stage ${name} is billed for what it builds`, () => {
      const found = built(resources);
      const { gib, metrics, shadowGib } = eachInstance(resources);
      found['root volumes'] = found.instances * gib + found['instances of the shadow'] * shadowGib;
      found['detailed monitoring'] = found.instances * metrics;
      expect(counted(plan)).toEqual(found);
    });

    test(`stage ${name} has the logs that are billed, for as long as that says`, () => {
      const { fleet, network, verification } = LOG_DAYS;
      const { groups, buckets } = logDays(resources);
      const own = plan.serviceLevel.egress === 'existing' ? [] : [network];
      const shadow = plan.shadow?.group ? [fleet] : [];
      expect(groups.sort()).toEqual([...own, ...shadow, fleet, verification].sort());
      expect(buckets).toEqual(plan.serviceLevel.existingListener ? [] : [[ACCESS_LOG_DAYS]]);
    });

    test(`stage ${name} has a load balancer that answers in a content type that it can`, () => {
      const types = JSON.stringify(templates).match(/"ContentType":"[^"]*"/g) ?? [];
      expect(types.filter((type) => type !== '"ContentType":"application/json"')).toEqual([]);
      if (name === 'way') expect(types).toHaveLength(1);
    });

    test(`stage ${name} has templates that CloudFormation can put in an order`, () => {
      for (const { Resources } of templates) expect(circleIn(Resources)).toBeUndefined();
    });

    test(`stage ${name} has templates and user data that are far from the bounds of AWS`, () => {
      for (const template of templates) {
        expect(Buffer.byteLength(JSON.stringify(template, undefined, 1))).toBeLessThan(MOST_TEMPLATE_BYTES);
      }
      const bytes = templates.flatMap(userDataBytes);
      expect(bytes).toHaveLength(plan.shadow?.group ? 2 : 1);
      expect(Math.min(...bytes)).toBeGreaterThan(1024);
      expect(Math.max(...bytes)).toBeLessThan(MOST_USER_DATA_BYTES);
    });
  }
});
