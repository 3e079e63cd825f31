import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, type GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { observeShadow } from '../../../lib/comparison/shadow/cloudwatch';
import { shadowReport } from '../../../lib/comparison/shadow/verdict';
import { shadowReportText } from '../../../lib/report';
import { errorOf } from '../../../testing/error-of';

const ENDPOINT = { stack: 'credit-endpoint', name: 'credit.example.com', region: 'eu-west-1' };
const SPAN = { from: new Date('2026-11-20T00:00:00Z'), until: new Date('2026-11-27T00:00:00Z') };
const CREDENTIALS = { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };

/** Clients of which one answers what is asked of CloudWatch. */
function clients(answer: (input: GetMetricDataCommandInput) => object) {
  const cloudWatch = new CloudWatchClient(CREDENTIALS);
  const send = async ({ input }: { input: GetMetricDataCommandInput }) => answer(input);
  return { cloudFormation: new CloudFormationClient(CREDENTIALS), cloudWatch: Object.assign(cloudWatch, { send }) };
}

const VALUES: Readonly<Record<string, number[]>> = {
  ShadowRows: [900, 1100],
  ShadowAgreeingRows: [900, 1090],
  ShadowUnansweredRows: [5],
  ShadowDroppedRows: [7],
  ShadowLargestDifference: [0.5, 0.25],
  ShadowCpu: [400, 600],
};

test('counts of hours and pages add up, and the largest difference is the largest', async () => {
  const asked: GetMetricDataCommandInput[] = [];
  const sdk = clients((input) => {
    asked.push(input);
    const page = input.NextToken === undefined ? 0 : 1;
    return {
      MetricDataResults: input.MetricDataQueries!.map(({ Id, MetricStat }) => ({
        Id,
        Values: VALUES[MetricStat!.Metric!.MetricName!]!.slice(page, page + 1),
      })),
      ...(page === 0 && { NextToken: 'second' }),
    };
  });
  const observation = await observeShadow(ENDPOINT, SPAN, sdk);
  expect(asked).toHaveLength(2);
  expect(asked[0]!.MetricDataQueries![0]!.MetricStat).toEqual({
    Metric: {
      Namespace: 'Slipway',
      MetricName: 'ShadowRows',
      Dimensions: [{ Name: 'Endpoint', Value: 'credit.example.com' }],
    },
    Period: 3600,
    Stat: 'Sum',
  });
  expect(observation.counts).toMatchObject({
    rows: 2000,
    agreeingRows: 1990,
    refusedRows: 5,
    droppedRows: 7,
    cpuMs: 1000,
  });
  const report = shadowReport(observation);
  expect(report.verdict).toBe('agrees');
  expect(shadowReportText('stage prod', report)).toContain('the largest difference is 0.500');
});

test('without a value nothing is known, which is no agreement', async () => {
  const sdk = clients(() => ({ MetricDataResults: [] }));
  expect(shadowReport(await observeShadow(ENDPOINT, SPAN, sdk)).verdict).toBe('too few rows');
});

test('what AWS refuses is told with what to do', async () => {
  const sdk = clients(() => {
    throw Object.assign(new Error('no permission'), { name: 'AccessDenied' });
  });
  expect(await errorOf(observeShadow(ENDPOINT, SPAN, sdk))).toMatchObject({
    code: 'E_AWS',
    message: expect.stringContaining('cloudwatch:GetMetricData'),
  });
});
