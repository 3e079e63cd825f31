/** What alarms watch, in PromQL: recording rules, and for each measure the expression that is compared with its threshold. */
import { PREDICTION_ROUTES } from '../../model/instance/handler-metrics';
import type { PlannedAlarm } from '../../sizing/alarms/alarm';
import { LEAST_FAILURES } from '../../sizing/alarms/error-budget';
import type { SizingPlan } from '../../sizing/plan/plan';
import { everyMeasure, type WatchedStage } from '../stage/stage';

export const jobOf = ({ name }: Pick<WatchedStage, 'name'>) => `slipway-${name}`;

/** Prometheus's way to write minutes. */
export function duration(minutes: number): string {
  if (minutes % (24 * 60) === 0) return `${minutes / (24 * 60)}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

export interface Recording {
  readonly record: string;
  readonly expr: string;
}

/** The names of the recording rules. */
export const RECORDED = {
  requests: 'job:slipway_requests:rate1m',
  errors: (minutes: number) => `job:slipway_server_errors:ratio_rate${duration(minutes)}`,
  p99: (minutes: number) => `job:slipway_latency_seconds:p99_rate${duration(minutes)}`,
  refused: 'job:slipway_refused:rate1m',
  cpu: 'instance:slipway_cpu:percent_rate1m',
  memory: 'instance:slipway_memory:percent',
  disk: 'instance:slipway_disk:percent',
} as const;

const used = (of: string, job: string) =>
  `100 * (1 - slipway_instance_${of}_available_bytes{${job}} / slipway_instance_${of === 'memory' ? 'memory' : `${of}_size`}_bytes{${job}})`;

/** The recording rules that the alarms of a stage need. */
export function recordings(stage: WatchedStage): Recording[] {
  const job = `job="${jobOf(stage)}"`;
  const routes = `${job},route=~"${PREDICTION_ROUTES}"`;
  const windows = (measure: PlannedAlarm['measure'][]) =>
    stage.alarms
      .filter((alarm) => measure.includes(alarm.measure))
      .flatMap(({ minutes, alsoMinutes }) => [minutes, ...(alsoMinutes === undefined ? [] : [alsoMinutes])]);
  const ascending = (minutes: number[]) => [...new Set(minutes)].sort((a, b) => a - b);
  const errorWindows = ascending([1, ...windows(['errorBudgetBurn', 'serverErrorPercent'])]);
  const p99Windows = ascending([1, ...windows(['p99Seconds', 'p99SecondsWithinPlan'])]);
  const all = (minutes: number) => `sum by (job) (rate(slipway_http_requests_total{${routes}}[${duration(minutes)}]))`;
  const failed = (minutes: number) =>
    `sum by (job) (rate(slipway_http_requests_total{${routes},code=~"5.."}[${duration(minutes)}]))`;
  return [
    { record: RECORDED.requests, expr: all(1) },
    // without a failure there is no series of one
    ...errorWindows.map((minutes) => ({
      record: RECORDED.errors(minutes),
      expr: `(${failed(minutes)} or 0 * ${all(minutes)}) / ${all(minutes)}`,
    })),
    ...p99Windows.map((minutes) => ({
      record: RECORDED.p99(minutes),
      expr: `histogram_quantile(0.99, sum by (job, le) (rate(slipway_http_request_duration_seconds_bucket{${routes}}[${duration(minutes)}])))`,
    })),
    {
      record: RECORDED.refused,
      expr: `sum by (job) (rate(slipway_refused_requests_total{${job},reason=~"queue_full|deadline"}[1m]))`,
    },
    {
      record: RECORDED.cpu,
      expr: `100 * (1 - sum by (job, instance) (rate(slipway_instance_cpu_seconds_total{${job},mode=~"idle|iowait"}[1m])) / sum by (job, instance) (rate(slipway_instance_cpu_seconds_total{${job}}[1m])))`,
    },
    { record: RECORDED.memory, expr: used('memory', job) },
    { record: RECORDED.disk, expr: used('filesystem', job) },
  ];
}

export interface Watched {
  /** Compared with the threshold. */
  readonly value: string;
  /** What must hold too. @default - nothing */
  readonly and?: string;
}

/** @param minutes of a window */
export type Expression = (job: string, plan: SizingPlan, minutes: number) => Watched;

const value =
  (of: (job: string) => string): Expression =>
  (job) => ({ value: of(`{job="${job}"}`) });

/** Windows from this length on need a least number of failures. */
const LONG_WINDOW_MINUTES = 60;

export const EXPRESSIONS = everyMeasure<Expression>({
  // a fleet that does not answer has no series
  healthyHosts: value((job) => `(sum(slipway_model_ready${job}) or vector(0))`),
  serverErrorPercent: (job, _, minutes) => ({ value: `100 * ${RECORDED.errors(minutes)}{job="${job}"}` }),
  errorBudgetBurn: (job, { alarms }, minutes) => ({
    value: `100 * ${RECORDED.errors(minutes)}{job="${job}"} / ${alarms.errorBudgetPercent}`,
    ...(minutes >= LONG_WINDOW_MINUTES && {
      and: `sum by (job) (increase(slipway_http_requests_total{job="${job}",route=~"${PREDICTION_ROUTES}",code=~"5.."}[${duration(minutes)}])) >= ${LEAST_FAILURES}`,
    }),
  }),
  p99Seconds: (job, _, minutes) => ({ value: `${RECORDED.p99(minutes)}{job="${job}"}` }),
  p99SecondsWithinPlan: (job, { serviceLevel }) => ({
    value: `${RECORDED.p99(1)}{job="${job}"}`,
    and: `${RECORDED.requests}{job="${job}"} <= ${serviceLevel.requestsPerSecond}`,
  }),
  cpuPercent: value((job) => `avg by (job) (${RECORDED.cpu}${job})`),
  requestsPerMinute: value((job) => `60 * ${RECORDED.requests}${job}`),
  refusedPerMinute: value((job) => `60 * ${RECORDED.refused}${job}`),
  otherReleases: value(
    (job) =>
      `count by (job) (count by (job, model, version) (slipway_model_info${job})) - count by (job) (count by (job, model) (slipway_model_info${job}))`,
  ),
  shadowDroppedPercent: (job, _, minutes) => {
    const rows = (kind: string) =>
      `sum by (job) (rate(slipway_shadow_${kind}rows_total{job="${job}"}[${duration(minutes)}]))`;
    const given = ['dropped_', '', 'refused_', 'failed_'].map(rows).join(' + ');
    return { value: `100 * ${rows('dropped_')} / (${given})` };
  },
  memoryPercent: value((job) => `${RECORDED.memory}${job}`),
  diskPercent: value((job) => `${RECORDED.disk}${job}`),
  certificateDays: { because: 'no handler sees the certificate; "slipway check certificate" does' },
  dataDrift: value((job) => `max by (job, model, column) (slipway_data_drift${job})`),
});
