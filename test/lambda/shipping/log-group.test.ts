/** The SDK against a service of this process. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs';
import { CloudWatchLogGroup, RefusedError } from '../../../lambda/shipping/log-group';
import { DUAL_STACK_ENDPOINTS } from '../../../lib/constructs/boot/dual-stack';

type HttpHandler = Extract<CloudWatchLogsClientConfig['requestHandler'], { handle: unknown }>;
type Answer = (action: string, body: Record<string, unknown>) => { status?: number; body?: object; date?: string };

let server: http.Server;
let answer: Answer;
let asked: { action: string; body: Record<string, unknown> }[];

beforeEach(async () => {
  asked = [];
  answer = () => ({});
  server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const action = String(request.headers['x-amz-target']).split('.')[1]!;
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    asked.push({ action, body });
    const { status = 200, body: text = {}, date = new Date().toUTCString() } = answer(action, body);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', date }).end(JSON.stringify(text));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const group = () =>
  new CloudWatchLogGroup('the-group', {
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });

const EVENTS = [
  { timestamp: 1, message: 'one' },
  { timestamp: 2, message: 'two' },
  { timestamp: 3, message: 'three' },
];

test('puts events into the stream', async () => {
  await expect(group().put('i-1/handler', EVENTS)).resolves.toBe(3);
  expect(asked).toEqual([
    {
      action: 'PutLogEvents',
      body: { logGroupName: 'the-group', logStreamName: 'i-1/handler', logEvents: EVENTS },
    },
  ]);
});

test.each([{}, { status: 400, body: { __type: 'ResourceAlreadyExistsException' } }])(
  'makes a stream that is missing, whether or not somebody else does so too, and puts them again',
  async (made) => {
    let there = false;
    answer = (action) => {
      if (action === 'CreateLogStream') {
        there = true;
        return made;
      }
      return there ? {} : { status: 400, body: { __type: 'ResourceNotFoundException', message: 'no stream' } };
    };
    await expect(group().put('i-1/boot', EVENTS)).resolves.toBe(3);
    expect(asked.map(({ action }) => action)).toEqual(['PutLogEvents', 'CreateLogStream', 'PutLogEvents']);
  },
);

test.each([
  [{ tooOldLogEventEndIndex: 1 }, 2],
  [{ tooOldLogEventEndIndex: 1, expiredLogEventEndIndex: 2 }, 1],
  [{ tooNewLogEventStartIndex: 2 }, 2],
  [{ tooOldLogEventEndIndex: 2, tooNewLogEventStartIndex: 2 }, 0],
])('of what is refused in part (%j) %d are counted as taken', async (rejectedLogEventsInfo, taken) => {
  answer = () => ({ body: { rejectedLogEventsInfo } });
  await expect(group().put('s', EVENTS)).resolves.toBe(taken);
});

test.each([
  ['InvalidParameterException', true],
  ['AccessDeniedException', false],
  ['ServiceUnavailableException', false],
])('%s: in vain for ever: %s', async (type, forever) => {
  answer = () => ({ status: 400, body: { __type: type, message: 'no' } });
  const failure: unknown = await group()
    .put('s', EVENTS)
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(failure instanceof RefusedError).toBe(forever);
});

test.each([0, 3600, -3600])('knows how far the clock of the service is ahead: %d s', async (ahead) => {
  answer = () => ({ date: new Date(Date.now() + ahead * 1000).toUTCString() });
  const asking = group();
  expect(asking.clockOffsetSeconds).toBeUndefined();
  await asking.put('s', EVENTS);
  expect(Math.abs(asking.clockOffsetSeconds! - ahead)).toBeLessThanOrEqual(1);
});

describe('the name of the service', () => {
  afterEach(() => jest.restoreAllMocks());

  test.each([
    ['eu-west-1', {}, 'logs.eu-west-1.amazonaws.com'],
    ['eu-west-1', DUAL_STACK_ENDPOINTS, 'logs.eu-west-1.api.aws'],
    ['cn-north-1', DUAL_STACK_ENDPOINTS, 'logs.cn-north-1.api.amazonwebservices.com.cn'],
  ])('in %s with %j is %s', async (region, environment, host) => {
    const names: string[] = [];
    jest.replaceProperty(process, 'env', { ...process.env, ...environment });
    const requestHandler: HttpHandler = {
      handle: async ({ hostname }: { hostname: string }) => {
        names.push(hostname);
        throw Object.assign(new Error('nobody is there'), { name: 'InvalidParameterException' });
      },
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
    };
    const there = new CloudWatchLogGroup('the-group', {
      region,
      requestHandler,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    await expect(there.put('i-1/handler', EVENTS)).rejects.toThrow('nobody is there');
    expect(names).toEqual([host]);
  });
});
