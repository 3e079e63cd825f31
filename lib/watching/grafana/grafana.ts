/** A dashboard for Grafana over what Prometheus has of a stage: measured values beside the lines of the plan. */
import { createHash } from 'node:crypto';
import { PREDICTION_ROUTES } from '../../model/instance/handler-metrics';
import type { SizingPlan } from '../../sizing/plan/plan';
import { jobOf, RECORDED } from '../prometheus/expressions';
import { type Files, madeBy, type WatchedStage } from '../stage/stage';

interface Line {
  readonly expr: string;
  readonly legend: string;
}

interface Panel {
  readonly title: string;
  /** What to look for. */
  readonly description: string;
  readonly unit: 'reqps' | 'percent' | 's' | 'short' | 'cpm' | 'none';
  readonly lines: readonly Line[];
  /** Value of the plan that is drawn as a line. @default - none */
  readonly limit?: number | undefined;
  /** Whether values below the limit are the bad ones. @default false */
  readonly below?: boolean;
}

const DATASOURCE = { type: 'prometheus', uid: '$' + '{datasource}' };
const [WIDTH, HEIGHT, COLUMNS] = [8, 8, 3];

function panelsOf(stage: WatchedStage): Panel[] {
  const { plan } = stage;
  const of = `{job="${jobOf(stage)}"}`;
  const job = `job="${jobOf(stage)}"`;
  const routes = `${job},route=~"${PREDICTION_ROUTES}"`;
  const threshold = (name: string) => stage.alarms.find((alarm) => alarm.name === name)?.threshold;
  const instance = '{{instance}}';
  const p99Minutes = 1;
  return [
    {
      title: 'Instances that predict',
      description: `The plan has ${plan.instances.minimum}.`,
      unit: 'none',
      lines: [{ expr: `sum(slipway_model_ready${of}) or vector(0)`, legend: 'ready' }],
      limit: plan.instances.minimum,
      below: true,
    },
    {
      title: 'Requests',
      description: 'Predictions a second, beside the peak that was planned.',
      unit: 'reqps',
      lines: [{ expr: `${RECORDED.requests}${of}`, legend: 'requests' }],
      limit: plan.serviceLevel.requestsPerSecond,
    },
    {
      title: 'Answers 5xx',
      description: 'Share of the predictions that fail.',
      unit: 'percent',
      lines: [{ expr: `100 * ${RECORDED.errors(1)}${of}`, legend: '5xx' }],
      limit: plan.alarms.serverErrorPercent,
    },
    {
      title: 'Latency p99',
      description: 'As the handlers measure it, without the way through the load balancer.',
      unit: 's',
      lines: [
        { expr: `${RECORDED.p99(p99Minutes)}${of}`, legend: 'p99' },
        {
          expr: `histogram_quantile(0.5, sum by (job, le) (rate(slipway_http_request_duration_seconds_bucket{${routes}}[1m])))`,
          legend: 'median',
        },
      ],
      limit: plan.alarms.p99Ms / 1000,
    },
    {
      title: 'CPU',
      description: 'Busy share of the processors, by instance.',
      unit: 'percent',
      lines: [{ expr: `${RECORDED.cpu}${of}`, legend: instance }],
      limit: threshold('Cpu'),
    },
    {
      title: 'Memory',
      description: 'Share in use, by instance.',
      unit: 'percent',
      lines: [{ expr: `${RECORDED.memory}${of}`, legend: instance }],
      limit: plan.alarms.memoryPercent,
    },
    {
      title: 'Disk',
      description: 'Share of the root file system in use, by instance.',
      unit: 'percent',
      lines: [{ expr: `${RECORDED.disk}${of}`, legend: instance }],
      limit: plan.alarms.diskPercent,
    },
    {
      title: 'Waiting',
      description: 'Rows that wait for a run, and how long requests wait.',
      unit: 'short',
      lines: [{ expr: `slipway_queue_rows${of}`, legend: `rows, ${instance}` }],
      limit: plan.queueRows,
    },
    {
      title: 'Refused requests a minute',
      description: 'For want of room or time.',
      unit: 'cpm',
      lines: [{ expr: `60 * ${RECORDED.refused}${of}`, legend: 'refused' }],
      limit: threshold('Refused'),
    },
    {
      title: 'Restarts of handlers in an hour',
      description: 'A handler that systemd starts again: out of memory, hung, or ended by a fault.',
      unit: 'none',
      lines: [{ expr: `increase(slipway_handler_restarts_total${of}[1h])`, legend: instance }],
    },
    {
      title: 'Clock',
      description: 'How far the clock of CloudWatch is ahead of the instance, to a second.',
      unit: 's',
      lines: [{ expr: `slipway_instance_clock_offset_seconds${of}`, legend: instance }],
    },
    {
      title: 'Models',
      description: 'Instances by the package that they serve: two of them while a deployment runs.',
      unit: 'none',
      lines: [{ expr: `count by (model, version) (slipway_model_info${of})`, legend: '{{model}} {{version}}' }],
    },
    ...(plan.versions ? versionPanels(of, plan) : []),
  ];
}

/** Of versions that are served side by side: a line of each. */
function versionPanels(of: string, { alarms }: SizingPlan): Panel[] {
  const rate = (counter: string) => `sum by (version) (rate(slipway_version_${counter}_total${of}[1m]))`;
  const buckets = `sum by (version, le) (rate(slipway_version_request_duration_seconds_bucket${of}[5m]))`;
  const legend = '{{version}}';
  return [
    {
      title: 'Requests by version',
      description: 'Predictions a second that each version was asked for.',
      unit: 'reqps',
      lines: [{ expr: rate('requests'), legend }],
    },
    {
      title: 'Answers 5xx by version',
      description: 'Share of its predictions that fail.',
      unit: 'percent',
      lines: [{ expr: `100 * ${rate('errors')} / ${rate('requests')}`, legend }],
      limit: alarms.serverErrorPercent,
    },
    {
      title: 'Latency p99 by version',
      description: 'Of the last five minutes, as the handlers measure it.',
      unit: 's',
      lines: [{ expr: `histogram_quantile(0.99, ${buckets})`, legend }],
      limit: alarms.p99Ms / 1000,
    },
  ];
}

function drawn(panel: Panel, i: number): object {
  const { title, description, unit, lines, limit, below = false } = panel;
  const steps =
    limit === undefined
      ? [{ color: 'green', value: null }]
      : [
          { color: below ? 'red' : 'green', value: null },
          { color: below ? 'green' : 'red', value: limit },
        ];
  return {
    id: i + 1,
    type: 'timeseries',
    title,
    description,
    datasource: DATASOURCE,
    gridPos: { x: (i % COLUMNS) * WIDTH, y: Math.floor(i / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT },
    targets: lines.map(({ expr, legend }, n) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + n),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
      range: true,
    })),
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(unit === 'percent' && { max: 100 }),
        custom: { thresholdsStyle: { mode: limit === undefined ? 'off' : 'line' } },
        thresholds: { mode: 'absolute', steps },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'none' },
    },
  };
}

/** Grafana 10 and later read it by import, by provisioning, and by their API. */
export function grafanaFiles(stage: WatchedStage): Files {
  const { name, domainName, model } = stage;
  const dashboard = {
    uid: createHash('sha256').update(`slipway ${domainName}`).digest('hex').slice(0, 16),
    title: `${domainName} (${name})`,
    description: madeBy(stage, 'grafana'),
    tags: ['slipway', name, model.name],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    templating: {
      list: [{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', hide: 0 }],
    },
    annotations: { list: [] },
    links: [],
    panels: panelsOf(stage).map(drawn),
  };
  return { [`${jobOf(stage)}.dashboard.json`]: `${JSON.stringify(dashboard, null, 2)}\n` };
}
