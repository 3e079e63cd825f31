/** Data quality for Prometheus. */
import type { Registry } from 'prom-client';
import { Counter, Gauge } from '../telemetry/prometheus';
import type { ColumnCounts } from './column-monitor';
import type { DataQuality } from './data-quality';

/** A model whose rows are watched. */
export interface WatchedModel {
  readonly name: string;
  readonly quality: DataQuality;
}

/** Columns of a model whose drift is published: those that moved most. */
const PUBLISHED = 50;

const LABELS = ['model', 'column'] as const;

export function publishDataQuality(registry: Registry, models: readonly WatchedModel[]): void {
  const registers = [registry];
  const rows = new Map<string, number>();
  new Counter({
    name: 'slipway_data_rows_total',
    help: 'Rows whose columns were looked at: at most 8 of each run of the engine',
    labelNames: ['model'],
    registers,
    // counted elsewhere: the counter is brought up to it each time it is read
    collect() {
      for (const { name, quality } of models) {
        this.inc({ model: name }, quality.rows - (rows.get(name) ?? 0));
        rows.set(name, quality.rows);
      }
    },
  });
  const followed = (name: string, help: string, kind: keyof ColumnCounts) => {
    const told = new Map<object, number>();
    new Counter({
      name,
      help,
      labelNames: LABELS,
      registers,
      collect() {
        for (const model of models) {
          for (const monitor of model.quality.monitors) {
            const more = monitor.counts[kind] - (told.get(monitor) ?? 0);
            if (more === 0) continue; // a series for each column that never has any would say nothing
            this.inc({ model: model.name, column: monitor.column.name }, more);
            told.set(monitor, monitor.counts[kind]);
          }
        }
      },
    });
  };
  followed('slipway_data_missing_total', 'Missing values in those rows', 'missing');
  followed('slipway_data_out_of_range_total', 'Numbers outside of the range of the training rows', 'outOfRange');
  followed('slipway_data_unseen_total', 'Values that the training rows did not have', 'unseen');
  new Gauge({
    name: 'slipway_data_drift',
    help: 'Population stability index of the last hour against the training rows; from 0.25 on the data is another',
    labelNames: LABELS,
    aggregator: 'average',
    registers,
    collect() {
      this.reset();
      for (const { name, quality } of models) {
        for (const { monitor, drift } of quality.drifts().slice(0, PUBLISHED)) {
          this.set({ model: name, column: monitor.column.name }, drift);
        }
      }
    },
  });
}
