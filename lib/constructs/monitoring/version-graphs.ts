/** Graphs that hold versions of a model against each other. */
import { GraphWidget, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { VersionMetric } from '../../model/instance/handler-metrics';
import type { SizingPlan } from '../../sizing/plan/plan';
import type { EndpointMetrics } from './endpoint-metrics';

/** Four in a row of the console's grid, which has 24 columns. */
const QUARTER = 6;

const TITLES: Readonly<Record<VersionMetric, string>> = {
  VersionRequests: 'Requests a minute by version',
  VersionErrors: 'Answers 5xx a minute by version',
  VersionP99: 'p99 by version, ms',
  VersionPrediction: 'Mean answer by version',
};

/** A row, a line for each version in each graph; none where the model is served alone. @param model named where there are several */
export function versionGraphs(
  metrics: EndpointMetrics,
  { versions = [], serviceLevel }: Pick<SizingPlan, 'versions' | 'serviceLevel'>,
  model?: string,
): IWidget[][] {
  if (versions.length === 0) return [];
  const lines: Partial<Record<VersionMetric, { readonly value: number; readonly label: string }[]>> = {
    VersionRequests: versions.map(({ name, weight }) => ({
      value: 60 * weight * serviceLevel.requestsPerSecond,
      label: `${name}: planned peak`,
    })),
    VersionErrors: [{ value: 0, label: 'planned' }],
    VersionP99: [{ value: serviceLevel.p99Ms, label: 'p99 of the service level' }],
  };
  const graphs = (Object.keys(TITLES) as VersionMetric[]).map(
    (metric) =>
      new GraphWidget({
        title: model === undefined ? TITLES[metric] : `${model}: ${TITLES[metric]}`,
        left: versions.map(({ name }) => metrics.version(metric, name)),
        width: QUARTER,
        // an answer of a regression may be below 0
        ...(metric !== 'VersionPrediction' && { leftYAxis: { min: 0 } }),
        leftAnnotations: lines[metric] ?? [],
      }),
  );
  return [graphs];
}
