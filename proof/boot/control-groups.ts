/** Control groups of the containers; systemd-nspawn needs one apart for each. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const MOUNT = '/sys/fs/cgroup';
const PREFIX = 'slipway-boot-';

/** With cgroup v1 beside v2, systemd's own hierarchy, the unified one, those of processors and memory; else the only one. */
function hierarchies(): string[] {
  const both = ['systemd', 'unified', 'cpu', 'memory']
    .map((name) => join(MOUNT, name))
    .filter((path) => existsSync(path));
  return both.length > 0 ? both : [MOUNT];
}

/** Whether limits of units are enforced in the containers: only then has their hierarchy the controller of memory. */
export function limitsMemory(): boolean {
  return existsSync(join(MOUNT, 'cgroup.controllers'));
}

/** Makes the control groups of a container. @returns their paths */
export function controlGroupsOf(name: string): string[] {
  const groups = hierarchies().map((hierarchy) => join(hierarchy, `${PREFIX}${name}`));
  for (const group of groups) mkdirSync(group, { recursive: true });
  return groups;
}

/** As short as may be, since a container stands still for the rest of it; the kernel wants a millisecond of work in each. */
const LEAST_PERIOD_MICROSECONDS = 10_000;
const LEAST_QUOTA_MICROSECONDS = 1000;

/**
 * Gives a container so much of one processor, from now on.
 *
 * @param share between 0.02 and 1; undefined: all that there is
 */
export function limitProcessor(name: string, share: number | undefined): void {
  const period = Math.max(LEAST_PERIOD_MICROSECONDS, Math.ceil(LEAST_QUOTA_MICROSECONDS / (share ?? 1)));
  const quota = share === undefined ? undefined : Math.round(share * period);
  const old = join(MOUNT, 'cpu', `${PREFIX}${name}`);
  if (existsSync(old)) {
    writeFileSync(join(old, 'cpu.cfs_period_us'), String(period));
    writeFileSync(join(old, 'cpu.cfs_quota_us'), String(quota ?? -1));
    return;
  }
  writeFileSync(join(MOUNT, 'cgroup.subtree_control'), '+cpu');
  writeFileSync(join(MOUNT, `${PREFIX}${name}`, 'cpu.max'), `${quota ?? 'max'} ${period}`);
}

const LOOK_MS = 50;

/**
 * Limits the memory of those processes of a container that have some words in their command, as `MemoryMax` of their unit does where the hierarchy
 * of the container has the controller; there it does nothing.
 */
export function limitProgram(name: string, words: readonly string[], mebibytes: number): void {
  if (limitsMemory()) return;
  const group = join(MOUNT, 'memory', `${PREFIX}${name}.unit`);
  mkdirSync(group, { recursive: true });
  writeFileSync(join(group, 'memory.limit_in_bytes'), String(mebibytes * 1024 * 1024));
  const look = () => {
    for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      try {
        const inContainer = readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(`:memory:/${PREFIX}${name}\n`);
        if (!inContainer) continue;
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        if (words.every((word) => command.includes(word))) writeFileSync(join(group, 'cgroup.procs'), pid);
      } catch (error) {
        if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      }
    }
  };
  setInterval(look, LOOK_MS).unref();
}

/** The kernel needs a moment after the last process of a group has ended. */
const ATTEMPTS = 50;
const PAUSE_MS = 100;

/** Removes all of them, also those that a killed run left. @returns those that could not be removed */
export async function removeControlGroups(): Promise<string[]> {
  const left = () =>
    hierarchies().flatMap((hierarchy) =>
      readdirSync(hierarchy)
        .filter((name) => name.startsWith(PREFIX))
        .map((name) => join(hierarchy, name)),
    );
  for (let attempt = 0; left().length > 0 && attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await pause(PAUSE_MS);
    for (const group of left()) removeTree(group);
  }
  return left();
}

function removeTree(group: string): void {
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(group, entry.name));
  }
  try {
    rmdirSync(group);
  } catch (error) {
    if (!['EBUSY', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
