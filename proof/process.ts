/** Child processes that never outlive the proof. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';

const living = new Set<ChildProcess>();

export interface ProcessOptions {
  readonly cwd?: string;
  /** The whole environment. @default - this process's own */
  readonly env?: NodeJS.ProcessEnv;
}

export interface Finished {
  /** Exit status; 128 or more when a signal ended it. */
  readonly code: number;
  /** What it wrote on both streams, in order. */
  readonly output: string;
}

const SETPRIV = '/usr/bin/setpriv';

/** A command line that the kernel ends when this process ends, however it does: on Linux, with util-linux. */
export const tied = (command: readonly string[]): readonly string[] =>
  process.platform === 'linux' && existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', ...command] : command;

function start(command: readonly string[], options: ProcessOptions, input: 'ignore' | 'pipe'): ChildProcess {
  const [program, ...rest] = tied(command);
  // a group of its own, so that what it starts ends with it
  const child = spawn(program!, rest, { ...options, detached: true, stdio: [input, 'pipe', 'pipe'] });
  living.add(child);
  child.once('exit', () => living.delete(child));
  child.once('error', () => living.delete(child));
  return child;
}

/** Run a program to its end. Rejects only when it cannot be started. */
export function run(command: readonly string[], options: ProcessOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = start(command, options, 'ignore');
    const chunks: Buffer[] = [];
    child.stdout!.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr!.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 128, output: Buffer.concat(chunks).toString('utf8') }));
  });
}

/**
 * Start a program that runs until it is stopped; what it writes goes to the file `log`. Its standard
 * input closes when this process ends in any way, by which it can tell that it is alone.
 */
export function serve(command: readonly string[], log: string, options: ProcessOptions = {}): ChildProcess {
  const child = start(command, options, 'pipe');
  const file = createWriteStream(log);
  child.stdout!.pipe(file, { end: false });
  child.stderr!.pipe(file, { end: false });
  child.once('close', () => file.end());
  return child;
}

/** End a child and everything it has started, and wait until it is gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  end(child, 'SIGTERM');
  const impatience = setTimeout(() => end(child, 'SIGKILL'), 5000);
  await gone;
  clearTimeout(impatience);
}

/** End all children, at once and without waiting: the last thing before this process ends. */
export function endAll(): void {
  for (const child of living) end(child, 'SIGKILL');
}

function end(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-child.pid!, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
