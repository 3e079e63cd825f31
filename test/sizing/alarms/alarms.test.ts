import { readFileSync } from 'node:fs';
import { BUDGET_BURNS, ERROR_BUDGET_PERCENT } from '../../../lib/sizing/alarms/error-budget';
import { alarmedMetrics, metricsOf, plannedAlarms, promisedZones } from '../../../lib/sizing/alarms/planned-alarms';
import { groupPlan, joiningPlan, singlePlan } from '../../constructs/example-plan';

const grows = (plan: typeof singlePlan) => plan.instances.maximum > plan.instances.minimum;

describe.each([
  ['a VM', singlePlan],
  ['a group', groupPlan],
  ['joined requests', joiningPlan],
])('the alarms of %s', (_, plan) => {
  const alarms = plannedAlarms(plan, true);

  test('are data, that any other watcher can read', () => {
    expect(JSON.parse(JSON.stringify(alarms))).toEqual(alarms);
  });

  test('have a name and a symptom of their own and a threshold that is a number', () => {
    expect(new Set(alarms.map(({ name }) => name)).size).toBe(alarms.length);
    expect(new Set(alarms.map(({ symptom }) => symptom)).size).toBe(alarms.length);
    for (const { threshold } of alarms) expect(threshold).toBeGreaterThanOrEqual(0);
  });

  test('say in sentences what they mean and what to do first', () => {
    for (const { symptom, meaning, firstStep } of alarms) {
      expect(symptom).toMatch(/^[a-zA-Z][A-Za-z0-9 ]+$/);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
      expect(firstStep).toMatch(/^[^A-Z].*\.$/);
      expect(meaning).not.toMatch(/undefined|NaN/);
    }
  });

  test('need no more breaching datapoints than they look at, and look back no longer than CloudWatch does', () => {
    for (const { breaching = 1, datapoints, minutes } of alarms) {
      expect(breaching).toBeLessThanOrEqual(datapoints);
      expect(datapoints).toBe(Math.round(datapoints));
      // PutMetricAlarm: a day, and seven from periods of an hour on
      expect(datapoints * minutes).toBeLessThanOrEqual(24 * 60 * (minutes >= 60 ? 7 : 1));
    }
  });

  test('are billed by the metrics that they watch', () => {
    const zones = promisedZones(plan.serviceLevel, plan.zones);
    const metrics = alarms.map((entry) => metricsOf(entry, zones));
    expect(alarmedMetrics({ ...plan, grows: grows(plan), lean: false, zones, watchesData: true })).toBe(
      metrics.reduce((a, b) => a + b),
    );
  });

  test('page for what harms clients, and inform of the rest', () => {
    const paging = alarms.filter(({ severity }) => severity.startsWith('page'));
    expect(paging.map(({ name }) => name)).toEqual(['NoHealthyHost', 'ErrorBudgetFast', 'ErrorBudgetSlow', 'Latency']);
    expect(alarms.filter(({ severity }) => severity === 'note').map(({ name }) => name)).toEqual(['Deploying']);
  });

  test('have a section of the runbook each', () => {
    const sections = readFileSync('docs/runbook.md', 'utf8').match(/^## .*$/gm) ?? [];
    for (const { symptom, runbook } of alarms) {
      expect(sections).toContain(`## ${symptom[0]!.toUpperCase()}${symptom.slice(1)}`);
      expect(runbook).toBe(`docs/runbook.md#${symptom.toLowerCase().replaceAll(' ', '-')}`);
    }
  });
});

test.each([
  [100, undefined, 1],
  [17, undefined, 1],
  [10, undefined, 5],
  [100, 2, 15],
  [0.1, undefined, 60],
])('p99 at %d requests a second, on average %s, is taken over %d minutes', (requestsPerSecond, mean, expected) => {
  const serviceLevel = {
    ...groupPlan.serviceLevel,
    requestsPerSecond,
    ...(mean !== undefined && { meanRequestsPerSecond: mean }),
  };
  const latency = plannedAlarms({ ...groupPlan, serviceLevel }, false).find(({ name }) => name === 'Latency')!;
  expect(latency.minutes).toBe(expected);
});

test('a group that cannot grow has no alarm at its maximum', () => {
  const names = (plan: typeof groupPlan) => plannedAlarms(plan, false).map(({ name }) => name);
  expect(names(groupPlan)).toContain('GroupAtMaximum');
  expect(names({ ...groupPlan, instances: { minimum: 3, desired: 3, maximum: 3 } })).not.toContain('GroupAtMaximum');
});

test('a deployment has the time that its instances may take to boot, an hour at least and a day at most', () => {
  const hangs = (maximum: number, bootTimeoutSeconds: number) => {
    const plan = { ...groupPlan, instances: { ...groupPlan.instances, maximum }, bootTimeoutSeconds };
    const { datapoints, minutes } = plannedAlarms(plan, false).find(({ name }) => name === 'DeploymentHangs')!;
    return datapoints * minutes;
  };
  expect([hangs(2, 600), hangs(10, 610), hangs(1000, 3600)]).toEqual([60, 105, 1440]);
});

test('the budget of a month is spent in about two and five days where it pages, as the workbook has it', () => {
  const [fast, slow, steady] = BUDGET_BURNS;
  // shares of the budget: 2 % in an hour, 5 % in six, 10 % in three days
  const share = ({ burn, minutes, datapoints }: (typeof BUDGET_BURNS)[number]) =>
    (burn * minutes * datapoints) / 43_200;
  expect([share(fast), share(slow), share(steady)].map((part) => Number(part.toFixed(3)))).toEqual([0.02, 0.05, 0.1]);
  expect([fast.minutes / fast.alsoMinutes, slow.minutes / slow.alsoMinutes]).toEqual([12, 12]);
});

test('the more may be lost, the less may fail', () => {
  const { single, instance, zone } = ERROR_BUDGET_PERCENT;
  expect(single).toBeGreaterThan(instance);
  expect(instance).toBeGreaterThan(zone);
});

test('lean monitoring has what pages and what takes a deployment back, and nothing else', () => {
  const lean = { ...groupPlan, serviceLevel: { ...groupPlan.serviceLevel, leanMonitoring: true } };
  expect(plannedAlarms(lean, true).map(({ name }) => name)).toEqual([
    'NoHealthyHost',
    'ErrorBudgetFast',
    'ErrorBudgetSlow',
    'UnhealthyHosts',
    'ServerErrors',
    'Latency',
    'Prediction',
    'BootFailures',
  ]);
});
