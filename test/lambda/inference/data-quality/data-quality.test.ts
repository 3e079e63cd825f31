import { Registry } from 'prom-client';
import { dataQualityMetrics } from '../../../../lambda/inference/data-quality/cloudwatch';
import { DataQuality } from '../../../../lambda/inference/data-quality/data-quality';
import { publishDataQuality } from '../../../../lambda/inference/data-quality/metrics';
import { emfFields } from '../../../../lambda/reporting/emf';
import type { TrainingDistribution } from '../../../../lib/model/package/training';
import { encodeRows } from '../../../../lib/model/rows/row';
import type { Signature } from '../../../../lib/model/rows/signature';

const signature: Signature = {
  columns: [
    { name: 'age', type: 'float64', missing: true },
    { name: 'city', type: 'string', missing: true },
    { name: 'visits', type: 'int64', missing: false },
  ],
  namedColumns: true,
  inputs: [
    { name: 'numbers', type: 'float64', columns: [0] },
    { name: 'texts', type: 'string', columns: [1] },
    { name: 'integers', type: 'int64', columns: [2] },
  ],
  outputs: [{ name: 'predict', type: 'float64', width: 1 }],
};

const training: TrainingDistribution = {
  rows: 1000,
  columns: [
    { kind: 'number', minimum: 18, maximum: 90, edges: [30, 50], shares: [0.3, 0.4, 0.2], missing: 0.1 },
    { kind: 'category', values: ['Oslo', 'Bergen'], shares: [0.6, 0.4], others: 0, missing: 0 },
    { kind: 'number', minimum: 0, maximum: 9, edges: [3], shares: [0.5, 0.5], missing: 0 },
  ],
};

/** As many rows as make the shares of training, a run for each row. */
function typical(quality: DataQuality, rows: number): void {
  for (let i = 0; i < rows; i++) {
    const age = [20, 20, 20, 40, 40, 40, 40, 60, 60, null][i % 10];
    const city = i % 5 < 3 ? 'Oslo' : 'Bergen';
    quality.observe(encodeRows(signature, [[age, city, i % 2 === 0 ? 1 : 5]]));
  }
}

const countsOf = (quality: DataQuality) =>
  Object.fromEntries(quality.monitors.map(({ column, counts }) => [column.name, counts]));

test('missing, out of range and unseen values are counted by column', () => {
  const quality = new DataQuality(signature, training);
  quality.observe(
    encodeRows(signature, [
      [17.9, 'Oslo', 9],
      [91, 'Rome', 10],
      [null, null, -1],
      [18, 'Bergen', 0],
    ]),
  );
  expect(quality.rows).toBe(4);
  expect(countsOf(quality)).toEqual({
    age: { missing: 1, outOfRange: 2, unseen: 0 },
    city: { missing: 1, outOfRange: 0, unseen: 1 },
    visits: { missing: 0, outOfRange: 2, unseen: 0 },
  });
});

test('without training rows only missing values are counted, and nothing drifts', () => {
  const quality = new DataQuality(signature, undefined);
  for (let i = 0; i < 600; i++) quality.observe(encodeRows(signature, [[null, 'Rome', 1e6]]));
  expect(countsOf(quality).age).toEqual({ missing: 600, outOfRange: 0, unseen: 0 });
  expect(countsOf(quality).city).toEqual({ missing: 0, outOfRange: 0, unseen: 0 });
  expect(quality.drifts()).toEqual([]);
});

test('rows as in training do not drift; with too few of them nothing is said', () => {
  const quality = new DataQuality(signature, training);
  typical(quality, 490);
  expect(quality.drifts()).toEqual([]);
  typical(quality, 110);
  for (const { drift } of quality.drifts()) expect(drift).toBeLessThan(0.01);
  expect(quality.drifts()).toHaveLength(3);
});

test('a column whose values move drifts, and is named first', () => {
  const quality = new DataQuality(signature, training);
  for (let i = 0; i < 600; i++)
    quality.observe(encodeRows(signature, [[80, i % 5 < 3 ? 'Oslo' : 'Bergen', i % 2 ? 1 : 5]]));
  const [first, ...others] = quality.drifts();
  expect(first!.monitor.column.name).toBe('age');
  expect(first!.drift).toBeGreaterThan(1);
  for (const { drift } of others) expect(drift).toBeLessThan(0.01);
});

test('what is older than an hour is forgotten', () => {
  let now = 0;
  const quality = new DataQuality(signature, training, () => now);
  for (let i = 0; i < 600; i++) quality.observe(encodeRows(signature, [[80, 'Oslo', 1]]));
  now = 30 * 60_000;
  typical(quality, 600);
  expect(quality.drifts()[0]!.drift).toBeGreaterThan(0.25);
  now = 65 * 60_000;
  for (const { drift } of quality.drifts()) expect(drift).toBeLessThan(0.02);
  now = 10 * 3600_000; // a night without requests
  expect(quality.drifts()).toEqual([]);
  typical(quality, 600);
  expect(quality.drifts()).toHaveLength(3);
});

test('of a long run eight rows are looked at, from its beginning to its end', () => {
  const quality = new DataQuality(signature, training);
  quality.observe(
    encodeRows(
      signature,
      Array.from({ length: 1000 }, (_, i) => [i < 500 ? 1 : 50, 'Oslo', 1]),
    ),
  );
  expect(quality.rows).toBe(8);
  expect(countsOf(quality).age!.outOfRange).toBe(4);
});

test('Prometheus gets counters that only grow, and a gauge by column', async () => {
  const quality = new DataQuality(signature, training);
  const registry = new Registry();
  publishDataQuality(registry, [{ name: 'credit', quality }]);
  typical(quality, 600);
  await registry.metrics();
  quality.observe(encodeRows(signature, [[null, 'Rome', 99]]));
  const text = await registry.metrics();
  expect(text).toContain('slipway_data_rows_total{model="credit"} 601');
  expect(text).toContain('slipway_data_missing_total{model="credit",column="age"} 61');
  expect(text).toContain('slipway_data_unseen_total{model="credit",column="city"} 1');
  expect(text).toContain('slipway_data_out_of_range_total{model="credit",column="visits"} 1');
  expect(text).toMatch(/slipway_data_drift\{model="credit",column="city"\} [\d.e-]+/);
});

test('CloudWatch gets what was counted in the last minute, and nothing where nobody asked', () => {
  const quality = new DataQuality(signature, training);
  const metrics = dataQualityMetrics(quality);
  expect(metrics()).toEqual([]);
  typical(quality, 600);
  expect(metrics()).toEqual([
    { name: 'MissingValues', unit: 'Count', value: 60 },
    { name: 'OutOfRangeValues', unit: 'Count', value: 0 },
    { name: 'UnseenValues', unit: 'Count', value: 0 },
    { name: 'DataDrift', unit: 'None', value: expect.any(Number) },
  ]);
  quality.observe(encodeRows(signature, [[null, 'Oslo', 1]]));
  expect(metrics()[0]).toEqual({ name: 'MissingValues', unit: 'Count', value: 1 });
  expect(metrics()).toEqual([]);
});

test('the log line has the form that CloudWatch makes metrics of', () => {
  expect(emfFields('credit.example.com', [{ name: 'DataDrift', unit: 'None', value: 0.3 }], 1_700_000_000_000)).toEqual(
    {
      _aws: {
        Timestamp: 1_700_000_000_000,
        CloudWatchMetrics: [
          { Namespace: 'Slipway', Dimensions: [['Endpoint']], Metrics: [{ Name: 'DataDrift', Unit: 'None' }] },
        ],
      },
      Endpoint: 'credit.example.com',
      DataDrift: 0.3,
    },
  );
});
