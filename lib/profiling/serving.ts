/** The handler itself, as instances run it: how soon it is ready, and the memory of its processes under requests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { ERRORS, type ErrorCode, SlipwayError } from '../model/error';
import { toEnvironment } from '../model/instance/handler-environment';
import {
  DEFAULT_HANDLER_SETTINGS,
  LONGEST_DEADLINE_MS,
  MOST_QUEUE_ROWS,
  MOST_ROWS_PER_RUN,
} from '../model/instance/handler-settings';
import type { ComputeProfile, HttpCost } from '../model/package/profile';
import { leashed } from '../model/process/leash';
import { Connection } from './connection';
import { peakMiB, residentMiB, sharedMiB } from './memory';
import { median, WINDOWS } from './windows';

/** The bundle of the handler, and what runs it. */
export interface Handler {
  /** The bundle's JavaScript file. */
  readonly file: string;
  /** Path of the Node.js binary: that of the instances, where this machine can run it. */
  readonly node: string;
}

export type Serving = Pick<ComputeProfile, 'http' | 'memory' | 'startMs' | 'loadMs'>;

/** Requests of one size to send. */
export interface Sent {
  readonly rows: number;
  /** Sent in turn. */
  readonly requests: readonly Buffer[];
  /** CPU time of one without HTTP, milliseconds. */
  readonly batchMs: number;
}

/** Share of the time that the worker is kept busy: as much as a plan allows a single VM, and no less than others have at their peak. */
const BUSY = 0.6;

/** Mean time between two requests of a connection, at least: timers are that exact. */
const LEAST_INTERVAL_MS = 4;
const MOST_CONNECTIONS = 64;
/** No more connections than have so many bytes under way at once. */
const MOST_BYTES = DEFAULT_HANDLER_SETTINGS.queueBytes / 4;

/** Until it is known what HTTP adds. */
const USUAL_HTTP_MS = 0.1;

/** What HTTP adds at the least, milliseconds: where a batch takes much longer, the difference of the two is noise. */
const LEAST_HTTP_MS = 0.01;

/** Lines of the handler's log that a message quotes. */
const QUOTED_LINES = 3;

/** Asks whether the handler is alive. */
const ALIVE: Sent = {
  rows: 0,
  requests: [Buffer.from('GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')],
  batchMs: 0,
};

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

  /** Ends it at once, its worker with it. */
  kill(): void {
    this.process.kill('SIGKILL');
  }

  /**
   * Wait until it is ready, send requests of each size for a while, and look at the memory of its processes.
   *
   * @param windowMs milliseconds of one measuring window
   * @throws SlipwayError E_PARITY when the golden rows do not hold, E_INTERNAL when it does not serve
   */
  async measure(sizes: readonly Sent[], windowMs: number): Promise<Serving> {
    const { port } = (await this.event('listening')) as { port: number };
    const { pid, milliseconds } = (await this.event('ready')) as { pid: number; milliseconds: number };
    const startMs = performance.now() - this.startedAt;
    const loadPeakMiB = peakMiB(pid);
    const http: HttpCost[] = [];
    for (const sent of [ALIVE, ...sizes]) http.push(await this.httpCost(port, sent, windowMs));
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

  /**
   * What a request takes beyond its batch, while requests come at random and the worker is busy for `BUSY` of the time: when
   * it has nothing to do between two of them, caches grow cold and the kernel has to wake it, so each takes longer than in a
   * row of requests, and a run of a network much longer. Runs that requests share are told apart by the handler's own
   * measurement of them.
   */
  private async httpCost(port: number, { rows, requests, batchMs }: Sent, windowMs: number): Promise<HttpCost> {
    const connections: Connection[] = [];
    let sent = 0;
    const window = async (requestMs: number) => {
      const count = Math.min(
        MOST_CONNECTIONS,
        (LEAST_INTERVAL_MS * BUSY) / requestMs,
        MOST_BYTES / requests[0]!.length,
      );
      while (connections.length < count) connections.push(new Connection(port));
      const idleMs = connections.length * (requestMs / BUSY) - requestMs;
      const before = await this.spent(port);
      const first = sent;
      const until = performance.now() + windowMs;
      const ask = async (connection: Connection) => {
        do {
          await setTimeout(-Math.log(1 - Math.random()) * idleMs);
          await connection.ask(requests[sent++ % requests.length]!);
        } while (performance.now() < until);
      };
      await Promise.all(connections.map(ask));
      const after = await this.spent(port);
      const each = (a: number, b: number) => ((b - a) * 1000) / (sent - first);
      return {
        cpuMs: each(before.cpuSeconds, after.cpuSeconds),
        runMs: each(before.runSeconds, after.runSeconds),
      };
    };
    try {
      let { cpuMs } = await window(batchMs + USUAL_HTTP_MS); // warm-up; shows how long a request takes
      const beyond: number[] = [];
      for (let i = 0; i < WINDOWS; i++) {
        const measured = await window(cpuMs);
        cpuMs = measured.cpuMs;
        beyond.push(cpuMs - Math.min(batchMs, measured.runMs));
      }
      return { rows, cpuMs: Number(Math.max(LEAST_HTTP_MS, median(beyond)).toPrecision(3)) };
    } catch (cause) {
      throw this.over ? this.fault('ended under requests') : this.fault(`does not serve: ${(cause as Error).message}`);
    } finally {
      for (const connection of connections) connection.close();
    }
  }

  /** CPU time of the worker, and time of its runs, so far. */
  private async spent(port: number): Promise<{ cpuSeconds: number; runSeconds: number }> {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const sum = (name: string) => {
      const values = text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'));
      return [...values].reduce((total, [, value]) => total + Number(value), 0);
    };
    return {
      cpuSeconds: sum('process_cpu_seconds_total'),
      runSeconds: sum('slipway_run_duration_seconds_sum'),
    };
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
