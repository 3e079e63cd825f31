import * as http from 'node:http';
import type { Engine } from '../../../../lambda/inference/engine';
import { SlipwayError } from '../../../../lib/model/error';
import { open, reply, send, untilClosed, untilInFlight } from '../http-client';
import { labels, modelPackage, rows, startServing, stopServings } from '../serving';

afterEach(stopServings);

test('alive at once, ready when the model is loaded, warm and checked', async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const serving = await startServing({ beforeLoading: () => gate });
  expect((await send(serving.base, '/livez')).status).toBe(200);
  const before = await send(serving.base, '/readyz');
  expect([before.status, before.json]).toEqual([503, { ready: false, stage: 'loading' }]);
  const early = await send(serving.base, '/predict', { body: rows });
  expect(early.status).toBe(503);
  expect(early.headers['retry-after']).toBe('1');
  expect(early.json).toMatchObject({ detail: 'the model is not ready: loading' });
  expect((await send(serving.base, '/v2/health/ready')).status).toBe(503);

  release();
  await serving.loaded;
  const after = await send(serving.base, '/readyz');
  expect([after.status, after.json]).toEqual([200, { ready: true, stage: 'ready' }]);
  expect((await send(serving.base, '/v2/health/ready')).json).toEqual({ ready: true });
  expect(serving.events).toContainEqual(expect.objectContaining({ event: 'ready', goldenRows: rows.length }));
});

test('never ready when the golden rows do not hold, and the log says which', async () => {
  const golden = {
    ...modelPackage.golden!,
    predict: modelPackage.golden!.predict.map((label, r) => (r === 3 ? 7 : label)),
  };
  const serving = await startServing({ package_: { ...modelPackage, golden } });
  const { status, json } = await send(serving.base, '/readyz');
  expect([status, json]).toEqual([503, { ready: false, stage: 'golden rows differ', goldenRowsThatDiffer: 1 }]);
  expect((await send(serving.base, '/livez')).status).toBe(200);
  expect((await send(serving.base, '/predict', { body: rows })).status).toBe(503);
  expect(serving.events).toContainEqual(
    expect.objectContaining({
      level: 'error',
      event: 'golden rows differ',
      differences: 1,
      first: [{ row: 3, method: 'predict', expected: 7, got: labels[3] }],
    }),
  );
  expect((await send(serving.base, '/metrics')).text).toContain('slipway_model_ready 0');
});

test('a package without golden rows is served', async () => {
  const { golden: _, ...manifest } = modelPackage.manifest;
  const serving = await startServing({
    package_: { directory: modelPackage.directory, digest: modelPackage.digest, manifest },
  });
  expect((await send(serving.base, '/predict', { body: rows })).json).toEqual({ result: labels });
});

test('a model that cannot be loaded is an error of the process, not of requests', async () => {
  const refusal = new SlipwayError('E_PACKAGE', 'damaged');
  const serving = await startServing({ beforeLoading: () => Promise.reject(refusal) });
  await expect(serving.loaded).rejects.toBe(refusal);
});

test('a fault of the engine is a 500 that tells an id and nothing else', async () => {
  let broken = false;
  const wrap = (engine: Engine): Engine => ({
    name: engine.name,
    close: () => engine.close(),
    run: (inputs, methods) => (broken ? Promise.reject(new Error('secret detail')) : engine.run(inputs, methods)),
  });
  const serving = await startServing({ wrap });
  broken = true;
  const trace = 'Root=1-67891233-abcdef012345678912345678';
  const answer = await send(serving.base, '/predict?proba=true', { body: rows, headers: { 'x-amzn-trace-id': trace } });
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain('secret');
  const id = answer.headers['x-request-id'];
  expect(answer.json).toMatchObject({ detail: expect.stringContaining(String(id)) });
  expect(serving.events).toContainEqual(
    expect.objectContaining({
      event: 'request failed',
      requestId: id,
      trace,
      path: '/predict',
      error: 'secret detail',
    }),
  );
  broken = false;
  expect((await send(serving.base, '/predict', { body: rows })).status).toBe(200);
});

test('what has begun is answered while the server drains, and connections are closed', async () => {
  const serving = await startServing();
  const idle = await open(serving.base);
  const idleClosed = untilClosed(idle);
  const agent = new http.Agent({ keepAlive: true });
  await send(serving.base, '/livez', { agent }); // leaves a connection open that is in use no more

  const { running, release } = serving.engine.hold();
  const body = JSON.stringify(rows);
  const begun = send(serving.base, '/predict', { body });
  await running;
  const half = http.request(`${serving.base}/predict`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', 'content-length': body.length },
  });
  const halfReply = reply(half);
  half.write(body.slice(0, 100));
  await untilInFlight(serving.base, 2);

  const closed = serving.close(60_000);
  await idleClosed;
  expect(serving.server.listening).toBe(false);
  half.end(body.slice(100));
  release();
  for (const answer of await Promise.all([begun, halfReply])) {
    expect(answer.json).toEqual({ result: labels });
    expect(answer.headers.connection).toBe('close');
  }
  expect(await closed).toBe(true);
  agent.destroy();
});

test('a client that keeps its connection is answered while the server drains, and told to use it no more', async () => {
  const serving = await startServing();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const ask = () => send(serving.base, '/livez', { agent }); // GET: read by Node.js
  const predict = () => send(serving.base, '/predict', { body: rows, agent });
  expect((await predict()).headers.connection).toBe('keep-alive');
  expect((await ask()).headers.connection).toBe('keep-alive');
  const closed = serving.close(60_000);
  const last = await ask();
  expect([last.status, last.headers.connection]).toEqual([200, 'close']);
  expect(await closed).toBe(true);
  await expect(ask()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  agent.destroy();
});

test('a request that never ends does not keep a stopping server', async () => {
  const serving = await startServing();
  const socket = await open(serving.base);
  socket.on('error', () => {});
  socket.write('POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n[');
  await untilInFlight(serving.base, 1);
  expect(await serving.close(1)).toBe(false);
});
