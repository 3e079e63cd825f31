/** What the handlers told CloudWatch of versions that are served side by side. */
import { type MetricDataQuery, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import type { VersionMetric } from '../model/instance/handler-metrics';
import { ENDPOINT_DIMENSION, METRIC_NAMESPACE, VERSION_DIMENSION } from '../model/instance/instance-metrics';
import { asked, type Clients, type DeployedEndpoint, type Span } from './cloudwatch';

/** Over the whole span. */
export interface VersionObservation {
  readonly version: string;
  /** For predictions. */
  readonly requests: number;
  /** Of them those that were answered 5xx. */
  readonly failed: number;
  /** Of the slowest process in the slowest minute. @default - there was no request */
  readonly slowestP99Ms?: number;
  /** Of the answers that were looked at. @default - there was none */
  readonly meanAnswer?: number;
}

const PERIOD_SECONDS = 300;

const STATISTICS = {
  requests: ['VersionRequests', 'Sum'],
  failed: ['VersionErrors', 'Sum'],
  p99: ['VersionP99', 'Maximum'],
  answer: ['VersionPrediction', 'Average'],
} as const satisfies Record<string, readonly [VersionMetric, string]>;

type Kind = keyof typeof STATISTICS;

/**
 * Requests, errors, p99 and answers of each version.
 *
 * @throws SlipwayError E_AWS when AWS refuses
 */
export function glanceAtVersions(
  endpoint: DeployedEndpoint,
  versions: readonly string[],
  { from, until }: Span,
  { cloudWatch }: Pick<Clients, 'cloudWatch'>,
): Promise<VersionObservation[]> {
  const kinds = Object.keys(STATISTICS) as Kind[];
  const queries = versions.flatMap((version, i) =>
    kinds.map((kind): MetricDataQuery => {
      const [MetricName, Stat] = STATISTICS[kind];
      const dimensions = { [ENDPOINT_DIMENSION]: endpoint.name, [VERSION_DIMENSION]: version };
      const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
      return {
        Id: `${kind}${i}`,
        MetricStat: { Metric: { Namespace: METRIC_NAMESPACE, MetricName, Dimensions }, Period: PERIOD_SECONDS, Stat },
      };
    }),
  );
  return asked(endpoint, async () => {
    const found = new Map<string, Map<number, number>>();
    const pages = paginateGetMetricData(
      { client: cloudWatch },
      { MetricDataQueries: queries, StartTime: from, EndTime: until },
    );
    for await (const page of pages) {
      for (const { Id, Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
        const series = found.get(Id!) ?? new Map<number, number>();
        found.set(Id!, series);
        for (const [k, at] of Timestamps.entries()) series.set(at.getTime(), Values[k]!);
      }
    }
    return versions.map((version, i) => observed(version, (kind) => found.get(`${kind}${i}`) ?? new Map()));
  });
}

function observed(version: string, of: (kind: Kind) => ReadonlyMap<number, number>): VersionObservation {
  const sum = (values: Iterable<number>) => [...values].reduce((all, value) => all + value, 0);
  const times = [...of('p99').values()];
  // each period counts by its requests
  const answers = [...of('answer')].map(([at, value]) => ({ value, weight: of('requests').get(at) ?? 0 }));
  const weight = sum(answers.map((one) => one.weight));
  return {
    version,
    requests: sum(of('requests').values()),
    failed: sum(of('failed').values()),
    ...(times.length > 0 && { slowestP99Ms: Math.max(...times) }),
    ...(weight > 0 && { meanAnswer: sum(answers.map((one) => one.value * one.weight)) / weight }),
  };
}
