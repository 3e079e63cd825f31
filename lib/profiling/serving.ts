/** The handler itself, as instances run it: how soon it is ready, and the memory of its processes under requests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { ERRORS, type ErrorCode, SlipwayError } from '../model/error';
import { toEnvironment } from '../model/instance/handler-environment';
import {
  DEFAULT_HANDLER_SETTINGS,
  LONGEST_DEADLINE_MS,
  MOST_QUEUE_ROWS,
  MOST_ROWS_PER_RUN,
} from '../model/instance/handler-settings';
import type { ComputeProfile } from '../model/package/profile';
import { leashed } from '../model/process/leash';
import { httpCosts, type Sent } from './http-cost';
import { peakMiB, residentMiB, sharedMiB } from './memory';

/** The bundle of the handler, and what runs it. */
export interface Handler {
  /** The bundle's JavaScript file. */
  readonly file: string;
  /** Path of the Node.js binary: that of the instances, where this machine can run it. */
  readonly node: string;
}

export type Serving = Pick<ComputeProfile, 'http' | 'memory' | 'startMs' | 'loadMs'>;

/** Lines of the handler's log that a message quotes. */
const QUOTED_LINES = 3;

type Event = Readonly<Record<string, unknown>>;

export class ServedHandler {
  private readonly startedAt = performance.now();
  private readonly process: ChildProcess;
  private readonly lines: string[] = [];
  private watcher?: () => void;
  private over = false;

  /**
   * Start it. One worker, and the process that stands above the workers where there are several.
   *
   * @param directory of the model package
   * @param rowsPerRun that it may have, as a plan for requests of so many rows would have it
   */
  constructor({ file, node }: Handler, directory: string, rowsPerRun: number) {
    const environment = toEnvironment({
      ...DEFAULT_HANDLER_SETTINGS,
      model: resolve(directory),
      host: '127.0.0.1',
      port: 0,
      adminPort: 0,
      queueRows: MOST_QUEUE_ROWS,
      deadlineMs: LONGEST_DEADLINE_MS,
      rowsPerRun: Math.min(rowsPerRun, MOST_ROWS_PER_RUN),
    });
    const { execArgv, env, stdin } = leashed({ thread: false }); // its memory is measured, a thread would be a part of it
    this.process = spawn(node, [...execArgv, file], {
      env: { ...process.env, ...environment, ...env },
      stdio: [stdin, 'pipe', 'pipe'],
    });
    const see = (line: string) => {
      this.lines.push(line);
      this.watcher?.();
    };
    createInterface({ input: this.process.stdout! }).on('line', see);
    createInterface({ input: this.process.stderr! }).on('line', see);
    const ended = () => {
      this.over = true;
      this.watcher?.();
    };
    this.process.once('error', ended);
    this.process.once('close', ended);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Ends it at once, its worker with it. */
  kill(): void {
    this.process.kill('SIGKILL');
  }

  /**
   * Wait until it is ready, send requests of each size for a while, and look at the memory of its processes.
   *
   * @param windowMs milliseconds of one measuring window
   * @param tell told that windows disagree, a line at a time
   * @throws SlipwayError E_PARITY when the golden rows do not hold, E_INTERNAL when it does not serve
   */
  async measure(sizes: readonly Sent[], windowMs: number, tell?: (text: string) => void): Promise<Serving> {
    const { port } = (await this.event('listening')) as { port: number };
    const { pid, milliseconds } = (await this.event('ready')) as { pid: number; milliseconds: number };
    const startMs = performance.now() - this.startedAt;
    const loadPeakMiB = peakMiB(pid);
    const http = await this.httpCosts(port, sizes, windowMs, tell);
    if (http.length === 1) http.push({ ...http[0]!, rows: 1 }); // so slow that it does not matter
    const loadedMiB = residentMiB(pid);
    const baseMiB = Math.min(residentMiB(this.process.pid!), loadedMiB);
    return {
      http,
      memory: { baseMiB, loadedMiB, loadPeakMiB, sharedMiB: Math.min(sharedMiB(pid), baseMiB) },
      startMs: Math.round(startMs * 10) / 10,
      loadMs: milliseconds,
    };
  }

  private async httpCosts(port: number, sizes: readonly Sent[], windowMs: number, tell?: (text: string) => void) {
    try {
      return await httpCosts(port, sizes, windowMs, tell);
    } catch (cause) {
      throw this.over ? this.fault('ended under requests') : this.fault(`does not serve: ${(cause as Error).message}`);
    }
  }

  private async event(name: string): Promise<Event> {
    for (let seen = 0; ; ) {
      while (seen < this.lines.length) {
        const event = parsed(this.lines[seen++]!);
        if (event?.event === name) return event;
        if (event?.event === 'golden rows differ') {
          const text = 'the golden rows do not hold in the handler on this machine; "slipway verify" shows which';
          throw new SlipwayError('E_PARITY', text);
        }
      }
      if (this.over) throw this.fault(`ended before it was ${name}`);
      await new Promise<void>((wake) => {
        this.watcher = wake;
      });
    }
  }

  /** What it says itself, or that it is a fault. */
  private fault(what: string): SlipwayError {
    for (const line of this.lines) {
      const { event, code, error } = parsed(line) ?? {};
      if (event === 'failed' && Object.hasOwn(ERRORS, String(code)))
        return new SlipwayError(code as ErrorCode, String(error));
    }
    return new SlipwayError('E_INTERNAL', `the handler ${what}`, { problems: this.lines.slice(-QUOTED_LINES) });
  }
}

function parsed(line: string): Event | undefined {
  try {
    return JSON.parse(line) as Event;
  } catch {
    return undefined; // not of the log, such as what Node.js says as it ends
  }
}
