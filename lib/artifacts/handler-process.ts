/** The bundled handler as a process on this machine, run as on an instance. */
import { type ChildProcess, spawn } from 'node:child_process';
import * as http from 'node:http';
import * as https from 'node:https';
import { createInterface, type Interface } from 'node:readline';
import { SlipwayError } from '../model/error';
import { READY_PATH } from '../model/instance/handler-settings';
import { leashed } from '../model/process/leash';

export interface HandlerCommand {
  /** The bundle's JavaScript file. */
  readonly file: string;
  /** Words that stand after it. @default - none */
  readonly parameters?: readonly string[];
  /** All of its environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Folder that it runs in. @default - that of this process */
  readonly cwd?: string;
  /** Whether it ends with this process even when that is killed. @default false */
  readonly leash?: boolean;
}

export interface Ended {
  /** Exit status; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Waiting {
  /** PEM of the certificate of a handler that speaks HTTPS. */
  readonly certificate?: Buffer;
  /** Why it will not become ready, once its log has said so. @default - nobody listens to the log */
  readonly failure?: () => Error | undefined;
}

/** Until a handler is given up that is not ready and says nothing: what loading may take it knows itself, and ends. */
const PATIENCE_MS = 900_000;
const PAUSE_MS = 50;
/** What listens and does not answer for so long is asked anew. */
const ANSWER_MS = 2000;

export class HandlerProcess {
  /** Its log, line by line. */
  readonly log: Interface;
  /** Exit status, null after a signal. Its last lines may still come, and its workers still live. */
  readonly exited: Promise<number | null>;
  /** All that it has said is read, and its workers are gone. */
  readonly closed: Promise<Ended>;
  private readonly child: ChildProcess;
  private end?: Ended;

  constructor({ file, parameters = [], env, cwd, leash = false }: HandlerCommand) {
    const held = leash ? leashed() : { execArgv: [], env: {}, stdin: 'ignore' as const };
    this.child = spawn(process.execPath, [...held.execArgv, file, ...parameters], {
      cwd,
      env: { ...env, ...held.env },
      stdio: [held.stdin, 'pipe', 'inherit'],
    });
    this.log = createInterface({ input: this.child.stdout! });
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.closed = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.end = { code, signal };
        resolve(this.end);
      });
    });
  }

  /** Of the first process; with several workers that is the one above them. */
  get pid(): number {
    return this.child.pid!;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /**
   * Wait until it is ready: all of its models are loaded, warm, and their golden rows hold.
   *
   * @param origin where it listens, e.g. `http://127.0.0.1:8080`
   * @throws Error that `failure` gives; SlipwayError E_UNREACHABLE when it ends before or is not ready in a quarter of an hour
   */
  async untilReady(origin: string, { certificate, failure }: Waiting = {}): Promise<void> {
    const url = new URL(READY_PATH, origin);
    const unreachable = (what: string) => new SlipwayError('E_UNREACHABLE', `${what}; its log above says why`);
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
      const failed = failure?.();
      if (failed) throw failed;
      if (this.end) throw unreachable(`the handler ended with status ${statusOf(this.end)} before it was ready`);
      if ((await answeredStatus(url, certificate)) === 200) return;
      await new Promise((wake) => setTimeout(wake, PAUSE_MS));
    }
    throw new SlipwayError(
      'E_UNREACHABLE',
      `${url.href}: not ready after ${PATIENCE_MS / 1000} s; the handler's log above says why`,
    );
  }
}

/** Exit status as a command gives it on: 0 for a handler that was told to stop. */
export function statusOf({ code, signal }: Ended): number {
  return code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1);
}

/** Status code of a GET, or undefined while nothing answers. */
function answeredStatus(url: URL, ca: Buffer | undefined): Promise<number | undefined> {
  return new Promise((resolve) => {
    const options = { agent: false, timeout: ANSWER_MS };
    const seen = (response: http.IncomingMessage) => {
      response.resume();
      resolve(response.statusCode);
    };
    const sent =
      url.protocol === 'https:' ? https.request(url, { ...options, ca }, seen) : http.request(url, options, seen);
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.end();
  });
}
