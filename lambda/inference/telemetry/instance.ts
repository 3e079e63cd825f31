/** The values of the instance for Prometheus, read at each scrape. Several workers tell the same ones, of which one is kept. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Aggregator, Registry } from 'prom-client';
import { SHIPPER_STATUS_FILE, type ShipperStatus } from '../../../lib/model/instance/log-shipping';
import { CPU_MODES, type InstanceValues, instanceValues } from '../../reporting/values';

/** Tells workers what the first process of the handler counted. */
const STARTS_VARIABLE = 'SLIPWAY_STARTS';

/** Metrics of one scrape share a look. */
const LOOK_MS = 500;

interface Look {
  readonly values?: InstanceValues;
  readonly shipper?: ShipperStatus;
  /** Of the handler, since the boot. */
  readonly starts?: number;
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | undefined;
}

type Reading = (look: Look) => number | undefined | readonly Sample[];

const of =
  (read: (values: InstanceValues) => number | readonly Sample[]): Reading =>
  (look) =>
    look.values && read(look.values);

const METRICS: Readonly<Record<string, readonly [type: 'gauge' | 'counter', help: string, read: Reading]>> = {
  slipway_instance_cpu_seconds_total: [
    'counter',
    'Time of all processors since the boot, by what they did',
    of(({ cpuSeconds }) => CPU_MODES.map((mode) => ({ labels: { mode }, value: cpuSeconds[mode] }))),
  ],
  slipway_instance_memory_bytes: ['gauge', 'Memory of the instance', of((values) => values.memoryBytes)],
  slipway_instance_memory_available_bytes: [
    'gauge',
    'Memory that programs could still get without swapping',
    of((values) => values.memoryAvailableBytes),
  ],
  slipway_instance_filesystem_size_bytes: ['gauge', 'Size of the root file system', of((values) => values.diskBytes)],
  slipway_instance_filesystem_available_bytes: [
    'gauge',
    'Room on the root file system for programs that are not of root',
    of((values) => values.diskAvailableBytes),
  ],
  slipway_instance_load1: [
    'gauge',
    'Threads that run or wait for a processor or a disk, mean of a minute',
    of((values) => values.load1),
  ],
  slipway_instance_threads: ['gauge', 'Threads of all programs', of((values) => values.threads)],
  slipway_instance_boot_time_seconds: [
    'gauge',
    'When the kernel started, seconds since 1970',
    of((values) => values.bootTimeSeconds),
  ],
  slipway_instance_clock_offset_seconds: [
    'gauge',
    'How far the clock of CloudWatch is ahead of that of the instance, to a second',
    ({ shipper }) => shipper?.clockOffsetSeconds,
  ],
  slipway_log_unsent_bytes: ['gauge', 'Logs that CloudWatch does not have yet', ({ shipper }) => shipper?.waitingBytes],
  slipway_handler_restarts_total: [
    'counter',
    'Starts of the handler since the boot of the instance, but the first',
    ({ starts }) => starts && starts - 1,
  ],
};

export interface InstanceSources {
  /** @default instanceValues */
  readonly values?: () => Promise<InstanceValues | undefined>;
  /** @default SHIPPER_STATUS_FILE */
  readonly statusFile?: string;
  /** @default process.env */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Publishes them. What cannot be known, as where there is no Linux, has no line. */
export function describeInstance(registry: Registry, sources: InstanceSources = {}): void {
  const { values = instanceValues, statusFile = SHIPPER_STATUS_FILE, environment = process.env } = sources;
  const starts = Number(environment[STARTS_VARIABLE]) || undefined;
  let look: Promise<Look> = Promise.resolve({});
  let lookedAt = Number.NEGATIVE_INFINITY;
  const looked = () => {
    if (performance.now() - lookedAt > LOOK_MS) {
      lookedAt = performance.now();
      look = values().then((found) => ({ values: found, shipper: statusOf(statusFile), starts }));
    }
    return look;
  };
  const aggregator: Aggregator = 'max';
  for (const [name, [type, help, read]] of Object.entries(METRICS)) {
    const get = async () => {
      const found = read(await looked());
      const samples = typeof found === 'object' ? found : [{ labels: {}, value: found }];
      return { name, help, type, aggregator, values: samples.filter(({ value }) => value !== undefined) };
    };
    // all that a registry asks of a metric is `name` and `get`
    registry.registerMetric({ name, get } as unknown as Parameters<Registry['registerMetric']>[0]);
  }
}

function statusOf(file: string): ShipperStatus | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ShipperStatus;
  } catch {
    return undefined;
  }
}

/** Counts this start, in the folder that systemd keeps over restarts; its workers know it by the environment. */
export function countStart(environment: NodeJS.ProcessEnv): void {
  const folder = environment.RUNTIME_DIRECTORY;
  if (folder === undefined) return;
  const file = join(folder, 'starts');
  let before = 0;
  try {
    before = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    // the first
  }
  environment[STARTS_VARIABLE] = String(before + 1);
  try {
    writeFileSync(file, environment[STARTS_VARIABLE]);
  } catch {
    // then the next one is not told from this one
  }
}
