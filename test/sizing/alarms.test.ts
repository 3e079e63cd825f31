import { alarmedMetrics, MEASURES, plannedAlarms } from '../../lib/sizing/alarms';
import { groupPlan, joiningPlan, singlePlan } from '../constructs/example-plan';

describe.each([
  ['a VM', singlePlan],
  ['a group', groupPlan],
  ['joined requests', joiningPlan],
])('the alarms of %s', (_, plan) => {
  const alarms = plannedAlarms(plan, true);

  test('are data, that any other watcher can read', () => {
    expect(JSON.parse(JSON.stringify(alarms))).toEqual(alarms);
  });

  test('have a name of their own and a threshold that is a number', () => {
    expect(new Set(alarms.map(({ name }) => name)).size).toBe(alarms.length);
    for (const { threshold } of alarms) expect(threshold).toBeGreaterThan(0);
  });

  test('say in sentences what they mean and what to do first', () => {
    for (const { meaning, firstStep } of alarms) {
      expect(meaning).toMatch(/^[A-Z].*\.$/);
      expect(firstStep).toMatch(/^[^A-Z].*\.$/);
      expect(meaning).not.toMatch(/undefined|NaN/);
    }
  });

  test('need no more breaching datapoints than they look at', () => {
    for (const { breaching = 1, datapoints } of alarms) expect(breaching).toBeLessThanOrEqual(datapoints);
  });

  test('are billed by the metrics that they watch', () => {
    const metrics = alarms.map(({ measure }) => MEASURES[measure].metrics as number);
    expect(alarmedMetrics({ ...plan, watchesData: true })).toBe(metrics.reduce((sum, count) => sum + count));
  });
});
