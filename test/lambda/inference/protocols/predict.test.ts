import * as http from 'node:http';
import { JSON_HEADERS, type Reply, reply, send } from '../http-client';
import {
  expectNear,
  labels,
  modelPackage,
  probabilities,
  rows,
  type Serving,
  startServing,
  stopServings,
} from '../serving';

let serving: Serving;
beforeAll(async () => {
  serving = await startServing({ settings: { maximumBodyBytes: 100_000, queueRows: 300 } });
});
afterAll(stopServings);

const post = (path: string, body: unknown, headers = {}) => send(serving.base, path, { body, headers });
const names = modelPackage.manifest.signature.columns.map((column) => column.name);
const record = (row: readonly number[]) => Object.fromEntries(names.map((name, c) => [name, row[c]]));
const sideBySide = Object.fromEntries(names.map((name, c) => [name, rows.map((row) => row[c])]));

interface Problem {
  readonly type: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly { pointer: string; expected: string; got: string }[];
}

function problem(reply: Reply): Problem {
  expect(reply.headers['content-type']).toBe('application/problem+json');
  expect(reply.json).toMatchObject({ status: reply.status, title: expect.any(String) });
  expect((reply.json as Problem).type).toMatch(/^\/problems\/[a-z_]+$/);
  expect(reply.text).not.toMatch(/\bat .*:\d+:\d+|node_modules|\.ts\b/); // never a stack trace
  return reply.json as Problem;
}

describe('predictions', () => {
  test.each([
    ['an array of rows', () => rows],
    ['{"data": rows}', () => ({ data: rows })],
    ['{"data": records}', () => ({ data: rows.map(record) })],
    ['{"columns": {name: values}}', () => ({ columns: sideBySide })],
    ['{name: values}', () => sideBySide],
    ["pandas' split frame", () => ({ columns: names, index: rows.map((_, r) => r), data: rows })],
    ['records and arrays mixed', () => rows.map((row, r) => (r % 2 ? record(row) : row))],
  ])('are given for %s', async (_, body) => {
    const reply = await post('/predict', body());
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(reply.headers['content-length']).toBe(String(reply.text.length));
    expect(reply.json).toEqual({ result: labels });
  });

  const reversed = [...names].reverse();
  test.each([
    ['{"instances": rows}', () => ({ instances: rows })],
    ['{"instances": records}', () => ({ signature_name: 'serving_default', instances: rows.map(record) })],
    ['{"inputs": rows}', () => ({ inputs: rows })],
    ['{"inputs": {name: values}}', () => ({ inputs: sideBySide, params: {} })],
    ['{"dataframe_records": records}', () => ({ dataframe_records: rows.map(record) })],
    [
      '{"dataframe_split": ...} in another order of columns',
      () => ({ dataframe_split: { columns: reversed, data: rows.map((row) => [...row].reverse()) } }),
    ],
  ])('are given for %s as clients of other servers read them', async (_, body) => {
    for (const path of ['/predict', '/invocations']) {
      const reply = await post(path, body());
      expect([reply.status, reply.json]).toEqual([200, { predictions: labels }]);
    }
  });

  test('have one form at /invocations, whatever the form of the rows', async () => {
    expect((await post('/invocations', { data: rows })).json).toEqual({ predictions: labels });
    const reply = await post('/invocations?proba=true', rows);
    expectNear((reply.json as { predictions: unknown }).predictions, probabilities);
  });

  test.each(['/predict_proba', '/predict?proba=true', '/predict?proba=1'])('are probabilities at %s', async (path) => {
    const reply = await post(path, { data: rows });
    expectNear((reply.json as { result: unknown }).result, probabilities);
  });

  test('are labels with proba=false', async () => {
    expect((await post('/predict?proba=false', { data: rows })).json).toEqual({ result: labels });
  });

  test('keep every digit of a double', async () => {
    const { json, text } = await post('/decision_function', [rows[0]]);
    const [score] = (json as { result: number[] }).result;
    expect(text).toBe(`{"result":[${score}]}`);
    expect(1 / (1 + Math.exp(-score!))).toBeCloseTo(probabilities[0]![1]!, 12);
  });

  test('are the same for a request larger than one run', async () => {
    const many = Array.from({ length: 290 }, (_, r) => rows[r % rows.length]);
    const reply = await post('/predict', many);
    expect(reply.json).toEqual({ result: many.map((_, r) => labels[r % rows.length]) });
  });

  test('are given for application/*+json, for text/json, with any parameter, and when no type is declared', async () => {
    const types = ['application/vnd.api+json', 'text/json', 'application/json; charset=UTF-8'];
    const more = ['application/json;charset="us-ascii"', 'application/json; profile="https://example.com/rows"; v=2;'];
    for (const type of [...types, ...more]) {
      expect((await post('/predict', rows, { 'content-type': type })).status).toBe(200);
    }
    expect((await send(serving.base, '/predict', { body: rows, headers: { 'content-type': [] } })).status).toBe(200);
  });
});

test('a single row by column name is answered as an array of one', async () => {
  expect((await post('/predict', JSON.stringify(record(rows[0] as number[])))).json).toEqual({ result: [labels[0]] });
});

test('what pandas writes without orient is refused with the orients that keep the order of the rows', async () => {
  const frame = Object.fromEntries(names.map((name) => [name, { 204: 1, 7: 2 }]));
  const { errors } = problem(await post('/predict', JSON.stringify(frame)));
  expect(errors![0]!.expected).toMatch(/to_json\(orient="records"\) or orient="split"/);
});

test('a byte order mark before the JSON is passed over', async () => {
  expect((await post('/predict', `\ufeff${JSON.stringify(rows)}`)).json).toEqual({ result: labels });
});

test('a whole address in the request line means its path', async () => {
  const { hostname, port } = new URL(serving.base);
  const ask = async (path: string) => (await reply(http.get({ hostname, port, path, agent: false }))).json;
  expect(await ask('http://example.com/livez')).toEqual({ live: true });
  expect(await ask('http://example.com')).toMatchObject({ server: 'slipway' });
  expect(await ask('ftp://example.com/livez')).toMatchObject({ status: 404 });
});

describe('wrong rows are refused with the pointer of the field', () => {
  const [row] = rows as [number[]];
  const changed = (column: number, value: unknown) => [row, row.map((old, c) => (c === column ? value : old))];
  test.each<[string, unknown, string, string, status?: number]>([
    ['a string', { data: changed(3, 'abc') }, '/data/1/3', 'the string "abc"'],
    ['null', { data: changed(0, null) }, '/data/1/0', 'null'],
    ['an object', changed(0, {}), '/1/0', 'an object'],
    ['too few values', { data: [row.slice(1)] }, '/data/0', '29'],
    ['too many values', { data: [[...row, 1]] }, '/data/0', '31'],
    ['an unknown name', [{ ...record(row), 'mean radios': 1 }], '/0/mean radios', '"mean radios", which the model'],
    ['a missing name', { instances: [{ 'mean radius': 1 }] }, '/instances/0/mean texture', 'nothing'],
    ['no rows', { data: [] }, '/data', 'an empty array'],
    ['a single row', row, '/0', String(row[0]), 400],
    ['a single row as data', { data: row }, '/data/0', String(row[0]), 400],
    ['a value of a single record', { ...record(row), 'mean area': 'x' }, '/mean area', 'the string "x"'],
    ['a single record that lacks a value', { 'mean radius': 1 }, '/mean texture', 'nothing'],
    ['a single record with another name', { ...record(row), radius: 1 }, '/radius', '"radius", which the model'],
    ['columns by the labels of an index', { 'mean radius': { 7: 1, 3: 2 } }, '', 'an object of columns', 400],
    ['data that is no array', { data: 'x' }, '/data', 'the string "x"', 400],
    ['another key', { rows }, '', 'an object with "rows"', 400],
    ['two keys', { data: rows, proba: true }, '', 'an object with "data", "proba"', 400],
    ['a number', 5, '', '5', 400],
    ['null as a document', null, '', 'null', 400],
    ['an empty object', {}, '', 'an empty object', 400],
    ['a column of another length', { columns: { ...sideBySide, 'mean radius': [1] } }, '/columns/mean radius', '1'],
    ['a column too few', { inputs: { 'mean radius': [1] } }, '/inputs/mean texture', 'nothing'],
    ['a column that is no array', { inputs: { 'mean radius': 1 } }, '/inputs/mean radius', '1', 400],
    ['a value of a column', { ...sideBySide, 'mean area': rows.map(() => 'x') }, '/mean area/0', 'the string "x"'],
    [
      'a name that the model does not have',
      { dataframe_split: { columns: ['x', ...names.slice(1)], data: rows } },
      '/dataframe_split/columns/0',
      '"x", which the model does not have',
    ],
    [
      'a value of a frame in another order',
      { dataframe_split: { columns: [...names].reverse(), data: [[...row.slice(1), 'x']] } },
      '/dataframe_split/data/0/29',
      'the string "x"',
    ],
    ['an unknown option', { instances: rows, params: { top: 3 } }, '/params', 'an object', 400],
    ['an unknown signature', { instances: rows, signature_name: 'x' }, '/signature_name', 'the string "x"', 400],
  ])('%s', async (_, body, pointer, got, status = 422) => {
    const reply = await post('/predict', JSON.stringify(body));
    expect(reply.status).toBe(status);
    const [first] = problem(reply).errors!;
    expect(first).toEqual({ pointer, expected: expect.any(String), got: expect.stringContaining(got) });
  });

  test('and show the right form', async () => {
    const { errors } = problem(await post('/predict', row));
    expect(errors![0]!.expected).toContain('{"data": [{"mean radius": 1, "mean texture": 1, ...}]}');
  });

  test('and list at most ten fields', async () => {
    const { errors } = problem(await post('/predict', [row.map(() => 'x')]));
    expect(errors).toHaveLength(10);
  });
});

describe('what is no request for a prediction is refused', () => {
  test.each<[string, string, number, RegExp]>([
    ['an unknown query', '/predict?probs=true', 400, /"probs=true" is not known; allowed is proba=true/],
    ['an unknown value of proba', '/predict?proba=yes', 400, /"proba=yes" is not known/],
    ['an unknown path', '/predictions', 404, /there is no \/predictions here; there are POST \/predict, /],
    ['the prototype of a path', '/__proto__', 404, /there is no \/__proto__/],
  ])('%s', async (_, path, status, detail) => {
    const reply = await post(path, rows);
    expect(reply.status).toBe(status);
    expect(problem(reply).detail).toMatch(detail);
  });

  test.each([
    ['GET', '/predict', 'POST'],
    ['DELETE', '/predict', 'POST'],
    ['POST', '/readyz', 'GET, HEAD'],
    ['OPTIONS', '/metrics', 'GET, HEAD'],
  ])('%s %s, with what is allowed', async (method, path, allow) => {
    const reply = await send(serving.base, path, { method });
    expect(reply.status).toBe(405);
    expect(reply.headers.allow).toBe(allow);
    expect(problem(reply).detail).toContain(`allowed: ${allow}`);
  });

  test("curl's default content type, saying what to send", async () => {
    const reply = await post('/predict', rows, { 'content-type': 'application/x-www-form-urlencoded' });
    expect(reply.status).toBe(415);
    expect(reply.headers.accept).toBe('application/json, text/csv');
    expect(problem(reply).detail).toContain("-H 'content-type: application/json'");
  });

  test.each([
    [{ 'content-type': 'application/json; charset=latin1' }],
    [{ 'content-type': 'application/json; v=1; CHARSET="utf-16"' }],
    [{ 'content-type': 'application/json, text/csv' }],
    [{ 'content-type': 'application/octet-stream' }],
    [{ 'content-encoding': 'br' }],
  ])('%j', async (headers) => {
    expect((await post('/predict', rows, headers)).status).toBe(415);
  });

  test('a POST without a body', async () => {
    const reply = await send(serving.base, '/predict', { method: 'POST', headers: JSON_HEADERS, body: undefined });
    expect([400, 411]).toContain(reply.status);
    expect(problem(reply).detail).toMatch(/body is empty|has no body/);
  });

  test('more rows than may ever wait, which no retry would help', async () => {
    const reply = await post('/predict', JSON.stringify(Array(301).fill([1])));
    expect(reply.status).toBe(413);
    expect(problem(reply).detail).toBe('301 rows in one request; at most 300 are taken');
  });

  test('a method that the model does not have, with those it has', async () => {
    const { manifest, directory, digest } = modelPackage;
    const outputs = manifest.signature.outputs.filter((output) => output.name !== 'predict_proba');
    const package_ = { directory, digest, manifest: { ...manifest, signature: { ...manifest.signature, outputs } } };
    const other = await startServing({ package_ });
    const reply = await send(other.base, '/predict?proba=true', { body: rows });
    expect(reply.status).toBe(400);
    expect(problem(reply).detail).toBe(
      'this model has no predict_proba; it has POST /predict, POST /decision_function',
    );
  });
});
