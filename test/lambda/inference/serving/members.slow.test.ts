/** Several endpoints in one handler: routes, bounds and measurements of each, and one that is flooded beside one that is not. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { sha256 } from '../../../../lib/model/formats/digest';
import { toEnvironment } from '../../../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS, type HandlerSettings } from '../../../../lib/model/instance/handler-settings';
import { readModelPackage } from '../../../../lib/model/package/model-package';
import { bundledHandler } from '../../../../testing/bundled-handler';
import { LoggedHandler } from '../../../../testing/handler-process';
import { shiftedPackage } from '../../../../testing/shifted-package';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../../../example';
import { send } from '../http-client';
import { labels, rows } from '../serving';

jest.setTimeout(120_000); // it starts processes, on a machine that may be busy

let bundle: string;
beforeAll(() => {
  bundle = bundledHandler();
});
let endFlood: (() => unknown) | undefined;
afterEach(() => endFlood?.());
afterAll(() => LoggedHandler.killAll());

const keys = join(temporaryFolder(), 'keys');
const KEY = 'a-key-of-the-bank-0123456789';
writeFileSync(keys, `bank sha256:${sha256(KEY)}\n`);

const loan = readModelPackage(LOAN_MODEL);
const loanRows = { data: loan.golden!.inputs };
const bank = { host: 'loan.example.com', 'x-api-key': KEY };

const MEMBERS = [
  { model: EXAMPLE_MODEL, endpoint: 'models.example.com/cancer', basePath: '/cancer', queueRows: 600, weight: 1 },
  {
    model: LOAN_MODEL,
    endpoint: 'loan.example.com',
    host: 'loan.example.com',
    queueRows: 50,
    weight: 1,
    access: { apiKeys: keys },
  },
  // the same package under another name
  { model: EXAMPLE_MODEL, endpoint: 'models.example.com/x/y', basePath: '/x/y', queueRows: 600, weight: 1 },
];

const start = async (settings: Partial<HandlerSettings> = {}) => {
  const handler = new LoggedHandler(
    bundle,
    toEnvironment({
      ...DEFAULT_HANDLER_SETTINGS,
      model: EXAMPLE_MODEL,
      host: '127.0.0.1',
      port: 0,
      endpoint: 'models.example.com small',
      members: MEMBERS,
      ...settings,
    }),
  );
  const workers = settings.workers ?? 1;
  await handler.event('ready', MEMBERS.length * workers);
  const base = await handler.base();
  while ((await send(base, '/readyz')).status !== 200);
  return { handler, base };
};

test.each([1, 2])('each has all routes of an endpoint, and its own bounds: %i workers', async (workers) => {
  const { handler, base } = await start({ workers });
  for (const path of ['/cancer', '/x/y']) {
    expect((await send(base, `${path}/predict`, { body: rows })).json).toEqual({ result: labels });
    expect((await send(base, `${path}/readyz`)).status).toBe(200);
    expect((await send(base, `${path}/v2/models/breast-cancer/ready`)).status).toBe(200);
    expect((await send(base, `${path}/v2/models/loan/ready`)).status).toBe(404);
    const { servers } = (await send(base, `${path}/openapi.json`)).json as { servers: unknown };
    expect(servers).toEqual([{ url: path }]);
    expect((await send(base, `${path}/docs`)).text).toContain('<h1>breast-cancer</h1>');
  }
  expect((await send(base, '/predict', { body: loanRows, headers: bank })).json).toEqual({
    result: loan.golden!.predict,
  });
  expect((await send(base, '/predict', { body: loanRows, headers: { host: bank.host } })).status).toBe(401);
  // bounds
  const many = await send(base, '/predict', { body: { data: Array(51).fill(loanRows.data[0]) }, headers: bank });
  expect(many).toMatchObject({ status: 413, json: { detail: '51 rows in one request; at most 50 are taken' } });
  // a model that has not come to this instance yet, as a load balancer sends it
  for (const path of ['/billing/predict', '/predict', '/x/z/predict']) {
    const early = await send(base, path, { body: rows });
    expect(early.status).toBe(503);
    expect(early.headers['retry-after']).toBe('1');
  }
  expect((await send(base, '/cancer/nothing')).status).toBe(404);
  // measurements
  const { text } = await send(base, '/metrics');
  expect(text).toMatch(
    /^slipway_http_requests_total\{route="\/predict",code="200",endpoint="models.example.com\/cancer"\} 1$/m,
  );
  expect(text).toMatch(/^slipway_http_requests_total\{route="\/predict",code="413",endpoint="loan.example.com"\} 1$/m);
  expect(text).toMatch(/^slipway_model_ready\{endpoint="models.example.com\/x\/y"\} 1$/m);
  expect(text.match(/^# TYPE slipway_batch_rows /gm)).toHaveLength(1);
  expect(text).toMatch(/^process_cpu_seconds_total [\d.]+$/m);
  const lines = handler.events.filter(({ event }) => event === 'request');
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.every(({ endpoint }) => endpoint === 'loan.example.com')).toBe(true);
  expect(await handler.stop()).toBe(0);
});

/** Asks with large requests over many connections, as fast as it is answered. */
const FLOOD = `
const { workerData, parentPort } = require('node:worker_threads');
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true });
const counts = { answered: 0, refused: 0, hints: 0 };
const ask = () => {
  const request = http.request(workerData.url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, (answer) => {
    if (answer.statusCode === 200) counts.answered++;
    else if (answer.statusCode === 503) {
      counts.refused++;
      if (answer.headers['retry-after']) counts.hints++;
    }
    answer.resume().on('end', ask);
  });
  request.on('error', () => {});
  request.end(workerData.body);
};
for (let i = 0; i < workerData.connections; i++) ask();
parentPort.on('message', () => { parentPort.postMessage(counts); });
`;

/** Asks the model that is not flooded, every few milliseconds, and is always answered. */
async function askSeldom(base: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    expect((await send(base, '/predict', { body: loanRows, headers: bank })).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

/** How long requests to a model waited for their first run: the mean, and which share of them at most 50 ms. */
async function waits(base: string, endpoint: string): Promise<{ mean: number; prompt: number }> {
  const { text } = await send(base, '/metrics');
  const value = (of: string) => {
    const start = `slipway_queue_duration_seconds_${of}endpoint="${endpoint}"} `;
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(start))!
        .slice(start.length),
    );
  };
  const count = value('count{');
  return { mean: value('sum{') / count, prompt: value('bucket{le="0.05",') / count };
}

test('a flood to one is refused for that one, and leaves the others alone', async () => {
  const { handler, base } = await start();
  const body = JSON.stringify(Array.from({ length: 100 }, (_, i) => rows[i % rows.length]));
  const workerData = { url: `${base}/cancer/predict`, body, connections: 100 };
  const flood = new Worker(FLOOD, { eval: true, workerData });
  endFlood = () => flood.terminate();
  await new Promise((resolve) => setTimeout(resolve, 500));
  await askSeldom(base, 300);
  const [flooded, other] = [await waits(base, 'models.example.com/cancer'), await waits(base, 'loan.example.com')];
  flood.postMessage('how many');
  const [counts] = (await once(flood, 'message')) as [{ answered: number; refused: number; hints: number }];
  expect(counts.refused).toBeGreaterThan(100);
  expect(counts.hints).toBe(counts.refused);
  expect(counts.answered).toBeGreaterThan(100); // what there is room for is answered
  expect(other.mean).toBeLessThan(flooded.mean / 4);
  expect(other.prompt).toBeGreaterThan(0.98);
  await flood.terminate();
  expect(await handler.stop()).toBe(0);
});

test('one of them has versions, by name, by header and by weight, each measured by itself', async () => {
  const second = shiftedPackage(EXAMPLE_MODEL, join(temporaryFolder(), 'second'), { by: 1e6 });
  const versions = [
    { name: '1', weight: 0 },
    { name: '2', model: second.directory, weight: 1 },
  ];
  const [cancer, ...others] = MEMBERS as [(typeof MEMBERS)[number], ...typeof MEMBERS];
  const handler = new LoggedHandler(
    bundle,
    toEnvironment({
      ...{ ...DEFAULT_HANDLER_SETTINGS, model: EXAMPLE_MODEL, host: '127.0.0.1', port: 0 },
      endpoint: 'models.example.com small',
      members: [{ ...cancer, versions }, ...others],
    }),
  );
  await handler.event('ready', MEMBERS.length + 1);
  const base = await handler.base();
  while ((await send(base, '/readyz')).status !== 200);
  const always = labels.map(() => (second.manifest.signature.classes as unknown[])[1]);
  const asked = async (path: string, headers: Record<string, string> = {}) => {
    const { json, headers: answered } = await send(base, path, { body: rows, headers });
    return [json, answered['x-model-version']];
  };
  expect(await asked('/cancer/predict')).toEqual([{ result: always }, '2']);
  expect(await asked('/cancer/predict', { 'x-model-version': '1' })).toEqual([{ result: labels }, '1']);
  expect(await asked('/x/y/predict')).toEqual([{ result: labels }, undefined]);
  expect((await send(base, '/cancer/v2/models/breast-cancer/versions/2/ready')).status).toBe(200);
  expect((await send(base, '/x/y/v2/models/breast-cancer/versions/2/ready')).status).toBe(404);
  const { text } = await send(base, '/metrics');
  for (const version of ['1', '2']) {
    expect(text).toMatch(
      new RegExp(
        `^slipway_version_request_duration_seconds_count\\{version="${version}",endpoint="models.example.com/cancer"\\} 1$`,
        'm',
      ),
    );
  }
  expect(text).not.toMatch(/^slipway_version_.*x\/y/m);
  expect(await handler.stop()).toBe(0);
});
