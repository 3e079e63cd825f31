/** `slipway compare` whole, with the real clients of the AWS SDK, against a server on loopback that answers as AWS does. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clients, glance } from '../../lib/comparison/cloudwatch';
import { MEMORY_METRIC } from '../../lib/model/instance/instance-metrics';
import { slipway } from '../bin/run-slipway';
import { EXAMPLE_CONFIG } from '../example';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:222222222222';
const RESOURCES: readonly (readonly [type: string, id: string])[] = [
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', `${ARN}:loadbalancer/app/screening/0123456789abcdef`],
  ['AWS::ElasticLoadBalancingV2::TargetGroup', `${ARN}:targetgroup/screening/fedcba9876543210`],
  ['AWS::AutoScaling::AutoScalingGroup', 'screening-fleet'],
];
/** Of a model that shares its load balancer with others. */
const RULE = `${ARN}:listener-rule/app/shared/0123456789abcdef/11/22`;
let resources = RESOURCES;

interface Query {
  readonly Id: string;
  readonly MetricStat: {
    readonly Metric: {
      readonly MetricName: string;
      readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Stat: string;
  };
}

type Point = readonly [minute: number, value: number];

/** A day by hours, of a metric of the given name. */
type Metrics = Readonly<Record<string, readonly Point[]>>;

const hours = (value: (load: number) => number): Point[] =>
  Array.from({ length: 24 }, (_, hour) => [60 * hour, value(hour / 23)]);

/** Requests rise to 350/s over the day, and CPU with them. */
const GOOD: Metrics = {
  RequestCount: hours((load) => 300 * 350 * load),
  TargetResponseTime: hours(() => 0.002),
  HealthyHostCount: hours(() => 2),
  CPUUtilization: hours((load) => 3 + 8 * load),
  [MEMORY_METRIC]: hours((load) => 30 + load),
};

let metrics: Metrics;
/** Requests that are refused for their number before one is answered. */
let throttled: number;
let refusal: readonly [code: string, message: string] | undefined;
const asked: Query[] = [];

function stackResources(body: URLSearchParams): string {
  const second = body.get('NextToken') === 'second';
  const page = second ? resources.slice(1) : resources.slice(0, 1);
  const members = page.map(
    ([type, id]) =>
      `<member><LogicalResourceId>X</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId><ResourceType>${type}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-11-01T00:00:00Z</LastUpdatedTimestamp></member>`,
  );
  const next = second ? '' : '<NextToken>second</NextToken>';
  return `<ListStackResourcesResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><ListStackResourcesResult><StackResourceSummaries>${members.join('')}</StackResourceSummaries>${next}</ListStackResourcesResult></ListStackResourcesResponse>`;
}

/** Half of the values of every metric on each of two pages, newest first, as CloudWatch gives them. */
function metricData(request: { MetricDataQueries: Query[]; StartTime: number; NextToken?: string }): unknown {
  const second = request.NextToken === 'second';
  if (!second) asked.splice(0, asked.length, ...request.MetricDataQueries);
  const results = request.MetricDataQueries.map(({ Id, MetricStat }) => {
    const points = [...(metrics[MetricStat.Metric.MetricName] ?? [])].reverse();
    const page = second ? points.slice(12) : points.slice(0, 12);
    return {
      Id,
      StatusCode: second ? 'Complete' : 'PartialData',
      Timestamps: page.map(([minute]) => request.StartTime + 60 * minute),
      Values: page.map(([, value]) => value),
    };
  });
  return { MetricDataResults: results, ...(!second && { NextToken: 'second' }) };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const piece of request) body += String(piece);
  const json = String(request.headers['x-amz-target'] ?? '').endsWith('GetMetricData');
  if (json) {
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    if (throttled > 0) {
      throttled--;
      response.writeHead(400).end(JSON.stringify({ __type: 'ThrottlingException', message: 'Rate exceeded' }));
    } else response.end(JSON.stringify(metricData(JSON.parse(body))));
    return;
  }
  response.setHeader('content-type', 'text/xml');
  if (refusal) {
    const [code, message] = refusal;
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
    response.writeHead(400).end(`<ErrorResponse>${error}<RequestId>x</RequestId></ErrorResponse>`);
  } else response.end(stackResources(new URLSearchParams(body)));
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: Error) => response.destroy(error));
});
const environment = { ...process.env };
jest.setTimeout(60_000); // several plans a test, on a machine that may be busy

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
});
beforeEach(() => {
  [metrics, throttled, refusal, resources] = [GOOD, 0, undefined, RESOURCES];
});
afterAll(() => {
  process.env = environment;
  server.closeAllConnections();
  server.close();
});

const compareProd = () => slipway('compare', '--config', EXAMPLE_CONFIG, '--stage', 'prod', '--days', '1');
const without = (metric: string): Metrics =>
  Object.fromEntries(Object.entries(GOOD).filter(([name]) => name !== metric));

test('pages are joined, the fleet is asked for by the names of its resources, and the verdict is given', async () => {
  const { status, stdout, stderr } = await compareProd();
  expect(stderr).toBe('');
  expect(stdout).toContain('the prediction held: 0 of 23 periods');
  expect(stdout).toContain('31 % used at most');
  expect(stdout).toMatch(/a request takes [\d.]+ ms of CPU here, [\d.]+ were predicted; planned again/);
  expect(status).toBe(0);
  const byId = new Map(asked.map(({ Id, MetricStat }) => [Id, MetricStat]));
  const dimensions = (id: string) =>
    Object.fromEntries(byId.get(id)!.Metric.Dimensions.map(({ Name, Value }) => [Name, Value]));
  expect(byId.get('p99')!.Stat).toBe('p99');
  expect(dimensions('p99')).toEqual({
    LoadBalancer: 'app/screening/0123456789abcdef',
    TargetGroup: 'targetgroup/screening/fedcba9876543210',
  });
  expect(dimensions('cpu')).toEqual({ AutoScalingGroupName: 'screening-fleet' });
});

test('a fleet that is slower than predicted fails the check', async () => {
  metrics = { ...GOOD, TargetResponseTime: hours(() => 0.05) };
  const { status, stdout } = await compareProd();
  expect(stdout).toContain('the prediction did not hold: 23 of 23 periods');
  expect(stdout).toContain('23 were over the service level of 40 ms');
  expect(status).toBe(1);
});

test('an agent that published no memory is passed over, periods without a p99 are too', async () => {
  metrics = { ...without(MEMORY_METRIC), TargetResponseTime: GOOD.TargetResponseTime!.slice(10) };
  const { status, stdout } = await compareProd();
  expect(stdout).toContain('0 of 14 periods');
  expect(stdout).not.toContain('Memory');
  expect(status).toBe(0);
});

test('traffic that does not vary does not tell whether another size would do', async () => {
  metrics = { ...GOOD, RequestCount: hours(() => 60_000), CPUUtilization: hours(() => 20) };
  expect((await compareProd()).stdout).toContain('varied too little');
});

test('where no period is whole, what is missing is named', async () => {
  metrics = without('CPUUtilization');
  const { status, stderr } = await compareProd();
  expect(stderr).toMatch(/error E_AWS: .*requests came, but CloudWatch has no CPUUtilization/);
  expect(status).toBe(2);
});

test('of a shared load balancer its rule tells the name, and requests are those of the target group', async () => {
  resources = [['AWS::ElasticLoadBalancingV2::ListenerRule', RULE], ...RESOURCES.slice(1)];
  metrics = {
    ...without('CPUUtilization'),
    TargetConnectionErrorCount: hours(() => 1),
    HTTPCode_Target_5XX_Count: hours(() => 2),
  };
  const until = new Date('2026-11-30T00:00:00Z');
  const span = { from: new Date('2026-11-29T00:00:00Z'), until };
  const endpoint = { stack: 's', name: 'n', region: 'eu-west-1' };
  expect(await glance(endpoint, span, clients('eu-west-1'))).toMatchObject({ periods: [], failed: 72 });
  const dimensions = asked.find(({ Id }) => Id === 'requests')!.MetricStat.Metric.Dimensions;
  expect(dimensions.map(({ Value }) => Value)).toEqual([
    'app/shared/0123456789abcdef',
    'targetgroup/screening/fedcba9876543210',
  ]);
});

test('AWS is asked again where it wants fewer requests', async () => {
  throttled = 1;
  expect((await compareProd()).stdout).toContain('the prediction held');
});

test.each([
  [['ValidationError', 'Stack with id screening-example-com-endpoint does not exist'], 'deploy the stage first'],
  [['AccessDenied', 'User is not authorized'], 'it needs cloudformation:ListStackResources'],
] as const)('a refusal is an error that says what to do: %j', async (what, remedy) => {
  refusal = what;
  const { status, stdout, stderr } = await compareProd();
  expect(stdout).toBe('');
  expect(stderr).toContain(remedy);
  expect(stderr).not.toContain('    at ');
  expect(status).not.toBe(0);
});
