/** The very bundle that AWS Lambda runs, in a process of its own, with CloudFormation and AWS played by this test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type Server } from 'node:http';
import { request as askHttps, createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { localCertificate } from '../../bin/local/certificate';
import { type LocalEndpoint, startLocalEndpoint } from '../../bin/local/endpoint';
import {
  type MemberPackages,
  writeFleetVerificationBundle,
  writeVerificationBundle,
} from '../../lib/artifacts/verification-bundle';
import { apiKeyLine } from '../../lib/model/formats/api-keys';
import { sha256 } from '../../lib/model/formats/digest';
import { readModelPackage } from '../../lib/model/package/model-package';
import type { Judged } from '../../lib/model/stage/deployment';
import { shiftedPackage } from '../../testing/shifted-package';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../example';

const modelPackage = readModelPackage(EXAMPLE_MODEL);
const KEY = 'slipway_deployment';
const workspace = temporaryFolder();
const bundle = temporaryFolder();
const servers: Server[] = [];
const endpoints: LocalEndpoint[] = [];
let open: LocalEndpoint;
let closed: LocalEndpoint;
let answers: URL;
let aws: URL;
/** Bodies that the function has sent to CloudFormation. */
const answered: Record<string, unknown>[] = [];
const asked: string[] = [];
let status = 'UPDATE_IN_PROGRESS';
let outputs = '';

async function freePort(): Promise<number> {
  const server = createHttp().listen(0, 'localhost');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((ended) => server.close(ended));
  return port;
}

async function serve(folder: string, access?: { apiKeys: string }): Promise<LocalEndpoint> {
  const options = { port: await freePort(), workspace: join(workspace, 'serve'), access };
  const endpoint = await startLocalEndpoint(readModelPackage(folder), options);
  endpoints.push(endpoint);
  return endpoint;
}

async function listen(server: Server, scheme: string): Promise<URL> {
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, 'localhost', () => listening()));
  return new URL(`${scheme}://localhost:${(server.address() as AddressInfo).port}/answer`);
}

const text = async (request: AsyncIterable<Buffer>) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

/** CloudFormation and Parameter Store, as far as the function asks them. */
const fakeAws = createHttp(async (request, response) => {
  const body = await text(request);
  const target = request.headers['x-amz-target'];
  asked.push(target === undefined ? new URLSearchParams(body).get('Action')! : `${target} ${body}`);
  if (target !== undefined) return response.end(JSON.stringify({ Parameter: { Value: `${KEY}\n` } }));
  return response
    .writeHead(200, { 'content-type': 'text/xml' })
    .end(
      `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>s</StackName><CreationTime>2026-11-29T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus><Outputs>${outputs}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    );
});

let certificate: string;

beforeAll(async () => {
  const keys = join(workspace, 'keys.txt');
  writeFileSync(keys, `${apiKeyLine('deployment', KEY)}\n`);
  open = await serve(EXAMPLE_MODEL);
  closed = await serve(EXAMPLE_MODEL, { apiKeys: keys });
  const files = await localCertificate(join(workspace, 'serve', 'tls'));
  certificate = files.certificate;
  const bucket = createHttps({ cert: readFileSync(files.certificate), key: readFileSync(files.key) });
  bucket.on('request', async (request, response) => {
    answered.push(JSON.parse(await text(request)));
    response.end();
  });
  answers = await listen(bucket as unknown as Server, 'https');
  aws = await listen(fakeAws, 'http');
  writeVerificationBundle(bundle, modelPackage);
}, 60_000);

afterAll(async () => {
  for (const { child } of running.values()) child.kill();
  for (const server of servers) server.close();
  await Promise.all(endpoints.map((endpoint) => endpoint.stop()));
});

const stored = (digest: string) => ({ name: 'breast-cancer', digest, bucket: 'assets', objects: {} });

function judged(change: Partial<Judged>): Judged {
  return {
    url: open.url.href,
    anyAuthority: true,
    package: stored(modelPackage.digest),
    fleet: '1',
    p99Ms: 1000,
    closed: false,
    endpoint: 'credit.example.com',
    ...change,
  };
}

interface Called {
  readonly settings?: Partial<Judged>;
  readonly old?: Partial<Judged>;
  readonly type?: string;
  readonly folder?: string;
  readonly task?: 'verify' | 'probe';
  readonly probed?: string;
}

const ENDED = 'the call has ended';
const PROGRAM = `process.on('message', (event) => require('./function.js').handler(event).then(() => console.log('${ENDED}')))`;

interface Running {
  readonly child: ChildProcess;
  readonly lines: Interface;
}

/** By the folder of the bundle; as AWS Lambda does, a process is kept for further calls. */
const running = new Map<string, Running>();

function start(folder: string): Running {
  const env = {
    PATH: process.env.PATH,
    NODE_EXTRA_CA_CERTS: certificate,
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: aws.origin,
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  const child = spawn(process.execPath, ['-e', PROGRAM], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const started = { child, lines: createInterface(child.stdout!) };
  running.set(folder, started);
  return started;
}

/** The log of a call. */
function invoke({ child, lines }: Running, event: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const log: string[] = [];
    const ended = (code: number | null) => reject(new Error(`exit status ${code}`));
    const line = (text: string) => {
      if (text !== ENDED) return void log.push(text);
      lines.off('line', line);
      child.off('exit', ended);
      resolve(log.join('\n'));
    };
    lines.on('line', line);
    child.once('exit', ended);
    child.send(event);
  });
}

/** What CloudFormation is told, and the function's log. */
async function call({ settings = {}, old, type = 'Update', folder = bundle, task = 'verify', probed }: Called = {}) {
  const properties = (of: Partial<Judged>) => ({
    Task: task,
    Settings: JSON.stringify(judged(of)),
    ...(probed && { Probed: probed }),
  });
  const event = {
    RequestType: type,
    ResponseURL: answers.href,
    StackId: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/s/1',
    RequestId: 'request',
    LogicalResourceId: 'Verification',
    ResourceProperties: properties(settings),
    ...(old && { OldResourceProperties: properties(old) }),
  };
  asked.length = answered.length = 0;
  const log = await invoke(running.get(folder) ?? start(folder), event);
  expect(answered).toHaveLength(1);
  return { answer: answered[0]!, log };
}

test('a deployment that serves the package, with its answers, in time', async () => {
  const { answer, log } = await call();
  expect(answer).toEqual({
    Status: 'SUCCESS',
    Data: { PreviousPackage: 'none' },
    StackId: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/s/1',
    RequestId: 'request',
    LogicalResourceId: 'Verification',
    PhysicalResourceId: 'Verification',
  });
  expect(log).toMatch(/golden rows hold, p99 of 300 requests [\d.]+ ms/);
  expect(asked).toEqual(['DescribeStacks']);
});

test('a name without a record is asked at the load balancer, and stays the name of the request', async () => {
  const { port } = open.url;
  const { answer } = await call({ settings: { url: `https://credit.example.com:${port}`, connectTo: 'localhost' } });
  expect(answer).toMatchObject({ Status: 'SUCCESS' });
});

test('of two models behind one name each is judged by its own rows, whatever part of the requests it has', async () => {
  const loan = readModelPackage(LOAN_MODEL);
  const challenger = await serve(LOAN_MODEL);
  // a load balancer that gives every other request to the challenger, and those that name a variant to that one
  let turn = 0;
  const { certificate: cert, key } = await localCertificate(join(workspace, 'serve', 'tls'));
  const balancer = createHttps({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
    const named = request.headers['x-amzn-sagemaker-target-variant'];
    const second = named === undefined ? turn++ % 2 === 1 : named === 'challenger';
    const to = new URL(request.url!, (second ? challenger : open).url);
    const options = { method: request.method!, headers: request.headers, rejectUnauthorized: false };
    request.pipe(
      askHttps(to, options, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      }),
    );
  });
  const { origin } = await listen(balancer as unknown as Server, 'https');
  const folder = temporaryFolder();
  writeVerificationBundle(folder, loan);
  const of = { url: `${origin}/`, package: { ...stored(loan.digest), name: 'loan' } };
  expect((await call({ settings: { ...of, variant: 'challenger' }, folder })).answer).toMatchObject({
    Status: 'SUCCESS',
  });
  expect((await call({ settings: { url: of.url } })).answer).toMatchObject({ Status: 'SUCCESS' });
  expect((await call({ settings: of, folder })).answer).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringContaining('the endpoint serves no model "loan"'),
  });
}, 60_000);

describe('of a fleet', () => {
  const loan = readModelPackage(LOAN_MODEL);
  const folder = temporaryFolder();
  const output = (key: string, value: string) =>
    `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll('"', '&quot;')}</OutputValue></member>`;
  beforeAll(() => {
    const members: [string, MemberPackages][] = [
      ['cancer', [modelPackage]],
      ['credit-risk', [loan]],
      ['versioned', [modelPackage, shiftedPackage(EXAMPLE_MODEL, join(temporaryFolder(), 'second'), { by: 1 })]],
    ];
    writeFleetVerificationBundle(folder, new Map(members));
  });
  afterEach(() => {
    outputs = '';
  });

  test('a version of one that the endpoint does not serve fails the deployment', async () => {
    const { answer } = await call({ settings: { member: 'versioned' }, folder });
    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/the endpoint serves breast-cancer \S+ instead of breast-cancer [0-9a-f]{64}/),
    });
  });

  test('each model is judged by its own golden rows, and a failure says of which it is', async () => {
    const right = await call({ settings: { member: 'cancer' }, folder });
    expect(right.answer).toMatchObject({ Status: 'SUCCESS' });
    const wrong = await call({ settings: { member: 'credit-risk' }, folder });
    expect(wrong.answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/^credit-risk: the endpoint serves no model "loan" instead of loan [0-9a-f]{64}$/),
    });
  });

  test('the package before is that of its own outputs', async () => {
    outputs = output('PreviousPackageOfcancer', 'an older one') + output('PreviousPackage', 'of nobody');
    const { answer } = await call({ settings: { member: 'cancer' }, folder });
    expect(answer.Data).toEqual({ PreviousPackage: 'an older one' });
  });

  test('a model that another resource has judged until now goes back to the package that the stack has', async () => {
    const before = JSON.stringify(stored('b'.repeat(64)));
    outputs = output('PackageOfcancer', before) + output('PreviousPackageOfcancer', 'an older one');
    const { answer } = await call({ settings: { member: 'cancer' }, folder, type: 'Create' });
    expect(answer.Data).toEqual({ PreviousPackage: before });
    outputs = output('PackageOfcancer', JSON.stringify(stored(modelPackage.digest)));
    const same = await call({ settings: { member: 'cancer' }, folder, type: 'Create' });
    expect(same.answer.Data).toEqual({ PreviousPackage: 'none' });
  });
});

test('another package is told of with both digests', async () => {
  const folder = temporaryFolder();
  writeVerificationBundle(folder, readModelPackage(LOAN_MODEL));
  const { answer } = await call({ folder });
  expect(answer).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringMatching(/^the endpoint serves no model "loan" instead of loan [0-9a-f]{64}$/),
  });
});

test('a wrong answer is told of with its row and column', async () => {
  const folder = temporaryFolder();
  writeVerificationBundle(folder, modelPackage);
  const golden = JSON.parse(readFileSync(join(folder, 'package/golden.json'), 'utf8'));
  golden.predict_proba[2] = golden.predict_proba[2].toReversed();
  const changed = JSON.stringify(golden);
  const manifest = JSON.parse(readFileSync(join(folder, 'package/manifest.json'), 'utf8'));
  manifest.golden = { ...manifest.golden, sha256: sha256(changed), bytes: Buffer.byteLength(changed) };
  writeFileSync(join(folder, 'package/golden.json'), changed);
  writeFileSync(join(folder, 'package/manifest.json'), JSON.stringify(manifest));
  const { answer } = await call({ folder });
  expect(answer).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringMatching(/; 1 of 32 golden rows do not hold: row 2, predict_proba, column 0 \(\d\): expected/),
  });
});

test('a p99 beyond the plan fails three times before it counts', async () => {
  const { answer } = await call({ settings: { p99Ms: -19.999 } });
  expect(answer).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringMatching(/^too slow: (p99 of 300 requests [\d.]+ ms(, )?){3}; the plan allows for -19.999 ms/),
  });
});

describe('with access control', () => {
  test('the deployment key is read, used and told to nobody', async () => {
    const settings = {
      url: closed.url.href,
      closed: true,
      deploymentKey: '/slipway/prod/deployment-key',
      anyAuthority: false,
    };
    const { answer, log } = await call({ settings });
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(asked).toContain('AmazonSSM.GetParameter {"Name":"/slipway/prod/deployment-key","WithDecryption":true}');
    expect(JSON.stringify(answer) + log).not.toContain(KEY);
  });

  test('without a key it sees that the endpoint is ready and closed', async () => {
    const { answer, log } = await call({ settings: { url: closed.url.href, closed: true } });
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(log).toMatch(/ready and closed; golden rows were not sent/);
  });

  test('one that lets in named callers alone is not asked, which would only fail', async () => {
    const { answer, log } = await call({ settings: { url: 'https://127.0.0.1:9', limited: true } });
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(log).toMatch(/not asked, since the load balancer lets named callers in alone/);
  });

  test('an endpoint that should be closed and is open fails the deployment', async () => {
    const { answer } = await call({ settings: { closed: true } });
    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/to a caller without a key instead of 401/),
    });
  });
});

describe('of an internal endpoint', () => {
  afterEach(() => {
    status = 'UPDATE_IN_PROGRESS';
  });

  test('one function looks from within, and asks nobody else', async () => {
    const { answer } = await call({ task: 'probe' });
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    const { Probed } = answer.Data as { Probed: string };
    expect(JSON.parse(Probed)).toEqual({ seen: expect.stringMatching(/golden rows hold, p99 of 300 requests/) });
    expect(asked).toEqual([]);
  });

  test('it never fails, so that it holds up no deployment that is taken back', async () => {
    const { answer } = await call({ task: 'probe', settings: { p99Ms: -19.999 } });
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    const { Probed } = answer.Data as { Probed: string };
    expect(JSON.parse(Probed)).toEqual({ problem: expect.stringMatching(/^too slow: /) });
  });

  const NOWHERE = { url: 'https://127.0.0.1:9', limited: true };

  test('the other one judges by what it saw', async () => {
    const good = await call({ settings: NOWHERE, probed: '{"seen":"32 golden rows hold"}' });
    expect(good.answer).toMatchObject({ Status: 'SUCCESS' });
    expect(good.log).toContain('32 golden rows hold');
    const bad = await call({ settings: NOWHERE, probed: '{"problem":"1 of 32 golden rows do not hold"}' });
    expect(bad.answer).toMatchObject({ Status: 'FAILED', Reason: '1 of 32 golden rows do not hold' });
  });

  test('but lets a deployment go back, whatever it saw', async () => {
    status = 'UPDATE_ROLLBACK_IN_PROGRESS';
    const { answer } = await call({ settings: NOWHERE, probed: '{"problem":"1 of 32 golden rows do not hold"}' });
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
  });
});

describe('the package before', () => {
  /** Judged at once. */
  const unkeyed = () => ({ url: closed.url.href, closed: true });

  afterEach(() => {
    status = 'UPDATE_IN_PROGRESS';
    outputs = '';
  });

  test('is the one that an update replaces', async () => {
    const { answer } = await call({ settings: unkeyed(), old: { package: stored('f'.repeat(64)) } });
    expect(answer).toMatchObject({ Data: { PreviousPackage: JSON.stringify(stored('f'.repeat(64))) } });
  });

  test('stays while the package stays', async () => {
    outputs =
      '<member><OutputKey>PreviousPackage</OutputKey><OutputValue>{&quot;name&quot;:&quot;old&quot;}</OutputValue></member>';
    const { answer } = await call({ settings: unkeyed(), old: { p99Ms: 1 } });
    expect(answer).toMatchObject({ Data: { PreviousPackage: '{"name":"old"}' } });
  });

  test('stays when an update is taken back, which nothing may hold up', async () => {
    status = 'UPDATE_ROLLBACK_IN_PROGRESS';
    outputs = '<member><OutputKey>PreviousPackage</OutputKey><OutputValue>before</OutputValue></member>';
    const settings = { url: 'https://localhost:1' };
    const { answer } = await call({ settings, old: { package: stored('f'.repeat(64)) } });
    expect(answer).toMatchObject({ Status: 'SUCCESS', Data: { PreviousPackage: 'before' } });
  });
});

test('a stack that goes is not asked anything', async () => {
  const { answer } = await call({ type: 'Delete', settings: { url: 'https://localhost:1' } });
  expect(answer).toMatchObject({ Status: 'SUCCESS' });
  expect(asked).toEqual([]);
});
