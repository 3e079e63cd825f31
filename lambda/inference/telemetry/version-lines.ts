/** What the handler measures of versions that are served side by side, for CloudWatch, by the minute. */
import {
  HANDLER_METRICS_PERIOD_SECONDS,
  VERSION_METRICS,
  type VersionMetric,
} from '../../../lib/model/instance/handler-metrics';
import { ENDPOINT_DIMENSION, VERSION_DIMENSION } from '../../../lib/model/instance/instance-metrics';
import { type EmfMetric, emfOf } from '../../reporting/emf';
import type { Log } from '../log/log';
import type { VersionTotals } from './version-answers';

/** A version as far as its answers are watched. */
export interface WatchedVersion {
  readonly version: string;
  /** Answers that were looked at, and their sum. @default - it is no version of several */
  readonly answers?: { readonly rows: number; readonly sum: number };
}

/** What was counted of a version until a moment. */
export interface VersionCounts extends VersionTotals {
  /** Answers that were looked at, and their sum. */
  readonly answers: { readonly rows: number; readonly sum: number };
}

/** What was counted between two moments; without a request there is no time, and without an answer no mean. */
export function versionMetrics(before: VersionCounts, after: VersionCounts): EmfMetric[] {
  const requests = after.requests - before.requests;
  const rows = after.answers.rows - before.answers.rows;
  const p99 = after.latency.quantileSince(before.latency, 0.99);
  const values: Partial<Record<VersionMetric, number>> = {
    VersionRequests: requests,
    VersionErrors: after.errors - before.errors,
    ...(requests > 0 && { VersionP99: Number((1000 * p99).toFixed(3)) }),
    ...(rows > 0 && { VersionPrediction: Number(((after.answers.sum - before.answers.sum) / rows).toPrecision(6)) }),
  };
  return Object.entries(values).map(([name, value]) => ({ name, unit: VERSION_METRICS[name as VersionMetric], value }));
}

/**
 * Write a line for each version to the log each minute, for as long as the process runs; none for a model that is served alone.
 *
 * @param endpoint value of the dimension beside that of the version
 */
export function reportVersions(
  endpoint: string,
  models: readonly WatchedVersion[],
  totals: () => ReadonlyMap<string, VersionTotals>,
  log: Log,
): void {
  const counts = () => {
    const all = totals();
    return models.flatMap(({ version, answers }) => {
      const total = all.get(version);
      return total && answers ? [{ version, ...total, answers: { rows: answers.rows, sum: answers.sum } }] : [];
    });
  };
  let before = counts();
  if (before.length === 0) return;
  setInterval(() => {
    const after = counts();
    for (const [i, now] of after.entries()) {
      const dimensions = { [ENDPOINT_DIMENSION]: endpoint, [VERSION_DIMENSION]: now.version };
      log('info', 'version', emfOf(dimensions, versionMetrics(before[i]!, now), Date.now()));
    }
    before = after;
  }, HANDLER_METRICS_PERIOD_SECONDS * 1000).unref();
}
