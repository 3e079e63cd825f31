/** Memory of a process, and how much of it other processes of the same program would share. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { SlipwayError } from '../model/error';

const tenth = (value: number) => Math.round(value * 10) / 10;

/** A file of a process below /proc; undefined where there is none. */
function read(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined; // not Linux, or not allowed
  }
}

/** A field that is given in KiB, in MiB. */
function field(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? Number.NaN) / 1024;
}

/** @throws SlipwayError E_PLATFORM where neither /proc nor ps tells */
export function residentMiB(pid: number): number {
  const status = read(pid, 'status');
  if (status) return tenth(field(status, 'VmRSS'));
  try {
    return tenth(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024);
  } catch (cause) {
    const text = `the memory of a process cannot be read on ${process.platform}, by /proc or by ps: profile on Linux or macOS`;
    throw new SlipwayError('E_PLATFORM', text, { cause });
  }
}

/** The most that it ever had; what it has now where the system does not tell. */
export function peakMiB(pid: number): number {
  const status = read(pid, 'status');
  return status ? tenth(field(status, 'VmHWM')) : residentMiB(pid);
}

/**
 * Resident memory that belongs to mapped files and was not written to: code of Node.js and of the engine. A second worker
 * has the same pages. What remains is its own (USS of a process that shares all it can). 0 where the kernel does not tell,
 * which errs to the safe side.
 */
export function sharedMiB(pid: number): number {
  const rollup = read(pid, 'smaps_rollup');
  if (!rollup) return 0;
  // pages of files are dirty too while the file itself is new and not yet on its disk, as a Node.js that was just fetched
  const own = field(rollup, 'Anonymous') || field(rollup, 'Private_Dirty') + field(rollup, 'Shared_Dirty');
  const shared = field(rollup, 'Rss') - own;
  return shared > 0 ? tenth(shared) : 0;
}
