/** What the handler measures of itself, for CloudWatch, by the minute. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  HANDLER_METRICS,
  HANDLER_METRICS_PERIOD_SECONDS,
  type HandlerMetric,
} from '../../../lib/model/instance/handler-metrics';
import { type EmfMetric, emfFields } from '../../reporting/emf';
import type { Log } from '../log/log';
import type { Telemetry, Totals } from './telemetry';

/** Resolution with which the delay of the event loop is sampled; finer would cost CPU for nothing. */
const SAMPLING_MS = 20;

const NANOSECONDS_PER_MS = 1e6;

/**
 * What was counted between two moments.
 *
 * @param eventLoopDelayMs 99th percentile in between
 */
export function handlerMetrics(before: Totals, after: Totals, eventLoopDelayMs: number): EmfMetric[] {
  const values: Record<HandlerMetric, number> = {
    Rows: after.rows - before.rows,
    Overloaded: after.overloaded - before.overloaded,
    QueueWaitP99: after.queue.quantileSince(before.queue, 0.99) * 1000,
    EventLoopDelayP99: eventLoopDelayMs,
  };
  return Object.entries(values).map(([name, value]) => ({
    name,
    unit: HANDLER_METRICS[name as HandlerMetric],
    value: Number(value.toFixed(3)),
  }));
}

/** Write them to the log each minute; each process of a handler writes its own, and CloudWatch adds them up. */
export function reportHandlerMetrics(
  { endpoint, release }: { readonly endpoint: string; readonly release?: string },
  telemetry: Telemetry,
  log: Log,
): void {
  const delay = monitorEventLoopDelay({ resolution: SAMPLING_MS });
  delay.enable();
  let before = telemetry.totals();
  setInterval(() => {
    const after = telemetry.totals();
    // the sampler counts its own interval in: what is beyond it is delay
    const late = Math.max(0, delay.percentile(99) / NANOSECONDS_PER_MS - SAMPLING_MS);
    log('info', 'handler metrics', emfFields(endpoint, handlerMetrics(before, after, late), Date.now(), release));
    before = after;
    delay.reset();
  }, HANDLER_METRICS_PERIOD_SECONDS * 1000).unref();
}
