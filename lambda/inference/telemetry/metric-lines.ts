/** What the handler measures of itself, for CloudWatch, by the minute. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  HANDLER_METRICS,
  HANDLER_METRICS_PERIOD_SECONDS,
  type HandlerMetric,
} from '../../../lib/model/instance/handler-metrics';
import { RELEASE_DIMENSION, RELEASE_METRIC } from '../../../lib/model/instance/instance-metrics';
import { type EmfMetric, emfFields } from '../../reporting/emf';
import type { Log } from '../log/log';
import type { Totals } from './telemetry';

/** Resolution with which the delay of the event loop is sampled; finer would cost CPU for nothing. */
const SAMPLING_MS = 20;

const NANOSECONDS_PER_MS = 1e6;

/**
 * What was counted between two moments.
 *
 * @param eventLoopDelayMs 99th percentile in between
 */
export function handlerMetrics(before: Totals, after: Totals, eventLoopDelayMs: number): EmfMetric[] {
  const EventLoopDelayP99 = Number(eventLoopDelayMs.toFixed(3));
  return inUnits({ ...counted(before, after), EventLoopDelayP99 });
}

export function inUnits(values: Partial<Record<HandlerMetric, number>>): EmfMetric[] {
  return Object.entries(values).map(([name, value]) => ({ name, unit: HANDLER_METRICS[name as HandlerMetric], value }));
}

/** Without what only a process that never stands still can know. */
export function counted(before: Totals, after: Totals): Record<Exclude<HandlerMetric, 'EventLoopDelayP99'>, number> {
  return {
    Rows: after.rows - before.rows,
    Overloaded: after.overloaded - before.overloaded,
    QueueWaitP99: Number((after.queue.quantileSince(before.queue, 0.99) * 1000).toFixed(3)),
  };
}

/** What is told of one of several endpoints of a process: in the log alone, since CloudWatch bills each metric. */
export interface ToldEndpoint {
  readonly totals: () => Totals;
  readonly log: Log;
}

export interface ReportOptions {
  /** Value of the dimension by which the metrics are told. */
  readonly endpoint: string;
  readonly release?: string | undefined;
  readonly totals: () => Totals;
  /** @default - the process has one endpoint */
  readonly each?: readonly ToldEndpoint[];
}

/** Write them to the log each minute; each process of a handler writes its own, and CloudWatch adds them up. */
export function reportHandlerMetrics({ endpoint, release, totals, each = [] }: ReportOptions, log: Log): void {
  const delay = monitorEventLoopDelay({ resolution: SAMPLING_MS });
  delay.enable();
  let before = totals();
  const by =
    release === undefined ? undefined : { dimension: RELEASE_DIMENSION, value: release, metric: RELEASE_METRIC };
  const ofEach = each.map((one) => ({ ...one, before: one.totals() }));
  setInterval(() => {
    const after = totals();
    // the sampler counts its own interval in: what is beyond it is delay
    const late = Math.max(0, delay.percentile(99) / NANOSECONDS_PER_MS - SAMPLING_MS);
    log('info', 'handler metrics', emfFields(endpoint, handlerMetrics(before, after, late), Date.now(), by));
    before = after;
    delay.reset();
    for (const one of ofEach) {
      const now = one.totals();
      one.log('info', 'endpoint', { ...counted(one.before, now) });
      one.before = now;
    }
  }, HANDLER_METRICS_PERIOD_SECONDS * 1000).unref();
}
