import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countStart, describeInstance, type InstanceSources } from '../../../../lambda/inference/telemetry/instance';
import { Registry } from '../../../../lambda/inference/telemetry/prometheus';
import { CPU_MODES, type InstanceValues } from '../../../../lambda/reporting/values';
import { temporaryFolder } from '../../../../testing/temporary-folder';

const VALUES: InstanceValues = {
  cpuSeconds: { user: 1, nice: 2, system: 3, idle: 4, iowait: 5, irq: 6, softirq: 7, steal: 8 },
  load1: 0.5,
  threads: 131,
  bootTimeSeconds: 1764417600,
  memoryBytes: 1000,
  memoryAvailableBytes: 250,
  diskBytes: 800,
  diskAvailableBytes: 600,
};

async function samples(sources: InstanceSources): Promise<string[]> {
  const registry = new Registry();
  describeInstance(registry, { environment: {}, statusFile: join(temporaryFolder(), 'none'), ...sources });
  return (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

test('tells processors, memory, disk, load and boot, from one look a scrape', async () => {
  const values = jest.fn(async () => VALUES);
  expect(await samples({ values })).toEqual([
    ...CPU_MODES.map((mode, i) => `slipway_instance_cpu_seconds_total{mode="${mode}"} ${i + 1}`),
    'slipway_instance_memory_bytes 1000',
    'slipway_instance_memory_available_bytes 250',
    'slipway_instance_filesystem_size_bytes 800',
    'slipway_instance_filesystem_available_bytes 600',
    'slipway_instance_load1 0.5',
    'slipway_instance_threads 131',
    'slipway_instance_boot_time_seconds 1764417600',
  ]);
  expect(values).toHaveBeenCalledTimes(1);
});

test('tells what the log shipper knows, as far as it does', async () => {
  const statusFile = join(temporaryFolder(), 'status.json');
  const values = async () => undefined;
  writeFileSync(statusFile, '{"waitingBytes":7,"lost":0}');
  expect(await samples({ values, statusFile })).toEqual(['slipway_log_unsent_bytes 7']);
  writeFileSync(statusFile, '{"waitingBytes":0,"lost":0,"clockOffsetSeconds":-3600}');
  expect(await samples({ values, statusFile })).toEqual([
    'slipway_instance_clock_offset_seconds -3600',
    'slipway_log_unsent_bytes 0',
  ]);
  writeFileSync(statusFile, '{');
  expect(await samples({ values, statusFile })).toEqual([]);
});

test('counts the starts of the handler over restarts', async () => {
  const RUNTIME_DIRECTORY = temporaryFolder();
  const start = async () => {
    const environment = { RUNTIME_DIRECTORY };
    countStart(environment);
    return samples({ values: async () => undefined, environment });
  };
  expect(await start()).toEqual(['slipway_handler_restarts_total 0']);
  expect(await start()).toEqual(['slipway_handler_restarts_total 1']);
  writeFileSync(join(RUNTIME_DIRECTORY, 'starts'), 'nonsense');
  expect(await start()).toEqual(['slipway_handler_restarts_total 0']);
});

test('counts nothing where no folder is kept', () => {
  const environment = {};
  countStart(environment);
  expect(environment).toEqual({});
});
