/** What `slipway status` reads of a function, with AWS played by this test. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { glanceAtFunction } from '../../lib/comparison/cloudwatch';

const AT = [new Date('2026-11-30T10:00:00Z'), new Date('2026-11-30T10:05:00Z')];
const span = { from: AT[0]!, until: new Date('2026-11-30T11:00:00Z') };
const endpoint = { stack: 'credit-dev-endpoint', name: 'credit-dev', region: 'eu-west-1' };

interface Asked {
  readonly input: { readonly MetricDataQueries?: readonly { readonly MetricStat: object }[] };
}

function sdk(resources: readonly object[], values: Readonly<Record<string, readonly number[]>> = {}) {
  const asked: Asked['input'][] = [];
  const cloudFormation = new CloudFormationClient({ region: 'eu-west-1' });
  const cloudWatch = new CloudWatchClient({ region: 'eu-west-1' });
  cloudFormation.send = (async () => ({ StackResourceSummaries: resources })) as never;
  cloudWatch.send = (async ({ input }: Asked) => {
    asked.push(input);
    const MetricDataResults = Object.entries(values).map(([Id, Values]) => ({ Id, Values, Timestamps: AT }));
    return { MetricDataResults };
  }) as never;
  return { asked, clients: { cloudFormation, cloudWatch } };
}

test('requests, errors and p99 are those that its HTTP API counted', async () => {
  const api = { ResourceType: 'AWS::ApiGatewayV2::Api', LogicalResourceId: 'Api', PhysicalResourceId: 'abc123' };
  const { asked, clients } = sdk([api], { requests: [600, 30], failed: [1, 2], p99: [25, 410] });
  expect(await glanceAtFunction(endpoint, span, clients)).toEqual({
    from: span.from.toISOString(),
    until: span.until.toISOString(),
    requests: 630,
    failed: 3,
    periods: [
      { at: AT[0]!.toISOString(), requestsPerSecond: 2, p99Ms: 25 },
      { at: AT[1]!.toISOString(), requestsPerSecond: 0.1, p99Ms: 410 },
    ],
  });
  const metrics = asked[0]!.MetricDataQueries!.map(({ MetricStat }) => MetricStat);
  expect(metrics).toHaveLength(3);
  for (const metric of metrics) {
    expect(metric).toMatchObject({
      Metric: { Namespace: 'AWS/ApiGateway', Dimensions: [{ Name: 'ApiId', Value: 'abc123' }] },
    });
  }
});

test('a stack that has no HTTP API is told', async () => {
  await expect(glanceAtFunction(endpoint, span, sdk([]).clients)).rejects.toMatchObject({
    code: 'E_AWS',
    message: expect.stringContaining('has no AWS::ApiGatewayV2::Api'),
  });
});
