/** What the handlers told CloudWatch of versions that are served side by side. */
import type { VersionMetric } from '../model/instance/handler-metrics';
import { ENDPOINT_DIMENSION, METRIC_NAMESPACE, VERSION_DIMENSION } from '../model/instance/instance-metrics';
import { asked, type Clients, type DeployedEndpoint, metric, type Span, seriesOf } from './cloudwatch';

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
  span: Span,
  sdk: Pick<Clients, 'cloudWatch'>,
): Promise<VersionObservation[]> {
  const kinds = Object.keys(STATISTICS) as Kind[];
  const queries = versions.flatMap((version, i) => {
    const dimensions = { [ENDPOINT_DIMENSION]: endpoint.name, [VERSION_DIMENSION]: version };
    return kinds.map((kind) => metric(`${kind}${i}`, [METRIC_NAMESPACE, ...STATISTICS[kind]], dimensions));
  });
  return asked(endpoint, async () => {
    const series = await seriesOf(queries, span, sdk);
    return versions.map((version, i) => observed(version, (kind) => series.get(`${kind}${i}`)!));
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
