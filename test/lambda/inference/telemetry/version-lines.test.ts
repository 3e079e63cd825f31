/** What is told CloudWatch of versions. */

import { Telemetry } from '../../../../lambda/inference/telemetry/telemetry';
import { reportVersions, versionMetrics } from '../../../../lambda/inference/telemetry/version-lines';
import { VERSION_METRICS } from '../../../../lib/model/instance/handler-metrics';

const asked = new Telemetry();
asked.ofVersion('1');
asked.ofVersion('2');
const counts = (version: string, answers = { rows: 0, sum: 0 }) => ({
  ...asked.versionTotals().get(version)!,
  answers,
});

test('requests, errors, p99 to a tenth, and the mean answer of the minute', () => {
  asked.versionAnswered('1', 200, 5); // of an earlier minute
  const before = counts('1', { rows: 10, sum: 9 });
  for (let i = 0; i < 99; i++) asked.versionAnswered('1', 200, 0.02);
  asked.versionAnswered('1', 503, 0.3);
  asked.versionAnswered('1', 422, 0.3);
  const metrics = versionMetrics(before, counts('1', { rows: 14, sum: 10 }));
  const values = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  expect(values).toMatchObject({ VersionRequests: 101, VersionErrors: 1, VersionPrediction: 0.25 });
  expect(values.VersionP99).toBeGreaterThanOrEqual(300);
  expect(values.VersionP99).toBeLessThan(330);
  expect(metrics.map(({ name, unit }) => [name, unit])).toEqual(Object.entries(VERSION_METRICS));
});

test('a quiet minute has no time and no answer, rather than zeros', () => {
  expect(versionMetrics(counts('2'), counts('2'))).toEqual([
    { name: 'VersionRequests', unit: 'Count', value: 0 },
    { name: 'VersionErrors', unit: 'Count', value: 0 },
  ]);
});

test('each version has a line a minute under its own dimension; a model that is served alone has none', () => {
  jest.useFakeTimers();
  try {
    const lines: Record<string, unknown>[] = [];
    const log = (_: string, event: string, fields?: object) => lines.push({ event, ...fields });
    const served = ['1', '2'].map((version) => ({ version, answers: { rows: 0, sum: 0 } as never }));
    reportVersions('models.example.com/titanic', served, () => asked.versionTotals(), log as never);
    reportVersions('alone.example.com', [{ version: 'abc' }], () => new Telemetry().versionTotals(), log as never);
    jest.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(2);
    for (const [i, version] of ['1', '2'].entries()) {
      expect(lines[i]).toMatchObject({
        event: 'version',
        Endpoint: 'models.example.com/titanic',
        Version: version,
        VersionRequests: 0,
        _aws: { CloudWatchMetrics: [{ Namespace: 'Slipway', Dimensions: [['Endpoint', 'Version']] }] },
      });
    }
  } finally {
    jest.useRealTimers();
  }
});
