/** What Zabbix knows of an instance and of the fleet, as items of its templates (export format 6.0, which later releases read). */
import { createHash } from 'node:crypto';
import { LATENCY_BUCKETS, PREDICTION_ROUTES } from '../../model/instance/handler-metrics';
import type { WatchedStage } from '../stage/stage';

export type Entry = Readonly<Record<string, unknown>>;

/** The same for the same name: an import then replaces what an earlier one made. */
export function uuid(name: string): string {
  const hex = createHash('sha256').update(`slipway ${name}`).digest('hex');
  return `${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17, 32)}`;
}

export const namesOf = ({ name }: Pick<WatchedStage, 'name'>) => ({
  instance: `Slipway instance ${name}`,
  endpoint: `Slipway endpoint ${name}`,
  templates: 'Templates/Slipway',
  hosts: `Slipway ${name}`,
});

const INTERVAL = '{$SLIPWAY.INTERVAL}';
const MASTER = 'slipway.metrics';
/** Burn rates look back three days. */
const HISTORY = '7d';

interface ItemOptions {
  readonly name: string;
  readonly key: string;
  readonly units?: string;
  readonly integer?: boolean;
  readonly description?: string;
}

const item = (template: string, { name, key, units, integer, description }: ItemOptions, more: Entry): Entry => ({
  uuid: uuid(`${template} ${key}`),
  name,
  key,
  history: HISTORY,
  value_type: integer ? 'UNSIGNED' : 'FLOAT',
  ...(units !== undefined && { units }),
  ...(description !== undefined && { description }),
  ...more,
});

interface Pattern {
  readonly pattern: string;
  readonly of?: 'sum' | 'max';
  /** Whether it counts, so that a rate is kept. @default false */
  readonly rate?: boolean;
  /** Whether no series is nought: a counter that has not counted. @default false */
  readonly absent?: boolean;
}

export function measured(template: string, options: ItemOptions, { pattern, of, rate, absent }: Pattern): Entry {
  const handler = absent
    ? { error_handler: 'CUSTOM_VALUE', error_handler_params: '0' }
    : { error_handler: 'DISCARD_VALUE' };
  return item(template, options, {
    type: 'DEPENDENT',
    delay: '0',
    master_item: { key: MASTER },
    preprocessing: [
      {
        type: 'PROMETHEUS_PATTERN',
        parameters: of === undefined ? [pattern, 'value', ''] : [pattern, 'function', of],
        ...handler,
      },
      ...(rate ? [{ type: 'CHANGE_PER_SECOND', parameters: [''] }] : []),
    ],
  });
}

export const calculated = (template: string, options: ItemOptions, formula: string): Entry =>
  item(template, options, { type: 'CALCULATED', delay: INTERVAL, params: formula });

const routes = `route=~"^(${PREDICTION_ROUTES})$"`;

export function instanceItems(stage: WatchedStage): Entry[] {
  const { instance: template } = namesOf(stage);
  const headers = stage.keys && { headers: [{ name: 'Authorization', value: 'Bearer {$SLIPWAY.KEY}' }] };
  const address = (path: string) =>
    `${stage.plan.serviceLevel.backendTls ? 'https' : 'http'}://{HOST.CONN}:{$SLIPWAY.PORT}${path}`;
  const value = (options: ItemOptions, pattern: Pattern) => measured(template, options, pattern);
  const share = (name: string, key: string, all: string, left: string) =>
    calculated(template, { name, key, units: '%' }, `100*(1-last(//${left})/last(//${all}))`);
  return [
    item(
      template,
      { name: 'Measurements', key: MASTER },
      {
        type: 'HTTP_AGENT',
        value_type: 'TEXT',
        delay: INTERVAL,
        history: '0',
        trends: '0',
        timeout: '10s',
        url: address('/metrics'),
        status_codes: '200',
        ...headers,
      },
    ),
    item(
      template,
      { name: 'Ready', key: 'slipway.ready', integer: true, description: '1 when the instance predicts' },
      {
        type: 'HTTP_AGENT',
        delay: INTERVAL,
        timeout: '5s',
        url: address('/readyz'),
        status_codes: '',
        retrieve_mode: 'HEADERS',
        preprocessing: [
          // a dead instance becomes 0, not "not supported", on which no trigger would fire
          { type: 'CHECK_NOT_SUPPORTED', parameters: [''], error_handler: 'CUSTOM_VALUE', error_handler_params: '0' },
          {
            type: 'REGEX',
            parameters: ['^HTTP\\/[0-9.]+ 200|^0*1$', '1'],
            error_handler: 'CUSTOM_VALUE',
            error_handler_params: '0',
          },
        ],
      },
    ),
    value(
      { name: 'CPU idle', key: 'slipway.cpu.idle' },
      { pattern: 'slipway_instance_cpu_seconds_total{mode=~"^(idle|iowait)$"}', of: 'sum', rate: true },
    ),
    value(
      { name: 'CPU all', key: 'slipway.cpu.all' },
      { pattern: 'slipway_instance_cpu_seconds_total', of: 'sum', rate: true },
    ),
    share('CPU', 'slipway.cpu', 'slipway.cpu.all', 'slipway.cpu.idle'),
    value(
      { name: 'Memory', key: 'slipway.memory.all', units: 'B', integer: true },
      { pattern: 'slipway_instance_memory_bytes' },
    ),
    value(
      { name: 'Memory available', key: 'slipway.memory.available', units: 'B', integer: true },
      { pattern: 'slipway_instance_memory_available_bytes' },
    ),
    share('Memory in use', 'slipway.memory', 'slipway.memory.all', 'slipway.memory.available'),
    value(
      { name: 'Disk', key: 'slipway.disk.all', units: 'B', integer: true },
      { pattern: 'slipway_instance_filesystem_size_bytes' },
    ),
    value(
      { name: 'Disk available', key: 'slipway.disk.available', units: 'B', integer: true },
      { pattern: 'slipway_instance_filesystem_available_bytes' },
    ),
    share('Disk in use', 'slipway.disk', 'slipway.disk.all', 'slipway.disk.available'),
    value({ name: 'Load of a minute', key: 'slipway.load1' }, { pattern: 'slipway_instance_load1' }),
    value({ name: 'Threads', key: 'slipway.threads', integer: true }, { pattern: 'slipway_instance_threads' }),
    value(
      { name: 'Boot', key: 'slipway.boot', units: 'unixtime', integer: true },
      { pattern: 'slipway_instance_boot_time_seconds' },
    ),
    value(
      { name: 'Clock offset', key: 'slipway.clock', units: 's' },
      { pattern: 'slipway_instance_clock_offset_seconds' },
    ),
    value(
      { name: 'Restarts of the handler', key: 'slipway.restarts', integer: true },
      { pattern: 'slipway_handler_restarts_total' },
    ),
    value({ name: 'Rows that wait', key: 'slipway.queue', integer: true }, { pattern: 'slipway_queue_rows' }),
    value(
      { name: 'Requests', key: 'slipway.requests', units: 'rps' },
      { pattern: `slipway_http_requests_total{${routes}}`, of: 'sum', rate: true, absent: true },
    ),
    value(
      { name: 'Answers 5xx', key: 'slipway.errors', units: 'rps' },
      { pattern: `slipway_http_requests_total{${routes},code=~"^5"}`, of: 'sum', rate: true, absent: true },
    ),
    value(
      { name: 'Refused requests', key: 'slipway.refused', units: 'rps' },
      {
        pattern: 'slipway_refused_requests_total{reason=~"^(queue_full|deadline)$"}',
        of: 'sum',
        rate: true,
        absent: true,
      },
    ),
    value(
      { name: 'Drift of the column that moved most', key: 'slipway.drift' },
      { pattern: 'slipway_data_drift', of: 'max' },
    ),
    ...[...LATENCY_BUCKETS.map(String), '+Inf'].map((bound) =>
      value(
        { name: `Requests that took up to ${bound} s`, key: `slipway.latency.bucket[${bound}]` },
        {
          pattern: `slipway_http_request_duration_seconds_bucket{${routes},le="${bound}"}`,
          of: 'sum',
          absent: true,
        },
      ),
    ),
    calculated(
      template,
      { name: 'Latency p99', key: 'slipway.p99', units: 's', description: 'Of the last five minutes' },
      'bucket_percentile(//slipway.latency.bucket[*],5m,99)',
    ),
  ];
}

/** Makes items of the endpoint: an item of all instances that were found, as one. */
export function overInstances(stage: WatchedStage) {
  const { endpoint: template, hosts } = namesOf(stage);
  return (name: string, key: string, function_: 'sum' | 'max' | 'avg', units?: string) =>
    calculated(
      template,
      { name, key: `slipway.fleet.${key}`, ...(units !== undefined && { units }) },
      `${function_}(last_foreach(/*/slipway.${key}?[group="${hosts}"]))`,
    );
}

export function fleetItems(stage: WatchedStage): Entry[] {
  const over = overInstances(stage);
  return [
    over('Instances that predict', 'ready', 'sum'),
    over('Requests', 'requests', 'sum', 'rps'),
    over('Answers 5xx', 'errors', 'sum', 'rps'),
    over('Refused requests', 'refused', 'sum', 'rps'),
    over('Latency p99 of the slowest instance', 'p99', 'max', 's'),
    over('CPU', 'cpu', 'avg', '%'),
  ];
}
