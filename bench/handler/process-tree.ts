/** What a server and the processes that it started have used. Linux: read from /proc (proc(5)). */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
/** More than the ticks of the few processes of a server can be rounded by, microseconds. */
const ROUNDING = 50_000;
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

/** What follows the name, the second field, which may hold spaces and brackets. */
function fieldsOf(pid: number): string[] | undefined {
  const text = alive(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** utime, stime and those of ended children: fields 14 to 17. */
function tickMicroseconds(pid: number): number {
  const fields = fieldsOf(pid) ?? [];
  return ([11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i] ?? 0), 0) / TICKS_PER_SECOND) * 1e6;
}

function threadMicroseconds(pid: number): number {
  const threads = alive(() => numeric(readdirSync(`/proc/${pid}/task`))) ?? [];
  const times = threads.map((thread) => alive(() => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')));
  return times.reduce((sum, text) => sum + Number(text?.split(' ')[0] ?? 0), 0) / 1000;
}

function processOf(pid: number): Process | undefined {
  const fields = fieldsOf(pid);
  return fields && { pid, parent: Number(fields[1]) };
}

function tree(root: number): Process[] {
  const all = numeric(readdirSync('/proc')).flatMap((pid) => processOf(pid) ?? []);
  const found = all.filter(({ pid }) => pid === root);
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found;
}

/** CPU time since the start, in microseconds. */
export interface CpuTime {
  /** Of all threads there were, in ticks of 10 ms. */
  readonly ticks: number;
  /** To the nanosecond, of the threads there are. */
  readonly threads: number;
}

export function cpuTime(root: number): CpuTime {
  const processes = tree(root);
  const sum = (of: (pid: number) => number) => processes.reduce((total, { pid }) => total + of(pid), 0);
  return { ticks: sum(tickMicroseconds), threads: sum(threadMicroseconds) };
}

/** Microseconds between two times: exact, unless threads have ended meanwhile, which only the ticks know of. */
export function cpuMicrosecondsBetween(before: CpuTime, after: CpuTime): number {
  const [ticks, threads] = [after.ticks - before.ticks, after.threads - before.threads];
  return ticks - threads > ROUNDING ? ticks : threads;
}

/** Resident memory in MB; pages that processes share count in each. */
export function residentMb(root: number): number {
  const pages = tree(root).map(({ pid }) => alive(() => readFileSync(`/proc/${pid}/statm`, 'utf8'))?.split(' ')[1]);
  return (pages.reduce((sum, count) => sum + Number(count ?? 0), 0) * PAGE_BYTES) / 1e6;
}

/** Memory in MB, each page divided by the processes that have it (Pss of proc(5)). */
export function proportionalMb(root: number): number {
  const kilobytes = tree(root).map(({ pid }) => {
    const rollup = alive(() => readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? '';
    return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0);
  });
  return (kilobytes.reduce((sum, some) => sum + some, 0) * 1024) / 1e6;
}
