/** Data quality for CloudWatch, by the minute. */
import {
  DRIFT_METRIC,
  MISSING_VALUES_METRIC,
  OUT_OF_RANGE_METRIC,
  UNSEEN_VALUES_METRIC,
} from '../../../lib/model/instance/instance-metrics';
import { type EmfMetric, emfFields } from '../../reporting/emf';
import type { Log } from '../log/log';
import type { DataQuality } from './data-quality';

const MINUTE_MS = 60_000;

/** What was counted since it was asked last, of all columns together, and the largest drift. */
export function dataQualityMetrics(quality: DataQuality): () => EmfMetric[] {
  const totals = () => {
    const sum = { missing: 0, outOfRange: 0, unseen: 0 };
    for (const { counts } of quality.monitors) {
      sum.missing += counts.missing;
      sum.outOfRange += counts.outOfRange;
      sum.unseen += counts.unseen;
    }
    return sum;
  };
  let before = totals();
  let rowsBefore = quality.rows;
  return () => {
    if (quality.rows === rowsBefore) return []; // nobody asked anything: no metric rather than a zero
    const now = totals();
    const [largest] = quality.drifts();
    const metrics: EmfMetric[] = [
      { name: MISSING_VALUES_METRIC, unit: 'Count', value: now.missing - before.missing },
      { name: OUT_OF_RANGE_METRIC, unit: 'Count', value: now.outOfRange - before.outOfRange },
      { name: UNSEEN_VALUES_METRIC, unit: 'Count', value: now.unseen - before.unseen },
      ...(largest ? [{ name: DRIFT_METRIC, unit: 'None' as const, value: Number(largest.drift.toFixed(6)) }] : []),
    ];
    before = now;
    rowsBefore = quality.rows;
    return metrics;
  };
}

/** Whose data quality it is. */
export interface ToldAs {
  readonly endpoint: string;
  readonly model: string;
}

/** @returns writes what was counted since it wrote last to the log, if anything was */
export function dataQualityLines(quality: DataQuality, { endpoint, model }: ToldAs, log: Log): () => void {
  const metrics = dataQualityMetrics(quality);
  return () => {
    const found = metrics();
    if (found.length === 0) return;
    const [largest] = quality.drifts();
    log('info', 'data quality', {
      model,
      ...emfFields(endpoint, found, Date.now()),
      ...(largest && { driftColumn: largest.monitor.column.name }),
    });
  };
}

/** Write them to the log each minute, for as long as the process runs. */
export function reportDataQuality(quality: DataQuality, as: ToldAs, log: Log): void {
  setInterval(dataQualityLines(quality, as, log), MINUTE_MS).unref();
}
