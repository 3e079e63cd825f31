import { join } from 'node:path';
import { createEngine } from '../../../../lambda/inference/engine';
import { ServedModel } from '../../../../lambda/inference/serving/served-model';
import { ServedModels } from '../../../../lambda/inference/serving/served-models';
import { placeOf } from '../../../../lambda/inference/serving/version-choice';
import { Telemetry } from '../../../../lambda/inference/telemetry/telemetry';
import { shiftedPackage } from '../../../../testing/shifted-package';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { send } from '../http-client';
import { labels, MODEL, modelPackage, rows, type Serving, startServing, stopServings } from '../serving';

/** With this intercept every row is of the same class. */
const ALWAYS = 1e6;
const other = shiftedPackage(MODEL, join(temporaryFolder(), 'breast-cancer'), { by: ALWAYS });
const V2 = '/v2/models/breast-cancer';
const inputs = [{ name: 'input', shape: [rows.length, 30], datatype: 'FP64', data: rows.flat() }];
const alwaysOf = (answer: readonly unknown[]) => answer.every((label) => label === answer[0]);

let serving: Serving;
let second: ServedModel;
const telemetry = new Telemetry();

beforeAll(async () => {
  second = new ServedModel(other, {
    createEngine: (path) => createEngine(path, { threads: 1 }),
    threads: 1,
    queue: { rows: 1000, bytes: 1e6, deadlineMs: 10_000 }, // as the first has it: on a busy machine a turn takes long
    version: '2',
    observer: telemetry.ofVersion('2'),
    log: () => {},
  });
  await second.load();
  const versions = { name: '1', weight: 0.75, others: [{ model: second, weight: 0.25 }], telemetry };
  serving = await startServing({ versions });
});
afterAll(stopServings);

const predict = (headers: Record<string, string> = {}) =>
  send(serving.base, '/predict', { body: { data: rows }, headers });

test('the fixture has rows of both classes, so that the versions answer differently', () => {
  expect(alwaysOf(labels)).toBe(false);
});

test('a version is asked for by its name or by the digest of its package', async () => {
  for (const [version, named] of [
    ['1', '1'],
    ['2', '2'],
    [modelPackage.digest.slice(0, 12), '1'],
    [other.digest, '2'],
  ] as const) {
    const { status, json } = await send(serving.base, `${V2}/versions/${version}/infer`, { body: { inputs } });
    expect(status).toBe(200);
    expect(json).toMatchObject({ model_name: 'breast-cancer', model_version: named });
    const { data } = (json as { outputs: { name: string; data: unknown[] }[] }).outputs.find(
      ({ name }) => name === 'predict',
    )!;
    expect(alwaysOf(data)).toBe(named === '2');
    if (named === '1') expect(data).toEqual(labels);
  }
});

test('a version is found by its name where that begins the digest of another, too', () => {
  const of = (version: string, digest: string) =>
    ({ name: 'm', version, digits: digest.slice(0, 12), package_: { digest } }) as unknown as ServedModel;
  const [old, recent] = [of('old', 'a'.repeat(64)), of('a'.repeat(12), 'b'.repeat(64))];
  const versions = [old, recent].map((model) => ({ model, weight: 0.5 }));
  const models = new ServedModels({ versions, own: old });
  const found = (version: string) => models.find(['m', version], { headers: {} });
  expect(found('a'.repeat(12))).toBe(recent);
  expect(found('a'.repeat(13))).toBe(old);
  expect(found('b'.repeat(12))).toBe(recent);
});

test('metadata lists the versions with their packages, and each by itself', async () => {
  const packages = { 1: modelPackage.digest.slice(0, 12), 2: other.digest.slice(0, 12) };
  const { json } = await send(serving.base, V2);
  expect(json).toMatchObject({ name: 'breast-cancer', versions: ['1', '2'], parameters: { packages } });
  const second = await send(serving.base, `${V2}/versions/2`);
  expect(second.json).toMatchObject({ versions: ['2'], parameters: { packages: { 2: packages[2] } } });
  expect((await send(serving.base, '/')).json).toMatchObject({
    version: packages[1],
    versions: [
      { version: '1', package: packages[1], weight: 0.75 },
      { version: '2', package: packages[2], weight: 0.25 },
    ],
  });
  expect((await send(serving.base, '/v2/models')).json).toEqual({ models: ['breast-cancer'] });
  expect((await send(serving.base, '/v2/repository/index')).json).toMatchObject([
    { name: 'breast-cancer', version: '1', state: 'READY' },
    { name: 'breast-cancer', version: '2', state: 'READY' },
  ]);
});

test('each version says whether it is ready, and a version that is not there is a 404 with those there are', async () => {
  expect((await send(serving.base, `${V2}/versions/2/ready`)).json).toEqual({ name: 'breast-cancer', ready: true });
  const { status, json } = await send(serving.base, `${V2}/versions/3/infer`, { body: { inputs } });
  expect(status).toBe(404);
  expect(json).toEqual({ error: 'model "breast-cancer" has no version "3"; it has "1", "2"' });
});

test('without a version the weights decide, about as often as they say', async () => {
  const answers: Awaited<ReturnType<typeof predict>>[] = [];
  for (let i = 0; i < 40; i++) answers.push(...(await Promise.all(Array.from({ length: 10 }, () => predict()))));
  const counts = { 1: 0, 2: 0 };
  for (const { headers, json, status } of answers) {
    expect(status).toBe(200);
    const version = headers['x-model-version'] as '1' | '2';
    counts[version]++;
    expect(alwaysOf((json as { result: unknown[] }).result)).toBe(version === '2');
  }
  // 100 in the mean, 8.7 the standard deviation: six of them
  expect(counts[2]).toBeGreaterThan(48);
  expect(counts[2]).toBeLessThan(152);
});

test('requests of one session are answered by one version, and those of one id without a session', async () => {
  for (const header of ['x-session-id', 'x-request-id']) {
    const seen = new Set<unknown>();
    for (let visit = 0; visit < 20; visit++) {
      const versions = new Set<unknown>();
      for (let i = 0; i < 3; i++) {
        versions.add((await predict({ [header]: `visit-${visit}` })).headers['x-model-version']);
      }
      expect(versions.size).toBe(1);
      seen.add([...versions][0]);
    }
    expect(seen.size).toBe(2);
  }
});

test('a header names the version on routes that have no place for it in their path', async () => {
  for (const version of ['1', '2']) {
    const { status, headers, json } = await predict({ 'x-model-version': version, 'x-session-id': 'any' });
    expect([status, json]).toEqual([200, expect.anything()]);
    expect(headers['x-model-version']).toBe(version);
    expect(alwaysOf((json as { result: unknown[] }).result)).toBe(version === '2');
  }
  expect((await predict({ 'x-model-version': '7' })).status).toBe(404);
});

test('ids that differ in their last digits alone are spread evenly', () => {
  const places = Array.from({ length: 10_000 }, (_, i) => placeOf(`req-${100_000 + i}`));
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = places.filter((place) => Math.floor(place * 10) === tenth).length / places.length;
    expect(share).toBeGreaterThan(0.08);
    expect(share).toBeLessThan(0.12);
  }
});

test('Prometheus sees each version', async () => {
  const { status, text } = await send(serving.base, '/metrics');
  expect(status).toBe(200);
  for (const version of ['1', '2']) {
    for (const name of ['requests_total', 'rows_total', 'run_seconds_total', 'errors_total']) {
      const [, value] = new RegExp(`^slipway_version_${name}\\{version="${version}"\\} (\\S+)$`, 'm').exec(text) ?? [];
      if (name === 'errors_total') expect(value).toBeDefined();
      else expect(Number(value)).toBeGreaterThan(0);
    }
    expect(text).toMatch(
      new RegExp(`^slipway_version_request_duration_seconds_count\\{version="${version}"\\} [1-9]`, 'm'),
    );
  }
});

test('a version is told of the requests that it was asked for, refused ones too, and of no question about it', async () => {
  const before = telemetry.versionTotals().get('2')!;
  const V2_2 = `${V2}/versions/2`;
  await send(serving.base, V2_2);
  await send(serving.base, `${V2_2}/ready`);
  expect(telemetry.versionTotals().get('2')!.requests).toBe(before.requests);
  expect((await send(serving.base, `${V2_2}/infer`, { body: { inputs } })).status).toBe(200);
  expect((await send(serving.base, `${V2_2}/infer`, { body: { inputs: [] } })).status).toBe(400);
  expect((await predict({ 'x-model-version': '2' })).status).toBe(200);
  const after = telemetry.versionTotals().get('2')!;
  expect([after.requests - before.requests, after.errors - before.errors]).toEqual([3, 0]);
  expect(after.latency.quantileSince(before.latency, 0.99)).toBeGreaterThan(0);
});

test('what a version answers is watched: here one of both says the same class for every row', async () => {
  const { answers } = second;
  const before = { rows: answers!.rows, sum: answers!.sum };
  for (const path of ['/predict', '/predict?proba=true']) {
    await send(serving.base, path, { body: { data: rows }, headers: { 'x-model-version': '2' } });
  }
  const [looked, sum] = [answers!.rows - before.rows, answers!.sum - before.sum];
  expect(looked).toBe(2 * Math.min(8, rows.length));
  expect([0, 1]).toContain(Math.round((1e6 * sum) / looked) / 1e6); // all rows are of the last class, or none is
  expect(serving.model.answers!.sum).not.toBe(0);
  expect(serving.model.answers!.sum).not.toBe(serving.model.answers!.rows);
});

test('OpenAPI tells which versions a path takes', async () => {
  const { json } = await send(serving.base, '/openapi.json');
  const { paths } = json as { paths: Record<string, { parameters: { name: string; schema: { enum: string[] } }[] }> };
  const [, version] = paths['/v2/models/{model}/versions/{version}/infer']!.parameters;
  expect(version).toMatchObject({ name: 'version', schema: { enum: ['1', '2'] } });
});
