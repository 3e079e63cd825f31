/** What a server and the processes that it started have used. Linux: read from /proc (proc(5)). */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const PAGE_BYTES = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));

interface Process {
  readonly pid: number;
  readonly parent: number;
}

const numeric = (names: readonly string[]) => names.filter((name) => /^\d+$/.test(name)).map(Number);

/** What `read` gives, or nothing when the process has ended meanwhile. */
function alive<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** The name, the second field, may hold spaces and brackets; the parent is the second field after it. */
function processOf(pid: number): Process | undefined {
  const text = alive(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return text === undefined ? undefined : { pid, parent: Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]) };
}

/** Of the threads that live. In nanoseconds, where utime and stime are in ticks of 10 ms. */
function cpuNanoseconds(pid: number): number {
  const threads = alive(() => numeric(readdirSync(`/proc/${pid}/task`))) ?? [];
  const times = threads.map((thread) => alive(() => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')));
  return times.reduce((sum, text) => sum + Number(text?.split(' ')[0] ?? 0), 0);
}

function tree(root: number): Process[] {
  const all = numeric(readdirSync('/proc')).flatMap((pid) => processOf(pid) ?? []);
  const found = all.filter(({ pid }) => pid === root);
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found;
}

export function cpuMicroseconds(root: number): number {
  return tree(root).reduce((sum, { pid }) => sum + cpuNanoseconds(pid), 0) / 1000;
}

/** Resident memory in MB; pages that processes share count in each. */
export function residentMb(root: number): number {
  const pages = tree(root).map(({ pid }) => alive(() => readFileSync(`/proc/${pid}/statm`, 'utf8'))?.split(' ')[1]);
  return (pages.reduce((sum, count) => sum + Number(count ?? 0), 0) * PAGE_BYTES) / 1e6;
}
