import { version } from '../../../../package.json';
import { open, send, untilClosed } from '../http-client';
import { labels, modelPackage, rows, type Serving, startServing, stopServings } from '../serving';

let serving: Serving;
beforeAll(async () => {
  serving = await startServing();
});
afterAll(stopServings);

test('the front page names the model and every route', async () => {
  const { json } = await send(serving.base, '/');
  expect(json).toMatchObject({
    server: 'slipway',
    model: 'breast-cancer',
    version: modelPackage.digest.slice(0, 12),
    engine: 'held',
  });
  const routes = (json as { routes: { route: string }[] }).routes.map((entry) => entry.route);
  expect(routes).toEqual(
    expect.arrayContaining([
      'POST /predict',
      'GET /livez',
      'GET /readyz',
      'GET /metrics',
      'POST /v2/models/{model}/infer',
    ]),
  );
});

test('the type of a problem resolves to what it means', async () => {
  const { json } = await send(serving.base, '/predict', { body: [[1]] });
  const { type, title } = json as { type: string; title: string };
  const page = await send(serving.base, type);
  expect(page.json).toEqual({
    type,
    title,
    statuses: [400, 422],
    meaning: expect.stringContaining('an unknown category'),
  });
  const { problems } = (await send(serving.base, '/problems')).json as { problems: { type: string }[] };
  expect(problems.map((each) => each.type)).toContain(type);
  const reply = await send(serving.base, '/problems/nothing');
  expect([reply.status, (reply.json as { type: string }).type]).toEqual([404, '/problems/route']);
});

test('SageMaker is told by a status without a body whether the model is ready', async () => {
  const reply = await send(serving.base, '/ping');
  expect([reply.status, reply.text]).toEqual([200, '']);
});

test('HEAD is answered like GET, without a body', async () => {
  const reply = await send(serving.base, '/readyz', { method: 'HEAD' });
  expect([reply.status, reply.text]).toEqual([200, '']);
  expect(Number(reply.headers['content-length'])).toBeGreaterThan(0);
});

test('the server names the same version everywhere', async () => {
  expect((await send(serving.base, '/v2')).json).toMatchObject({ version });
});

test('an idle connection outlives the patience of the load balancer', async () => {
  expect(serving.server.keepAliveTimeout).toBeGreaterThan(60_000);
  expect(serving.server.headersTimeout).toBeGreaterThan(serving.server.keepAliveTimeout);
  expect(serving.server.requestTimeout).toBeGreaterThan(serving.server.headersTimeout);
  expect(serving.server.timeout).toBeGreaterThan(60_000); // of a client that does not read its answer
  const socket = await open(serving.base);
  const received = untilClosed(socket);
  socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(await received).toMatch(/Keep-Alive: timeout=72\r\n/);
});

describe('metrics', () => {
  test('come as OpenMetrics to who asks for it, as Prometheus does', async () => {
    const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
    const { text, headers } = await send(serving.base, '/metrics', { headers: { accept } });
    expect(headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(text).toMatch(/^# TYPE slipway_http_requests counter$/m);
    expect(text).toMatch(/^slipway_http_requests_total\{/m);
    expect(text).not.toMatch(/^# (TYPE|HELP) slipway_\S+_total /m);
    expect(text).toMatch(/_bucket\{le="1\.0"/);
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    expect(text).not.toContain('\n\n');
  });

  test('are told through a load balancer where they are public', async () => {
    const open = await startServing({ settings: { publicMetrics: true } });
    const { status, text } = await send(open.base, '/metrics', { headers: { 'x-forwarded-for': '203.0.113.7' } });
    expect(status).toBe(200);
    expect(text).toContain('slipway_model_ready 1');
  });

  const read = async () => {
    const { text, headers } = await send(serving.base, '/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    return (series: string): number | undefined => {
      const line = text.split('\n').find((each) => each.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length + 1));
    };
  };

  test('count requests, refusals, runs and rows', async () => {
    const before = await read();
    const difference = (later: (series: string) => number | undefined, series: string) =>
      (later(series) ?? 0) - (before(series) ?? 0);
    expect((await send(serving.base, '/predict', { body: rows })).json).toEqual({ result: labels });
    await send(serving.base, '/predict', { body: [[1]] });
    await send(serving.base, '/nowhere');
    const now = await read();
    expect(difference(now, 'slipway_http_requests_total{route="/predict",code="200"}')).toBe(1);
    expect(difference(now, 'slipway_http_requests_total{route="/predict",code="422"}')).toBe(1);
    expect(difference(now, 'slipway_http_requests_total{route="unknown",code="404"}')).toBe(1);
    expect(difference(now, 'slipway_http_request_duration_seconds_count{route="/predict"}')).toBe(2);
    expect(difference(now, 'slipway_refused_requests_total{reason="input"}')).toBe(1);
    expect(difference(now, 'slipway_refused_requests_total{reason="route"}')).toBe(1);
    expect(difference(now, 'slipway_batch_rows_sum')).toBe(rows.length);
    expect(difference(now, 'slipway_run_duration_seconds_count')).toBe(1);
    expect(difference(now, 'slipway_queue_duration_seconds_count')).toBe(1);
    expect(now('slipway_http_requests_in_flight')).toBe(1); // the scrape itself
  });

  test('say which model is served, and that it is ready', async () => {
    const now = await read();
    const labelsOfModel = `model="breast-cancer",version="${modelPackage.digest.slice(0, 12)}",model_sha256="${modelPackage.manifest.model.sha256}"`;
    expect(now(`slipway_model_info{${labelsOfModel}}`)).toBe(1);
    expect(now('slipway_model_ready')).toBe(1);
    expect(now('process_cpu_seconds_total')).toBeGreaterThan(0);
  });
});

describe('probes', () => {
  const probes = async () => Number((await send(serving.base, '/probes')).text);
  const asked = (path: string, headers: Record<string, string>) => send(serving.base, path, { headers });
  const balancer = { 'user-agent': 'ELB-HealthChecker/2.0' };

  test('are the health checks of a load balancer that it answered well, and nothing else', async () => {
    const before = await probes();
    await asked('/readyz', balancer);
    await asked('/readyz', balancer);
    expect((await probes()) - before).toBe(2);
    await asked('/readyz', { 'user-agent': 'curl/8' });
    await asked('/livez', balancer);
    await asked('/readyz', { ...balancer, 'x-forwarded-for': '192.0.2.1' }); // a client, through a load balancer
    expect((await probes()) - before).toBe(2);
  });

  test('are not told through a load balancer', async () => {
    expect((await asked('/probes', { 'x-forwarded-for': '192.0.2.1' })).status).toBe(404);
  });
});
