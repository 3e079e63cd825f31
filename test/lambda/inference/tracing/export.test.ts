/** Metrics and logs by OTLP. A real collector takes them in proof:watch. */
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLog, type Log, type LogRecord } from '../../../../lambda/inference/log/log';
import { Telemetry } from '../../../../lambda/inference/telemetry/telemetry';
import { metricInterval, otlpTarget } from '../../../../lambda/inference/tracing/environment';
import { LogExporter, logsRequest } from '../../../../lambda/inference/tracing/logs';
import { type Measurement, MetricExporter, metricsRequest } from '../../../../lambda/inference/tracing/metrics';

const service = { name: 'm', version: '1' };
const quiet: Log = () => {};
const span = { from: 1000, to: 61_000 };

interface Point {
  readonly attributes: { key: string; value: object }[];
  readonly startTimeUnixNano: string;
}

const metricsOf = (body: string) =>
  JSON.parse(body).resourceMetrics[0].scopeMetrics[0].metrics as Readonly<Record<string, unknown>>[];

test('all that /metrics tells is told, by kind, with units', async () => {
  const telemetry = new Telemetry();
  telemetry.began();
  telemetry.answered('/predict', 200, 0.003);
  telemetry.ran(4, 0.002);
  const measurements = await telemetry.registry.getMetricsAsJSON();
  const metrics = metricsOf(metricsRequest({ 'service.name': 'm' }, measurements, span));
  const of = (name: string) => metrics.find((each) => each.name === name)!;
  expect(of('slipway_http_requests_total')).toMatchObject({
    sum: {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: [{ asDouble: 1, startTimeUnixNano: '1000000000', timeUnixNano: '61000000000' }],
    },
  });
  expect(of('process_resident_memory_bytes')).toMatchObject({ unit: 'By', gauge: { dataPoints: [expect.anything()] } });
  const { dataPoints } = of('slipway_http_request_duration_seconds').histogram as { dataPoints: Point[] };
  expect(of('slipway_http_request_duration_seconds').unit).toBe('s');
  expect(dataPoints).toHaveLength(1);
  expect(dataPoints[0]).toMatchObject({
    attributes: [{ key: 'route', value: { stringValue: '/predict' } }],
    count: '1',
    sum: 0.003,
    bucketCounts: ['0', '0', '0', '0', '0', '1', ...Array(11).fill('0')],
  });
  expect(of('slipway_batch_rows')).toMatchObject({ histogram: { dataPoints: [{ attributes: [], sum: 4 }] } });
  expect(metrics.every(({ name }) => name !== 'slipway_refused_requests_total')).toBe(true); // it has no value yet
});

test('a line of the log is a record, with the trace of the load balancer', () => {
  const records: LogRecord[] = [];
  const log = createLog(
    () => {},
    (record) => records.push(record),
  );
  log('error', 'request failed', {
    trace: 'Root=1-67891233-abcdef012345678912345678',
    milliseconds: 3.5,
    more: { a: 1 },
  });
  const { resource, scopeLogs } = JSON.parse(logsRequest({ 'service.name': 'm' }, records)).resourceLogs[0];
  expect(resource.attributes).toEqual([{ key: 'service.name', value: { stringValue: 'm' } }]);
  expect(scopeLogs[0].logRecords[0]).toMatchObject({
    severityNumber: 17,
    severityText: 'ERROR',
    body: { stringValue: 'request failed' },
    traceId: '67891233abcdef012345678912345678',
    timeUnixNano: expect.stringMatching(/^\d{19}$/),
    attributes: expect.arrayContaining([
      { key: 'milliseconds', value: { doubleValue: 3.5 } },
      { key: 'more', value: { stringValue: '{"a":1}' } },
    ]),
  });
});

test('an endpoint is that of all signals, or of one, and a signal can be declined', () => {
  const of = (signal: 'METRICS' | 'LOGS', environment: Record<string, string>) =>
    otlpTarget(signal, environment, service, quiet)?.url;
  const all = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' };
  expect(of('METRICS', all)).toBe('http://localhost:4318/v1/metrics');
  expect(of('LOGS', all)).toBe('http://localhost:4318/v1/logs');
  expect(of('LOGS', { ...all, OTEL_LOGS_EXPORTER: 'none' })).toBeUndefined();
  expect(of('METRICS', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://a/b' })).toBe('http://a/b');
  expect(of('LOGS', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://a/b' })).toBeUndefined();
});

test.each(['500', 'often', '-1'])('an interval of %s is left out and told', (text) => {
  const told: unknown[] = [];
  expect(metricInterval({ OTEL_METRIC_EXPORT_INTERVAL: text }, (...words) => told.push(words))).toBe(60_000);
  expect(told).toHaveLength(1);
});

describe('with a collector', () => {
  const bodies: string[] = [];
  let status = 200;
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(status).end('{}');
    });
  });
  const target = () => ({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    headers: {},
    resource: { 'service.name': 'm' },
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    bodies.length = 0;
    status = 200;
  });

  test('a counter that begins anew has another beginning', async () => {
    let value = 10;
    const read = async () => [
      { name: 'a_total', help: '', type: 'counter', aggregator: 'sum', values: [{ labels: {}, value }] },
    ];
    const exporter = new MetricExporter(target(), read as unknown as () => Promise<Measurement[]>, 3_600_000, quiet);
    const began = () => (metricsOf(bodies.at(-1)!)[0]!.sum as { dataPoints: Point[] }).dataPoints[0]!.startTimeUnixNano;
    await exporter.export();
    const first = began();
    value = 12;
    await exporter.export();
    expect(began()).toBe(first);
    value = 3;
    await exporter.close();
    expect(Number(began())).toBeGreaterThan(Number(first));
    expect(bodies).toHaveLength(3);
  });

  test('lines that a collector does not take are told once, and later ones come', async () => {
    const told: string[] = [];
    const exporter = new LogExporter(target(), (_, event) => told.push(event));
    const line = (event: string) => exporter.record({ time: new Date(0).toISOString(), level: 'info', event });
    status = 503;
    for (const event of ['a', 'b']) {
      line(event);
      await exporter.flush();
    }
    expect(told).toEqual(['log lines not sent']);
    status = 200;
    line('c');
    await exporter.flush();
    await exporter.flush(); // nothing waits
    expect(bodies).toHaveLength(3);
    expect(bodies[2]).toContain('"stringValue":"c"');
  });
});
