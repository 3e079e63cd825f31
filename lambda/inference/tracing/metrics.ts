/**
 * The measurements of `/metrics` by OTLP (opentelemetry-proto, metrics/v1/metrics.proto), in the names that they have
 * there. They are cumulative, as Prometheus counts.
 */
import type { MetricObjectWithValues, MetricValue, MetricValueWithName } from 'prom-client';
import { version } from '../../../package.json';
import type { Log } from '../log/log';
import { attributes, nanoseconds } from './otlp';
import { OtlpSender, type OtlpTarget } from './sender';

export type Measurement = MetricObjectWithValues<MetricValue<string>>;

type Labels = Readonly<Record<string, string | number>>;

const CUMULATIVE = 2;

/** Units of UCUM by the endings of names. */
const UNITS: readonly (readonly [RegExp, string])[] = [
  [/_seconds(_total)?$/, 's'],
  [/_bytes(_total)?$/, 'By'],
  [/_ratio$/, '1'],
];

interface Span {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

const times = ({ from, to }: Span) => ({ startTimeUnixNano: nanoseconds(from), timeUnixNano: nanoseconds(to) });

/** prom-client types values by the kind of a metric, and makes them as texts. */
const kindOf = ({ type }: Measurement) => String(type);

function histogramPoints({ name, values }: Measurement, span: Span): object[] {
  const series = new Map<
    string,
    { labels: Labels; buckets: [bound: number, count: number][]; sum: number; count: number }
  >();
  for (const { metricName, labels, value } of values as MetricValueWithName<string>[]) {
    const { le, ...rest } = labels as Labels;
    const key = JSON.stringify(rest);
    const one = series.get(key) ?? { labels: rest, buckets: [], sum: 0, count: 0 };
    series.set(key, one);
    if (metricName === `${name}_sum`) one.sum = value;
    else if (metricName === `${name}_count`) one.count = value;
    else one.buckets.push([le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), value]);
  }
  return [...series.values()].map(({ labels, buckets, sum, count }) => {
    buckets.sort(([a], [b]) => a - b);
    return {
      attributes: attributes(labels),
      ...times(span),
      count: String(count),
      sum,
      // of its own each, where Prometheus adds up
      bucketCounts: buckets.map(([, upTo], i) => String(upTo - (buckets[i - 1]?.[1] ?? 0))),
      explicitBounds: buckets.map(([bound]) => bound).filter(Number.isFinite),
    };
  });
}

function metricOf(measurement: Measurement, span: Span): object {
  const { name, help, values } = measurement;
  const unit = UNITS.find(([ending]) => ending.test(name))?.[1];
  const about = { name, description: help, ...(unit !== undefined && { unit }) };
  if (kindOf(measurement) === 'histogram') {
    const dataPoints = histogramPoints(measurement, span);
    return { ...about, histogram: { aggregationTemporality: CUMULATIVE, dataPoints } };
  }
  const dataPoints = values
    .filter(({ value }) => Number.isFinite(value)) // JSON has no other numbers
    .map(({ labels, value }) => ({ attributes: attributes(labels as Labels), ...times(span), asDouble: value }));
  if (kindOf(measurement) === 'counter') {
    return { ...about, sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } };
  }
  return { ...about, gauge: { dataPoints } };
}

/** The body of an export request. Metrics without a value are left out. */
export function metricsRequest(
  resource: OtlpTarget['resource'],
  measurements: readonly Measurement[],
  span: Span,
): string {
  const metrics = measurements.filter(({ values }) => values.length > 0).map((each) => metricOf(each, span));
  return JSON.stringify({
    resourceMetrics: [
      {
        resource: { attributes: attributes(resource) },
        scopeMetrics: [{ scope: { name: 'slipway', version }, metrics }],
      },
    ],
  });
}

/** The sum of all that only grows, by which a beginning anew shows: a worker was replaced. */
const counted = (measurements: readonly Measurement[]) =>
  measurements
    .filter((each) => kindOf(each) === 'counter')
    .reduce((sum, { values }) => sum + values.reduce((all, { value }) => all + value, 0), 0);

export class MetricExporter {
  private readonly sender: OtlpSender;
  private readonly timer: NodeJS.Timeout;
  private from = performance.timeOrigin;
  private lastAt = performance.timeOrigin;
  private lastCounted = 0;

  /** @param read all measurements of the handler, as of now */
  constructor(
    private readonly target: OtlpTarget,
    private readonly read: () => Promise<readonly Measurement[]>,
    everyMs: number,
    log: Log,
  ) {
    this.sender = new OtlpSender('metrics', target, log);
    this.timer = setInterval(() => void this.export(), everyMs).unref();
  }

  async export(): Promise<void> {
    const measurements = await this.read();
    const now = Date.now();
    const sum = counted(measurements);
    if (sum < this.lastCounted) this.from = this.lastAt;
    [this.lastAt, this.lastCounted] = [now, sum];
    await this.sender.send(metricsRequest(this.target.resource, measurements, { from: this.from, to: now }), 1);
  }

  /** What was measured since the last time is told, too. */
  async close(): Promise<void> {
    this.end();
    await this.export();
  }

  end(): void {
    clearInterval(this.timer);
  }
}
