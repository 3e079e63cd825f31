/** Starting the servers that are compared, and reading what they cost. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { HANDLER_FILE } from '../../lib/artifacts/handler-bundle';
import { DEFAULT_HANDLER_SETTINGS, toEnvironment } from '../../lib/model/handler-settings';

export interface Server {
  readonly name: string;
  readonly port: number;
  /** What it said of itself when it was ready. */
  readonly about: Readonly<Record<string, unknown>>;
  /** CPU time since its start, user and system, in microseconds. */
  cpuMicroseconds(): number;
  stop(): void;
}

export const MODEL = join(__dirname, '../../models/breast-cancer');

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** utime and stime are fields 14 and 15 of /proc/PID/stat; the name, field 2, may hold spaces (proc(5)). */
function cpuMicroseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6;
}

function whenReady(name: string, child: ChildProcess): Promise<Server> {
  return new Promise((resolve, reject) => {
    let port: number | undefined;
    child.once('exit', (code) => reject(new Error(`${name} ended with status ${code} before it was ready`)));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const event = JSON.parse(line) as Record<string, unknown>;
      port ??= event.port as number | undefined; // the handler tells it before it is ready
      if (event.event !== 'ready') return;
      resolve({
        name,
        port: port!,
        about: event,
        cpuMicroseconds: () => cpuMicroseconds(child.pid!),
        stop: () => child.kill('SIGTERM'),
      });
    });
  });
}

function start(name: string, command: string, parameters: string[], environment = {}): Promise<Server> {
  const env = { PATH: process.env.PATH, OMP_NUM_THREADS: '1', ...environment };
  return whenReady(name, spawn(command, parameters, { env, stdio: ['ignore', 'pipe', 'inherit'] }));
}

/** The handler as it is bundled for an instance, with `models/breast-cancer`. */
export function startHandler(bundle: string): Promise<Server> {
  const settings = { ...DEFAULT_HANDLER_SETTINGS, model: MODEL, host: '127.0.0.1', port: 0 };
  return start('handler', process.execPath, [join(bundle, HANDLER_FILE)], toEnvironment(settings));
}

/** @param script of this folder, already JavaScript */
export function startRaw(script: string): Promise<Server> {
  return start('raw', process.execPath, [script]);
}

export function startFlask(python: string): Promise<Server> {
  return start('flask', python, [join(__dirname, 'flask_server.py')]);
}
