/** What is counted of a shadow, for Prometheus and for CloudWatch. */
import type { Registry } from 'prom-client';
import { SHADOW_METRICS, type ShadowMetric } from '../../../lib/model/instance/handler-metrics';
import type { OutputCounts, ShadowCounts } from '../../../lib/model/instance/shadow-counts';
import type { EmfMetric } from '../../reporting/emf';
import { Counter, Gauge } from '../telemetry/prometheus';
import type { Shadow } from './shadow';

export function publishShadow(registry: Registry, shadow: Shadow): void {
  const registers = [registry];
  const { name: model, version, served } = shadow;
  const counter = (name: string, help: string, value: (counts: ShadowCounts) => number) =>
    new Counter({
      name: `slipway_shadow_${name}_total`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value(shadow.total));
      },
    });
  const ofOutputs = (name: string, help: string, value: (counts: OutputCounts) => number) =>
    new Counter({
      name: `slipway_shadow_output_${name}_total`,
      help,
      labelNames: ['output'],
      registers,
      collect() {
        this.reset();
        for (const [output, counts] of Object.entries(shadow.total.outputs)) this.inc({ output }, value(counts));
      },
    });
  counter('requests', 'Requests whose rows the shadow was to be given', ({ requests }) => requests);
  counter('rows', 'Rows that the shadow answered', ({ rows }) => rows);
  counter('agreeing_rows', 'Rows that it answered alike, in every output', ({ agreeingRows }) => agreeingRows);
  counter('refused_rows', 'Rows that it would have refused', ({ refusedRows }) => refusedRows);
  counter('failed_rows', 'Rows whose run failed', ({ failedRows }) => failedRows);
  counter('dropped_rows', 'Rows dropped: its queue was full, or it was not there', ({ droppedRows }) => droppedRows);
  counter('restarts', 'Times that its process ended', ({ restarts }) => restarts);
  counter('cpu_seconds', 'CPU time of its process', ({ cpuMs }) => cpuMs / 1000);
  counter('run_seconds', 'Time of its runs', ({ runMs }) => runMs / 1000);
  ofOutputs('rows', 'Rows that were compared', ({ rows }) => rows);
  ofOutputs('agreeing_rows', 'Rows with the same label, or a number within the tolerance', ({ agreeing }) => agreeing);
  ofOutputs('difference', 'Sum of the differences of numbers', ({ sumOfDifferences }) => sumOfDifferences);
  new Gauge({
    name: 'slipway_shadow_output_largest_difference',
    help: 'Largest difference of a number',
    labelNames: ['output'],
    aggregator: 'max',
    registers,
    collect() {
      this.reset();
      for (const [output, { largest }] of Object.entries(shadow.total.outputs)) this.set({ output }, largest);
    },
  });
  new Counter({
    name: 'slipway_shadow_labels_total',
    help: 'Rows by the label that was served and that of the shadow',
    labelNames: ['served', 'shadow'],
    registers,
    collect() {
      this.reset();
      for (const [ours, theirs, rows] of shadow.total.confusion) this.inc({ served: ours, shadow: theirs }, rows);
    },
  });
  new Gauge({
    name: 'slipway_shadow_largest_difference',
    help: 'The rows that were answered most differently; +Inf where one answer is no number',
    labelNames: ['output', 'request_id', 'row', 'served', 'shadow'],
    aggregator: 'max',
    registers,
    collect() {
      this.reset();
      for (const { output, requestId, row, difference, served: ours, shadow: theirs } of shadow.total.largest) {
        const labels = { output, request_id: requestId, row, served: String(ours), shadow: String(theirs) };
        this.set(labels, difference ?? Number.POSITIVE_INFINITY);
      }
    },
  });
  new Gauge({
    name: 'slipway_shadow_queue_rows',
    help: 'Rows that wait for the shadow',
    registers,
    collect() {
      this.set(shadow.queuedRows);
    },
  });
  new Gauge({
    name: 'slipway_shadow_ready',
    help: '1 when the shadow is loaded, warm, and its golden rows hold',
    aggregator: 'min',
    registers,
    collect() {
      this.set(shadow.ready ? 1 : 0);
    },
  });
  new Gauge({
    name: 'slipway_shadow_info',
    help: 'The shadow and the model beside which it is run; always 1',
    labelNames: ['model', 'version', 'served'],
    aggregator: 'max',
    registers,
  }).set({ model, version, served: served.version }, 1);
}

/** What was counted in a minute, for CloudWatch. */
export function shadowMetrics(counts: ShadowCounts): EmfMetric[] {
  const differences = counts.largest.map(({ difference }) => difference ?? Number.MAX_VALUE);
  const values: Record<ShadowMetric, number> = {
    ShadowRows: counts.rows,
    ShadowAgreeingRows: counts.agreeingRows,
    ShadowUnansweredRows: counts.refusedRows + counts.failedRows,
    ShadowDroppedRows: counts.droppedRows,
    ShadowLargestDifference: Math.min(MOST_OF_CLOUDWATCH, Math.max(0, ...differences)),
    ShadowCpu: counts.cpuMs,
  };
  return Object.entries(values).map(([name, value]) => ({
    name,
    unit: SHADOW_METRICS[name as ShadowMetric],
    value: Number(value.toPrecision(6)),
  }));
}

/** CloudWatch takes values up to 2^360 (API reference, MetricDatum); a difference beyond it says no more. */
const MOST_OF_CLOUDWATCH = 1e100;
