import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  cpuPercent,
  diskPercent,
  type InstanceValues,
  instanceValues,
  memoryPercent,
} from '../../../lambda/reporting/values';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { onLinux } from '../../on-linux';

/** As a t4g.small has it. */
const FILES = {
  stat: 'cpu  100 20 300 4000 50 6 7 80 0 0\ncpu0 50 10 150 2000 25 3 3 40 0 0\nintr 1 2\nbtime 1764417600\nprocs_running 1\n',
  meminfo: 'MemTotal:        1000 kB\nMemFree:          100 kB\nMemAvailable:     250 kB\n',
  loadavg: '0.42 0.30 0.20 2/131 4711\n',
};

function proc(files: Partial<typeof FILES> = {}): string {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries({ ...FILES, ...files })) writeFileSync(join(folder, name), text);
  return folder;
}

test('reads what the kernel tells', async () => {
  await expect(instanceValues({ proc: proc() })).resolves.toMatchObject({
    cpuSeconds: { user: 1, nice: 0.2, system: 3, idle: 40, iowait: 0.5, irq: 0.06, softirq: 0.07, steal: 0.8 },
    load1: 0.42,
    threads: 131,
    bootTimeSeconds: 1764417600,
    memoryBytes: 1_024_000,
    memoryAvailableBytes: 256_000,
  });
});

test.each([{ stat: '' }, { meminfo: 'nothing' }, { loadavg: '' }])(
  'tells nothing rather than something wrong: %j',
  async (files) => {
    await expect(instanceValues({ proc: proc(files) })).resolves.toBeUndefined();
  },
);

test('tells nothing where there is no such kernel', async () => {
  await expect(instanceValues({ proc: join(temporaryFolder(), 'none') })).resolves.toBeUndefined();
});

onLinux('this machine has sound values', async () => {
  const values = (await instanceValues())!;
  expect(values.bootTimeSeconds).toBeLessThan(Date.now() / 1000);
  for (const percent of [memoryPercent(values), diskPercent(values)]) {
    expect(percent).toBeGreaterThan(0);
    expect(percent).toBeLessThanOrEqual(100);
  }
});

test('CPU is what was neither idle nor waiting for a disk; time that the host took counts as used', async () => {
  const before = (await instanceValues({ proc: proc() }))!;
  const more = { ...before.cpuSeconds, user: 3, steal: 1.8, idle: 45, iowait: 2.5 };
  expect(cpuPercent(before, { ...before, cpuSeconds: more })).toBeCloseTo(30);
  expect(cpuPercent(before, before)).toBe(0);
});

test('shares of memory and disk', () => {
  const values = { memoryBytes: 1000, memoryAvailableBytes: 250, diskBytes: 800, diskAvailableBytes: 600 };
  expect(memoryPercent(values as InstanceValues)).toBe(75);
  expect(diskPercent(values as InstanceValues)).toBe(25);
});
