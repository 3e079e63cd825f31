/** What the handler measures of itself, for CloudWatch, by the minute. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  HANDLER_METRICS,
  HANDLER_METRICS_PERIOD_SECONDS,
  type HandlerMetric,
} from '../../../lib/model/instance/handler-metrics';
import { type EmfMetric, emfFields } from '../../reporting/emf';
import type { Log } from '../log/log';
import type { Totals } from './telemetry';

/** Resolution with which the delay of the event loop is sampled; finer would cost CPU for nothing. */
const SAMPLING_MS = 20;

const NANOSECONDS_PER_MS = 1e6;

/**
 * What was counted between two moments.
 *
 * @param eventLoopDelayMs 99th percentile in between; undefined where it is told elsewhere
 */
export function handlerMetrics(before: Totals, after: Totals, eventLoopDelayMs?: number): EmfMetric[] {
  return [
    metric('Rows', after.rows - before.rows),
    metric('Overloaded', after.overloaded - before.overloaded),
    ...(after.queue && before.queue
      ? [metric('QueueWaitP99', after.queue.quantileSince(before.queue, 0.99) * 1000)]
      : []),
    ...(eventLoopDelayMs === undefined ? [] : [metric('EventLoopDelayP99', eventLoopDelayMs)]),
  ];
}

function metric(name: HandlerMetric, value: number): EmfMetric {
  return { name, unit: HANDLER_METRICS[name], value: Number(value.toFixed(3)) };
}

/** What is told under one name, each minute. */
export interface Reported {
  /** Value of the dimension by which it is told. */
  readonly endpoint: string;
  readonly totals: () => Totals;
  /** Present where the process is told of, too: of several endpoints of a process each tells of itself alone. */
  readonly process?: { readonly release?: string | undefined } | undefined;
  readonly log: Log;
}

/** Write them to the log each minute; each process of a handler writes its own, and CloudWatch adds them up. */
export function reportHandlerMetrics(all: readonly Reported[]): void {
  const delay = monitorEventLoopDelay({ resolution: SAMPLING_MS });
  delay.enable();
  const before = all.map(({ totals }) => totals());
  setInterval(() => {
    // the sampler counts its own interval in: what is beyond it is delay
    const late = Math.max(0, delay.percentile(99) / NANOSECONDS_PER_MS - SAMPLING_MS);
    delay.reset();
    for (const [i, { endpoint, totals, process, log }] of all.entries()) {
      const after = totals();
      const metrics = handlerMetrics(before[i]!, after, process && late);
      log('info', 'handler metrics', emfFields(endpoint, metrics, Date.now(), process?.release));
      before[i] = after;
    }
  }, HANDLER_METRICS_PERIOD_SECONDS * 1000).unref();
}
