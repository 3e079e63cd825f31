/** What CloudWatch has of the shadow of a deployed stage: counts, which cost by the metric; labels and requests are in the log. */
import { type MetricDataQuery, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import { SHADOW_METRICS, type ShadowMetric } from '../../model/instance/handler-metrics';
import { ENDPOINT_DIMENSION, METRIC_NAMESPACE } from '../../model/instance/instance-metrics';
import { NO_COUNTS } from '../../model/instance/shadow-counts';
import { asked, type Clients, type DeployedEndpoint, type Span } from '../cloudwatch';
import type { ShadowObservation } from './verdict';

const HOUR_SECONDS = 3600;

/** @throws SlipwayError E_AWS when AWS refuses */
export function observeShadow(endpoint: DeployedEndpoint, span: Span, sdk: Clients): Promise<ShadowObservation> {
  return asked(endpoint, async () => {
    const names = Object.keys(SHADOW_METRICS) as ShadowMetric[];
    const queries = names.map((name): MetricDataQuery => {
      const largest = name === 'ShadowLargestDifference';
      const Dimensions = [{ Name: ENDPOINT_DIMENSION, Value: endpoint.name }];
      const Metric = { Namespace: METRIC_NAMESPACE, MetricName: name, Dimensions };
      const MetricStat = { Metric, Period: HOUR_SECONDS, Stat: largest ? 'Maximum' : 'Sum' };
      return { Id: name.charAt(0).toLowerCase() + name.slice(1), MetricStat };
    });
    const values = new Map(names.map((name) => [name, [] as number[]]));
    const input = { MetricDataQueries: queries, StartTime: span.from, EndTime: span.until };
    for await (const page of paginateGetMetricData({ client: sdk.cloudWatch }, input)) {
      for (const { Id = '', Values = [] } of page.MetricDataResults ?? []) {
        values.get((Id.charAt(0).toUpperCase() + Id.slice(1)) as ShadowMetric)?.push(...Values);
      }
    }
    const sum = (name: ShadowMetric) => values.get(name)!.reduce((a, b) => a + b, 0);
    const largest = values.get('ShadowLargestDifference')!.reduce((a, b) => Math.max(a, b), 0);
    return {
      counts: {
        ...NO_COUNTS,
        rows: sum('ShadowRows'),
        agreeingRows: sum('ShadowAgreeingRows'),
        refusedRows: sum('ShadowUnansweredRows'),
        droppedRows: sum('ShadowDroppedRows'),
        cpuMs: sum('ShadowCpu'),
      },
      absent: [
        `the largest difference is ${largest.toPrecision(3)}; labels, outputs and requests are in the log: ` +
          `aws logs filter-log-events --region ${endpoint.region} --log-group-name GROUP --filter-pattern '{ $.event = "shadow" }' ` +
          '--query "events[].message" --output text > shadow.log; slipway shadow --log shadow.log',
      ],
    };
  });
}
