import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type FunctionHandler, start } from '../../../lambda/inference/function';
import type { HttpEvent, HttpResult } from '../../../lambda/inference/invocations/http-event';
import { InvokedRequest } from '../../../lambda/inference/invocations/invoked-request';
import { writeFunctionBundle } from '../../../lib/artifacts/function-bundle';
import { fromEnvironment, toEnvironment } from '../../../lib/model/instance/handler-environment';
import { readModelPackage } from '../../../lib/model/package/model-package';
import { FakeHttpApi } from '../../../testing/function/http-api';
import { FunctionProcess } from '../../../testing/function/runtime-api';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { LOAN_MODEL } from '../../example';
import { type Sending, send } from './http-client';
import { MODEL, modelPackage, rows, type Serving, startServing, stopServings } from './serving';

jest.setTimeout(60_000);

const names = modelPackage.manifest.signature.columns.map(({ name }) => name);
const records = rows.map((row) => Object.fromEntries(row.map((value, i) => [names[i], value])));
const csv = rows.map((row) => row.join(',')).join('\n');
const numbers = Buffer.alloc(8 * rows.length * names.length);
rows.flat().forEach((value, i) => {
  numbers.writeDoubleLE(value, 8 * i);
});
const tensors = (more: object) => ({
  inputs: [{ name: 'input', datatype: 'FP64', shape: [rows.length, names.length], ...more }],
});
const binaryHead = JSON.stringify(tensors({ parameters: { binary_data_size: numbers.length } }));
const binary: Sending = {
  body: Buffer.concat([Buffer.from(binaryHead), numbers]),
  headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': binaryHead.length },
};
const INFER = '/v2/models/breast-cancer/infer';

const asked: readonly (readonly [string, string, Sending])[] = [
  ['labels of rows', '/predict', { body: { data: rows } }],
  ['probabilities of records', '/predict_proba', { body: records }],
  ['scores', '/decision_function', { body: { data: rows } }],
  ['rows of CSV', '/invocations', { body: csv, headers: { 'content-type': 'text/csv' } }],
  ['CSV for CSV', '/invocations', { body: csv, headers: { 'content-type': 'text/csv', accept: 'text/csv' } }],
  ['tensors', INFER, { body: tensors({ data: rows.flat() }) }],
  ['binary tensors', INFER, binary],
  [
    'a compressed body',
    '/predict',
    { body: gzipSync(JSON.stringify(records)), headers: { 'content-encoding': 'gzip' } },
  ],
  [
    'a large answer for who takes gzip',
    '/predict_proba',
    { body: { data: Array.from({ length: 40 }, () => rows).flat() }, headers: { 'accept-encoding': 'gzip' } },
  ],
  ['a query', '/predict?x=%3F', { body: { data: rows } }],
  ['its models', '/v2/models', {}],
  ['whether it predicts', '/readyz', {}],
  ['its document', '/openapi.json', {}],
  ['its page', '/docs', {}],
  ['a column too few', '/predict', { body: [[1]] }],
  ['text that is no number', INFER, { body: tensors({ data: ['x'] }) }],
  ['a body that is no JSON', '/predict', { body: '{' }],
  ['a body of another kind', '/predict', { body: 'x', headers: { 'content-type': 'application/pdf' } }],
  ['no body', '/predict', { method: 'POST', headers: { 'content-length': '0' } }],
  ['no route', '/nothing', {}],
  ['another method', '/predict', {}],
];

const shown = ({ status, headers, bytes }: Awaited<ReturnType<typeof send>>) => ({
  status,
  headers: Object.fromEntries(
    Object.entries(headers).filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name)),
  ),
  bytes: bytes.toString('latin1'),
});

function bundle(package_ = modelPackage): string {
  const folder = temporaryFolder();
  writeFunctionBundle(folder, package_);
  return folder;
}

describe('the function of a bundle, by the runtime API', () => {
  let server: Serving;
  let running: FunctionProcess;
  let api: FakeHttpApi;
  beforeAll(async () => {
    server = await startServing();
    running = await FunctionProcess.start(bundle());
    api = await FakeHttpApi.start((event) => running.invoke(event));
  });
  afterAll(async () => {
    await api?.stop();
    await running?.stop();
    await stopServings();
  });

  test.each(asked)('answers bit for bit as the server: %s', async (_, path, sending) => {
    const [expected, got] = await Promise.all([server.base, api.base].map((base) => send(base, path, sending)));
    expect(shown(got!)).toEqual(shown(expected!));
  });

  test('names the package that it serves, and the native engine', async () => {
    const { json } = await send(api.base, '/v2/models/breast-cancer');
    expect(json).toMatchObject({
      versions: [modelPackage.digest.slice(0, 12)],
      parameters: { engine: expect.stringContaining('native') },
    });
  });

  test('gives back the golden answers', async () => {
    const got = await send(api.base, '/predict', { body: { data: rows } });
    expect(got.json).toEqual({ result: modelPackage.golden!.predict });
  });

  test('says that its event is none where it is called by somebody else', async () => {
    await expect(running.invoke({ hello: 'world' })).rejects.toThrow('payload format 2.0');
    expect((await send(api.base, '/livez')).status).toBe(200);
  });
});

test('a function with a golden row that does not hold never answers', async () => {
  const folder = bundle(readModelPackage(LOAN_MODEL));
  const file = join(folder, 'golden.json');
  const golden = JSON.parse(readFileSync(file, 'utf8'));
  golden.predict_proba[0].reverse();
  const text = JSON.stringify(golden);
  writeFileSync(file, text);
  const described = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(described, 'utf8'));
  Object.assign(manifest.golden, {
    bytes: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
  });
  writeFileSync(described, JSON.stringify(manifest));
  const running = await FunctionProcess.start(folder);
  try {
    await expect(running.invoke({})).rejects.toThrow('golden answers do not hold');
  } finally {
    await running.stop();
  }
});

describe('a function in this process', () => {
  const event = (path: string, more: Partial<HttpEvent> = {}): HttpEvent => ({
    version: '2.0',
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', ...more.headers },
    requestContext: { http: { method: more.body === undefined ? 'GET' : 'POST' } },
    isBase64Encoded: false,
    ...(more.body !== undefined && { body: more.body }),
  });
  const lines: Record<string, unknown>[] = [];
  let invocation = 0;
  const ask = (handler: FunctionHandler, asked: HttpEvent): Promise<HttpResult> =>
    handler(asked, { awsRequestId: `invocation-${invocation++}` });
  const started = (environment: NodeJS.ProcessEnv, read?: (name: string) => Promise<string>) =>
    start({
      environment: { SLIPWAY_MODEL: MODEL, ...environment },
      write: (line) => lines.push(JSON.parse(line)),
      ...(read && { read }),
    });
  beforeEach(() => lines.splice(0));
  afterEach(() => jest.restoreAllMocks());

  test('refuses a body above its limit with the number', async () => {
    const settings = fromEnvironment({ SLIPWAY_MODEL: MODEL, SLIPWAY_MAXIMUM_BODY_BYTES: '1000' });
    const handler = await started(toEnvironment(settings));
    const { statusCode, headers, body } = await ask(handler, event('/predict', { body: JSON.stringify(records) }));
    expect([statusCode, headers['content-type']]).toEqual([413, 'application/problem+json']);
    expect(JSON.parse(body).detail).toContain('1000 bytes');
  });

  test.each(['/predict', '/v2/models/loan/infer'])('says of %s that Lambda would not take its answer', (path) => {
    const answered = (body: string | Buffer, more: object = {}) => {
      const request = new InvokedRequest(event(path), 'id', 1000);
      request.answer({ status: 200, type: 'application/json', body, ...more });
      return request.result!;
    };
    const refused = answered('"'.repeat(3_200_000)); // each is two characters in the text of the result
    expect([refused.statusCode, refused.body]).toEqual([413, expect.stringContaining('gives back 6291456 at most')]);
    expect(refused.headers['content-type']).toBe(path === '/predict' ? 'application/problem+json' : 'application/json');
    expect(answered(Buffer.alloc(4_700_000)).statusCode).toBe(200);
    expect(answered(Buffer.alloc(4_800_000)).statusCode).toBe(413); // 6,400,000 of base64
    expect(answered('1'.repeat(6_200_000)).statusCode).toBe(200);
  });

  test('tells its metrics with the first invocation, and not with each', async () => {
    const handler = await started({ SLIPWAY_ENDPOINT: 'breast.example.com' });
    const body = JSON.stringify({ data: rows });
    for (let i = 0; i < 3; i++) await ask(handler, event('/predict', { body }));
    const told = () => lines.filter(({ event }) => event === 'handler metrics');
    expect(told()).toEqual([expect.objectContaining({ Endpoint: 'breast.example.com', Rows: rows.length })]);
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 61_000);
    await ask(handler, event('/predict', { body }));
    expect(told()[1]).toMatchObject({ Rows: 3 * rows.length });
  });

  test('lets in by keys of a parameter, and reads it again after five minutes', async () => {
    const folder = temporaryFolder();
    const hash = (key: string) => createHash('sha256').update(key).digest('hex');
    const keys: Record<string, string> = { '/credit/keys': `clinic sha256:${hash('first-key-0123456789')}\n` };
    const file = join(folder, 'access', 'keys');
    mkdirSync(join(folder, 'access'));
    const handler = await started(
      { SLIPWAY_KEYS_FILE: file, SLIPWAY_PARAMETERS: JSON.stringify({ [file]: '/credit/keys' }) },
      async (name) => keys[name]!,
    );
    const body = JSON.stringify({ data: rows });
    const status = async (key?: string) =>
      (await ask(handler, event('/predict', { body, ...(key && { headers: { 'x-api-key': key } }) }))).statusCode;
    expect([await status(), await status('first-key-0123456789'), await status('other')]).toEqual([401, 200, 401]);
    expect(lines.find(({ event }) => event === 'request')).toMatchObject({
      requestId: expect.stringMatching(/^invocation-/),
    });
    keys['/credit/keys'] = `clinic sha256:${hash('second-key-0123456789')}\n`;
    expect(await status('first-key-0123456789')).toBe(200);
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 301_000);
    expect([await status('first-key-0123456789'), await status('second-key-0123456789')]).toEqual([401, 200]);
  });

  test('does not start without its keys', async () => {
    const file = join(temporaryFolder(), 'keys');
    const environment = { SLIPWAY_KEYS_FILE: file, SLIPWAY_PARAMETERS: JSON.stringify({ [file]: '/credit/keys' }) };
    const refused = async () => Promise.reject(new Error('access denied'));
    await expect(started(environment, refused)).rejects.toThrow('access denied');
    expect(lines).toContainEqual(expect.objectContaining({ level: 'error', event: 'failed' }));
  });
});
