import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handlerMetrics } from '../../../../lambda/inference/telemetry/metric-lines';
import { Telemetry } from '../../../../lambda/inference/telemetry/telemetry';
import { tracerOptions } from '../../../../lambda/inference/tracing/environment';
import { traceContext } from '../../../../lambda/inference/tracing/trace-context';
import { Tracer } from '../../../../lambda/inference/tracing/tracer';
import { closing } from '../../../closing';
import { send } from '../http-client';
import { rows, startServing, stopServings } from '../serving';

afterEach(stopServings);

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

describe('stages of a request', () => {
  test('are in the measurements, each once for a request for predictions', async () => {
    const { base } = await startServing();
    await send(base, '/predict', { body: { data: rows.slice(0, 1) } });
    await send(base, '/livez');
    const { text } = await send(base, '/metrics');
    for (const stage of ['parse', 'queue', 'run', 'serialise']) {
      expect(text).toContain(`slipway_${stage}_duration_seconds_count 1\n`);
    }
  });

  test('are not measured when they are switched off, and everything else is', async () => {
    const { base } = await startServing({ telemetry: new Telemetry(false) });
    await send(base, '/predict', { body: { data: rows.slice(0, 1) } });
    const { text } = await send(base, '/metrics');
    expect(text).toContain('slipway_parse_duration_seconds_count 0\n');
    expect(text).toContain('slipway_run_duration_seconds_count 1\n');
  });
});

test('CloudWatch is told what happened since the last line', () => {
  const telemetry = new Telemetry();
  telemetry.ran(5, 0.001);
  telemetry.waited(9);
  telemetry.refusedFor('queue_full');
  const before = telemetry.totals();
  telemetry.ran(3, 0.001);
  telemetry.ran(4, 0.001);
  for (let i = 0; i < 98; i++) telemetry.waited(0.0002);
  for (let i = 0; i < 2; i++) telemetry.waited(0.02);
  telemetry.refusedFor('deadline');
  telemetry.refusedFor('input');
  expect(handlerMetrics(before, telemetry.totals(), 1.23456)).toEqual([
    { name: 'Rows', unit: 'Count', value: 7 },
    { name: 'Overloaded', unit: 'Count', value: 1 },
    { name: 'QueueWaitP99', unit: 'Milliseconds', value: 25 },
    { name: 'EventLoopDelayP99', unit: 'Milliseconds', value: 1.235 },
  ]);
  const quiet = telemetry.totals();
  expect(handlerMetrics(quiet, quiet, 0).map(({ value }) => value)).toEqual([0, 0, 0, 0]);
});

describe('the trace of a request', () => {
  test.each<[string, IncomingHttpHeaders, object]>([
    ['traceparent', { traceparent: `00-${TRACE}-${PARENT}-01` }, { traceId: TRACE, parentId: PARENT, sampled: true }],
    [
      'one that is not told',
      { traceparent: `00-${TRACE}-${PARENT}-02` },
      { traceId: TRACE, parentId: PARENT, sampled: false },
    ],
    [
      'a later version',
      { traceparent: `01-${TRACE}-${PARENT}-01-more` },
      { traceId: TRACE, parentId: PARENT, sampled: true },
    ],
    [
      "the load balancer's",
      { 'x-amzn-trace-id': 'Root=1-58406520-a006649127e371903a2de979;Parent=00f067aa0ba902b7;Sampled=0' },
      { traceId: '58406520a006649127e371903a2de979', parentId: PARENT, sampled: false },
    ],
    [
      "the load balancer's root alone",
      { 'x-amzn-trace-id': 'Self=1-a;Root=1-58406520-a006649127e371903a2de979' },
      { traceId: '58406520a006649127e371903a2de979' },
    ],
  ])('is taken over from %s', (_name, headers, expected) => {
    expect(traceContext(headers)).toEqual(expected);
  });

  test.each([
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    'nonsense',
  ])('begins anew where traceparent is %s', (traceparent) => {
    const context = traceContext({ traceparent });
    expect(context).toEqual({ traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(context.traceId).not.toBe(TRACE);
  });
});

describe('spans', () => {
  interface Sent {
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: {
      readonly resourceSpans: readonly {
        readonly resource: object;
        readonly scopeSpans: readonly { readonly spans: readonly Record<string, unknown>[] }[];
      }[];
    };
  }

  /** A collector that answers with a status. */
  async function collector(status = 200) {
    const sent: Sent[] = [];
    const server = closing(createServer(), (each) => each.close().closeAllConnections());
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString());
        sent.push({ path: request.url!, headers: request.headers, body });
        response.writeHead(status).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { sent, url };
  }

  const model = { name: 'breast-cancer', version: 'abc' };

  test('of a request and its stages go to the collector, under the trace of the client', async () => {
    const { sent, url } = await collector();
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/`, OTEL_EXPORTER_OTLP_HEADERS: 'x-token=a%20b' };
    const tracer = new Tracer(tracerOptions(environment, model, () => {})!, () => {});
    const { base } = await startServing({ tracer });
    const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };
    await send(base, '/predict', { body: { data: rows.slice(0, 1) }, headers });
    await send(base, '/predict', { body: {}, headers: { traceparent: `00-${TRACE}-${PARENT}-00` } });
    await tracer.flush();
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      path: '/v1/traces',
      headers: { 'x-token': 'a b', 'content-type': 'application/json' },
    });
    const { resource, scopeSpans } = sent[0]!.body.resourceSpans[0]!;
    expect(JSON.stringify(resource)).toContain('{"key":"service.name","value":{"stringValue":"breast-cancer"}}');
    const [whole, ...stages] = scopeSpans[0]!.spans;
    expect(whole).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, name: 'POST /predict', kind: 2 });
    expect(whole!.attributes).toContainEqual({ key: 'http.response.status_code', value: { intValue: '200' } });
    expect(stages.map(({ name }) => name)).toEqual(['read body', 'parse', 'queue and run', 'serialise']);
    for (const stage of stages) {
      expect(stage).toMatchObject({ traceId: TRACE, parentSpanId: whole!.spanId, kind: 1 });
      expect(BigInt(stage.startTimeUnixNano as string)).toBeGreaterThanOrEqual(
        BigInt(whole!.startTimeUnixNano as string),
      );
      expect(BigInt(stage.endTimeUnixNano as string)).toBeLessThanOrEqual(BigInt(whole!.endTimeUnixNano as string));
    }
  });

  test('that a collector refuses are lost and said once; requests are answered all the same', async () => {
    const { url } = await collector(503);
    const events: string[] = [];
    const tracer = new Tracer(
      tracerOptions({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url }, model, () => {})!,
      (_level, event) => events.push(event),
    );
    const { base } = await startServing({ tracer });
    for (let i = 0; i < 2; i++) {
      expect((await send(base, '/predict', { body: { data: rows.slice(0, 1) } })).status).toBe(200);
      await tracer.flush();
    }
    expect(events).toEqual(['spans not sent']);
  });

  test.each([{}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' }])(
    'are not made with %j',
    (environment) => {
      expect(tracerOptions(environment, model, () => {})).toBeUndefined();
    },
  );
});
