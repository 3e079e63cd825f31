/** A version of a function that no client gets to yet, judged by invocations: the real function, behind a stand-in for Lambda's API. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CLOCK, checkEndpoint } from '../../lambda/verification/checks';
import { invoking } from '../../lambda/verification/invoke';
import { lambdaApi } from '../../lambda/verification/lambda-api';
import { writeFunctionBundle } from '../../lib/artifacts/function-bundle';
import { readModelPackage } from '../../lib/model/package/model-package';
import type { Judged } from '../../lib/model/stage/deployment';
import { FunctionProcess } from '../../testing/function/runtime-api';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../example';

jest.setTimeout(60_000);

const VERSION = 'arn:aws:lambda:eu-west-1:111111111111:function:credit:7';
const example = readModelPackage(EXAMPLE_MODEL);
const loan = readModelPackage(LOAN_MODEL);

let running: FunctionProcess;
let api: Server;
const asked: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
/** What Lambda says instead of invoking. */
let instead: { readonly status: number; readonly headers?: Record<string, string>; readonly body: string } | undefined;
const before = process.env.AWS_ENDPOINT_URL_LAMBDA;

beforeAll(async () => {
  const bundle = temporaryFolder();
  writeFunctionBundle(bundle, example);
  running = await FunctionProcess.start(bundle);
  api = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asked.push({ path: decodeURIComponent(request.url!), headers: request.headers });
    if (instead) return response.writeHead(instead.status, instead.headers).end(instead.body);
    const result = await running.invoke(JSON.parse(Buffer.concat(chunks).toString()));
    response.end(JSON.stringify(result));
  });
  await new Promise<void>((listening) => api.listen(0, '127.0.0.1', listening));
  process.env.AWS_ENDPOINT_URL_LAMBDA = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
});

afterAll(async () => {
  if (before === undefined) delete process.env.AWS_ENDPOINT_URL_LAMBDA;
  else process.env.AWS_ENDPOINT_URL_LAMBDA = before;
  api?.closeAllConnections();
  api?.close();
  await running?.stop();
});

beforeEach(() => {
  instead = undefined;
  asked.splice(0);
});

const { CloudFormationClient } =
  require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation');
const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' };
const { config } = new CloudFormationClient({ region: 'eu-west-1', credentials });

const judged = (change: Partial<Judged> = {}): Judged => ({
  url: 'https://abc.execute-api.eu-west-1.amazonaws.com',
  anyAuthority: false,
  package: { name: 'breast-cancer', digest: example.digest, bucket: 'assets', objects: {} },
  fleet: '7',
  p99Ms: 5000,
  function: VERSION,
  closed: false,
  endpoint: 'credit-dev',
  ...change,
});
/** No time passes, so that nothing is tried for minutes. */
const impatient = {
  ...CLOCK,
  wait: async () => {},
  now: (() => {
    let now = 0;
    return () => (now += 60_000);
  })(),
};
const check = (package_ = example, change: Partial<Judged> = {}) =>
  checkEndpoint(judged(change), package_, { through: invoking(VERSION, lambdaApi(config)) }, impatient);

test('a version whose golden rows hold is found good, by signed invocations of it alone', async () => {
  expect(await check()).toMatch(/^\d+ golden rows hold, p99 of 300 requests [\d.]+ ms$/);
  expect(new Set(asked.map(({ path }) => path))).toEqual(new Set([`/2015-03-31/functions/${VERSION}/invocations`]));
  expect(asked[0]!.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=id\/\d{8}\/eu-west-1\/lambda\//);
});

test('a version that serves another package fails the deployment', async () => {
  await expect(check(loan)).rejects.toMatchObject({
    code: 'E_PARITY',
    message: expect.stringContaining('the endpoint serves no model "loan"'),
  });
});

test('a wrong answer fails the deployment with the row', async () => {
  const golden = { ...example.golden!, predict: [...example.golden!.predict!].reverse() };
  await expect(check({ ...example, golden })).rejects.toMatchObject({
    code: 'E_PARITY',
    message: expect.stringMatching(/\d+ of \d+ golden rows do not hold: row /),
  });
});

test('some golden rows are enough where all have held before, so that an HTTP API with a limit lets them through', async () => {
  const many = <T>(rows: readonly T[]) => Array.from({ length: 40 }, () => rows).flat();
  const golden = Object.fromEntries(Object.entries(example.golden!).map(([name, rows]) => [name, many(rows)])) as never;
  await check({ ...example, golden });
  const all = asked.splice(0).length;
  expect(await check({ ...example, golden }, { unhurried: true })).toBe('64 golden rows hold');
  expect(asked.length).toBeLessThan(20);
  expect(all).toBeGreaterThan(300 + 3 * asked.length);
});

test('an environment that does not start is told with what it said, at once', async () => {
  const said = { errorType: 'Error', errorMessage: 'loan: 3 golden answers do not hold; nothing is served' };
  instead = { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body: JSON.stringify(said) };
  await expect(check()).rejects.toMatchObject({
    code: 'E_PARITY',
    message: 'the function fails: Error: loan: 3 golden answers do not hold; nothing is served; its log has more',
  });
  expect(asked).toHaveLength(1);
});

test('a version that Lambda is still making ready is asked again', async () => {
  instead = { status: 409, body: '{"message":"The function is currently in the following state: Pending"}' };
  await expect(check()).rejects.toMatchObject({
    code: 'E_UNREACHABLE',
    message: expect.stringContaining('Lambda answered 409'),
  });
  expect(asked.length).toBeGreaterThan(1);
});

test('a function that is no endpoint is told', async () => {
  instead = { status: 200, body: '"hello"' };
  await expect(check()).rejects.toMatchObject({ message: 'the function gives back no answer of HTTP: "hello"' });
});
