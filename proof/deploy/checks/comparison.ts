/** `slipway compare` on the deployed stage: what CloudWatch is told under the names of real resources is found and read. */
import {
  type CloudWatchClient,
  type GetMetricDataCommandInput,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { observe } from '../../../lib/comparison/cloudwatch';
import { stackNames } from '../../../lib/config/stack-names';
import { ENDPOINT_DIMENSION, MEMORY_METRIC, METRIC_NAMESPACE } from '../../../lib/model/instance/instance-metrics';
import type { Report } from '../../report';
import type { SynthesisedStack } from '../assembly';
import type { StageUnderProof } from '../stage';

const PERIOD_MS = 300_000;
const TOLD = { requests: 12_000, p99Seconds: 0.0123, hosts: 2, cpuPercent: 34, memoryPercent: 21 };

/** Percentiles become maxima: the emulator knows none, and there is one datapoint a period. */
function withoutPercentiles(client: CloudWatchClient): CloudWatchClient {
  client.middlewareStack.add(
    (next) => (args) => {
      for (const { MetricStat } of (args.input as GetMetricDataCommandInput).MetricDataQueries ?? []) {
        if (MetricStat?.Stat === 'p99') MetricStat.Stat = 'Maximum';
      }
      return next(args);
    },
    { step: 'initialize', name: 'withoutPercentiles', override: true },
  );
  return client;
}

export async function checkComparison(report: Report, stage: StageUnderProof, stack: SynthesisedStack): Promise<void> {
  const { aws, config, name } = stage;
  const until = new Date(Math.floor(Date.now() / PERIOD_MS) * PERIOD_MS);
  const at = new Date(until.getTime() - 2 * PERIOD_MS);
  const ids = [...(await stage.created(stack)).values()];
  const idOf = (type: string) => ids.find((resource) => resource.type === type)?.physicalId ?? '';
  const balancer = { LoadBalancer: idOf('AWS::ElasticLoadBalancingV2::LoadBalancer').split(':loadbalancer/')[1] ?? '' };
  const target = { ...balancer, TargetGroup: idOf('AWS::ElasticLoadBalancingV2::TargetGroup').split(':').at(-1)! };
  const machines = { AutoScalingGroupName: idOf('AWS::AutoScaling::AutoScalingGroup') };
  const tell = (Namespace: string, MetricName: string, dimensions: Record<string, string>, Value: number) =>
    aws.cloudWatch.send(
      new PutMetricDataCommand({
        Namespace,
        MetricData: [
          {
            MetricName,
            Dimensions: Object.entries(dimensions).map(([Name, value]) => ({ Name, Value: value })),
            Timestamp: at,
            Value,
          },
        ],
      }),
    );
  await tell('AWS/ApplicationELB', 'RequestCount', balancer, TOLD.requests);
  await tell('AWS/ApplicationELB', 'TargetResponseTime', target, TOLD.p99Seconds);
  await tell('AWS/ApplicationELB', 'HealthyHostCount', target, TOLD.hosts);
  await tell('AWS/EC2', 'CPUUtilization', machines, TOLD.cpuPercent);
  await tell(METRIC_NAMESPACE, MEMORY_METRIC, { [ENDPOINT_DIMENSION]: config.domain.name }, TOLD.memoryPercent);

  const endpoint = { stack: stackNames(config.domain.name).endpoint, name: config.domain.name, region: config.region };
  const span = { from: new Date(until.getTime() - 12 * PERIOD_MS), until };
  const sdk = { cloudFormation: aws.cloudFormation, cloudWatch: withoutPercentiles(aws.cloudWatch) };
  const { periods, memoryPercent } = await observe(endpoint, span, sdk);
  report.equal(
    periods.map(({ requestsPerSecond, p99Ms, cpuPercent, instances }) => [
      requestsPerSecond,
      Number(p99Ms.toFixed(6)),
      cpuPercent,
      instances,
    ]),
    [[TOLD.requests / 300, TOLD.p99Seconds * 1000, TOLD.cpuPercent, TOLD.hosts]],
    `${name}: what CloudWatch knows of the endpoint is what slipway compare reads`,
  );
  report.equal(memoryPercent, TOLD.memoryPercent, `${name}: and so is the memory`);
  const missing = await observe({ ...endpoint, stack: 'nowhere-endpoint' }, span, sdk).catch((error: Error) => error);
  report.check(
    missing instanceof Error && /^nowhere-endpoint in .* does not exist; deploy the stage first/.test(missing.message),
    `${name}: a stack that is not there is said to be not there`,
    missing instanceof Error ? missing.message : 'nothing was said',
  );
}
