/**
 * CloudWatch's Embedded Metric Format: a line of the log from which CloudWatch makes metrics, so that the handler needs
 * neither the SDK nor a way out of its network. Specification: docs.aws.amazon.com/AmazonCloudWatch, "Embedded metric format".
 */
import { ENDPOINT_DIMENSION, METRIC_NAMESPACE } from '../../lib/model/instance/instance-metrics';

/** Units of CloudWatch that are used here. */
export type EmfUnit = 'None' | 'Count' | 'Milliseconds' | 'Percent';

export interface EmfMetric {
  readonly name: string;
  readonly unit: EmfUnit;
  readonly value: number;
}

/** A dimension by which one of the metrics is told as well. */
export interface EmfBy {
  readonly dimension: string;
  readonly value: string;
  /** Name of one of the metrics. */
  readonly metric: string;
}

/** Which fields of a line are metrics, beside those themselves. */
interface EmfFields {
  readonly _aws: { readonly Timestamp: number; readonly CloudWatchMetrics: readonly object[] };
  readonly [field: string]: unknown;
}

/** The fields of a log line that carry metrics under some dimensions, each with its value. */
export function emfOf(
  dimensions: Readonly<Record<string, string>>,
  metrics: readonly EmfMetric[],
  timestamp: number,
): EmfFields {
  const directive = {
    Namespace: METRIC_NAMESPACE,
    Dimensions: [Object.keys(dimensions)],
    Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
  };
  return {
    _aws: { Timestamp: timestamp, CloudWatchMetrics: [directive] },
    ...dimensions,
    ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
  };
}

/**
 * The fields of a log line that carry the metrics of an endpoint.
 *
 * @param endpoint value of the dimension by which the instances of one endpoint are found together
 * @param timestamp milliseconds since 1970
 */
export function emfFields(
  endpoint: string,
  metrics: readonly EmfMetric[],
  timestamp: number,
  by?: EmfBy,
): Readonly<Record<string, unknown>> {
  const fields = emfOf({ [ENDPOINT_DIMENSION]: endpoint }, metrics, timestamp);
  if (by === undefined) return fields;
  const told = metrics.filter(({ name }) => name === by.metric);
  const further = emfOf({ [ENDPOINT_DIMENSION]: endpoint, [by.dimension]: by.value }, told, timestamp);
  return {
    ...fields,
    ...further,
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [...fields._aws.CloudWatchMetrics, ...further._aws.CloudWatchMetrics],
    },
  };
}
