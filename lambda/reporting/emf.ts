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

/**
 * The fields of a log line that carry the metrics.
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
  const unitsOf = (some: readonly EmfMetric[]) => some.map(({ name, unit }) => ({ Name: name, Unit: unit }));
  return {
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [[ENDPOINT_DIMENSION]],
          Metrics: unitsOf(metrics),
        },
        ...(by
          ? [
              {
                Namespace: METRIC_NAMESPACE,
                Dimensions: [[ENDPOINT_DIMENSION, by.dimension]],
                Metrics: unitsOf(metrics.filter(({ name }) => name === by.metric)),
              },
            ]
          : []),
      ],
    },
    [ENDPOINT_DIMENSION]: endpoint,
    ...(by && { [by.dimension]: by.value }),
    ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
  };
}
