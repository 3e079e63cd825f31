/** What CloudWatch knows of versions, asked by the SDK's own client of a server that answers as AWS does. */
import { CloudWatchClient, type GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { glanceAtVersions } from '../../lib/comparison/versions';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 30, 12, minute));
const endpoint = { stack: 's', name: 'models.example.com/titanic', region: 'eu-west-1' };

test('sums, the slowest p99, and the mean answer by the requests of each period', async () => {
  const cloudWatch = new CloudWatchClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  });
  let input: GetMetricDataCommandInput | undefined;
  const values: Record<string, [number, number][]> = {
    requests0: [
      [0, 100],
      [5, 300],
    ],
    failed0: [[5, 3]],
    p990: [
      [0, 12],
      [5, 9],
    ],
    answer0: [
      [0, 0.2],
      [5, 0.6],
    ],
    requests1: [[0, 0]],
  };
  jest.spyOn(cloudWatch, 'send').mockImplementation((async (command: { input: GetMetricDataCommandInput }) => {
    input = command.input;
    return {
      MetricDataResults: Object.entries(values).map(([Id, points]) => ({
        Id,
        Timestamps: points.map(([minute]) => at(minute)),
        Values: points.map(([, value]) => value),
      })),
    };
  }) as never);
  const span = { from: at(0), until: at(59) };
  expect(await glanceAtVersions(endpoint, ['1', '2'], span, { cloudWatch })).toEqual([
    { version: '1', requests: 400, failed: 3, slowestP99Ms: 12, meanAnswer: 0.5 },
    { version: '2', requests: 0, failed: 0 },
  ]);
  expect(input!.MetricDataQueries).toHaveLength(8);
  expect(input!.MetricDataQueries![6]!.MetricStat).toEqual({
    Metric: {
      Namespace: 'Slipway',
      MetricName: 'VersionP99',
      Dimensions: [
        { Name: 'Endpoint', Value: 'models.example.com/titanic' },
        { Name: 'Version', Value: '2' },
      ],
    },
    Period: 300,
    Stat: 'Maximum',
  });
});
