/** Metrics of CloudWatch by whole minutes, as a canary is judged by them. */
import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';

export const MINUTE_MS = 60_000;

export function query(
  Id: string,
  Namespace: string,
  MetricName: string,
  Stat: string,
  dimensions: Readonly<Record<string, string>>,
): MetricDataQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { Id, MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat } };
}

/** Values of queries by their ids. */
export class Minutes {
  private constructor(
    /** When each minute begins, milliseconds of the epoch. */
    readonly begin: readonly number[],
    private readonly series: ReadonlyMap<string, ReadonlyMap<number, number>>,
  ) {}

  /** Whole minutes of a time, which are not asked for where there are none. */
  static async of(
    metrics: Pick<CloudWatchClient, 'send'>,
    since: number,
    now: number,
    queries: readonly MetricDataQuery[],
  ): Promise<Minutes | undefined> {
    const from = Math.ceil(since / MINUTE_MS) * MINUTE_MS;
    const until = Math.floor(now / MINUTE_MS) * MINUTE_MS;
    if (until <= from) return undefined;
    const asked = new GetMetricDataCommand({
      StartTime: new Date(from),
      EndTime: new Date(until),
      MetricDataQueries: [...queries],
    });
    const { MetricDataResults = [] } = await metrics.send(asked);
    const series = new Map(
      MetricDataResults.map(({ Id, Timestamps = [], Values = [] }) => [
        Id!,
        new Map(Timestamps.map((at, i) => [at.getTime(), Values[i]!])),
      ]),
    );
    const begin = Array.from({ length: (until - from) / MINUTE_MS }, (_, i) => from + i * MINUTE_MS);
    return new Minutes(begin, series);
  }

  at(id: string, minute: number): number | undefined {
    return this.series.get(id)?.get(minute);
  }

  total(id: string): number {
    return [...(this.series.get(id)?.values() ?? [])].reduce((sum, value) => sum + value, 0);
  }
}
