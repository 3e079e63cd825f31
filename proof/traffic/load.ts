/**
 * Load on an HTTPS name, as a process of its own: requests leave when they are due, however long others take, and each
 * answer is known. Told what to do, and tells what came of it, by messages.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { GoldenRows } from '../../lib/model/package/golden-file';

export interface LoadOptions {
  readonly address: string;
  readonly name: string;
  /** PEM of who signed the certificate. */
  readonly authority: string;
  /** Path of golden rows; only those with labels or values of one column are understood. */
  readonly golden: string;
}

export interface Phase {
  /** Absent for a closed load: then each connection sends the next request when the last one is answered. */
  readonly requestsPerSecond?: number;
  /** Of a closed load. */
  readonly connections?: number;
  /** In each request. */
  readonly rows: number;
}

export interface Outcome {
  sent: number;
  right: number;
  /** Refused by a handler that has enough to do, with 503 and Retry-After. */
  shed: number;
  /** Answered with 200 and other predictions. */
  wrong: number;
  /** All else, by what was seen: a status, a code of the system, `no answer`. */
  readonly lost: Record<string, number>;
  /** Milliseconds from the moment it was due to its end, of those that were right. */
  readonly latencies: number[];
  /** Likewise of those that were refused. */
  readonly shedLatencies: number[];
  /** Milliseconds by which requests left after they were due: the load generator had no processor. */
  readonly lags: number[];
  /** When those that were lost were due, in seconds since the phase began. */
  readonly lostAt: number[];
}

export type ToLoad = { readonly begin: Phase } | { readonly end: true };

/** After which nobody waits any more; longer than the load balancer waits for a target. */
const PATIENCE_MS = 70_000;
const TICK_MS = 2;

const options = JSON.parse(process.argv[2]!) as LoadOptions;
const { inputs, predict } = JSON.parse(readFileSync(options.golden, 'utf8')) as GoldenRows;
/** Shorter than the load balancer keeps an idle connection, or a request would be sent on one that it is just closing. */
const IDLE_MS = 30_000;
const agent = new Agent({
  keepAlive: true,
  maxSockets: 2048,
  timeout: IDLE_MS,
  ca: options.authority,
  servername: options.name,
});

interface Known {
  readonly body: Buffer;
  readonly result: string;
}

function requestsOf(rows: number): readonly Known[] {
  return inputs.map((_, first) => {
    const picked = Array.from({ length: rows }, (_row, i) => (first + i) % inputs.length);
    return {
      body: Buffer.from(JSON.stringify({ data: picked.map((i) => inputs[i]) })),
      result: JSON.stringify(picked.map((i) => predict[i])),
    };
  });
}

class Sending {
  readonly outcome: Outcome = {
    sent: 0,
    right: 0,
    shed: 0,
    wrong: 0,
    lost: {},
    latencies: [],
    shedLatencies: [],
    lags: [],
    lostAt: [],
  };
  private readonly known: readonly Known[];
  private readonly begun = performance.now();
  private open = 0;
  private ended = false;
  private onDone: (() => void) | undefined;
  private readonly timer = setInterval(() => this.sendDue(), TICK_MS);

  constructor(private readonly phase: Phase) {
    this.known = requestsOf(phase.rows);
    for (let i = 0; i < (phase.connections ?? 0); i++) this.sendNext();
  }

  private sendNext(): void {
    if (!this.ended) this.send((performance.now() - this.begun) / 1000, () => this.sendNext());
  }

  /** Sends no more, and waits for the answers. */
  async end(): Promise<Outcome> {
    this.ended = true;
    clearInterval(this.timer);
    if (this.open > 0) {
      await new Promise<void>((resolve) => {
        this.onDone = resolve;
      });
    }
    return this.outcome;
  }

  private sendDue(): void {
    const { requestsPerSecond } = this.phase;
    if (requestsPerSecond === undefined) return;
    const seconds = (performance.now() - this.begun) / 1000;
    while (this.outcome.sent < seconds * requestsPerSecond) this.send(this.outcome.sent / requestsPerSecond);
  }

  /** @param due seconds since the phase began */
  private send(due: number, next?: () => void): void {
    const { body, result } = this.known[++this.outcome.sent % this.known.length]!;
    this.outcome.lags.push(performance.now() - this.begun - due * 1000);
    this.open++;
    let over = false;
    const finish = (what?: string) => {
      if (over) return;
      over = true;
      if (what !== undefined) {
        this.outcome.lost[what] = (this.outcome.lost[what] ?? 0) + 1;
        this.outcome.lostAt.push(due);
      }
      if (--this.open === 0 && this.ended) this.onDone?.();
      next?.();
    };
    const headers = { host: options.name, 'content-type': 'application/json', 'content-length': body.length };
    const sent = request(
      { agent, host: options.address, path: '/predict', method: 'POST', headers, timeout: PATIENCE_MS },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
        response.once('end', () => finish(this.judge(response.statusCode!, response.headers, text, result, due)));
      },
    );
    sent.once('timeout', () => sent.destroy(Object.assign(new Error(), { code: 'no answer' })));
    sent.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
    sent.end(body);
  }

  private judge(
    status: number,
    headers: Readonly<Record<string, unknown>>,
    text: string,
    result: string,
    due: number,
  ): string | undefined {
    if (status === 503 && headers['retry-after'] !== undefined) {
      this.outcome.shed++;
      this.outcome.shedLatencies.push(performance.now() - this.begun - due * 1000);
    } else if (status !== 200) {
      return String(status);
    } else if (JSON.stringify((JSON.parse(text) as { result: unknown }).result) === result) {
      this.outcome.right++;
      this.outcome.latencies.push(performance.now() - this.begun - due * 1000);
    } else {
      this.outcome.wrong++;
    }
    return undefined;
  }
}

let sending: Sending | undefined;

process.on('message', (message: ToLoad) => {
  if ('begin' in message) {
    sending = new Sending(message.begin);
    return;
  }
  void sending!.end().then((outcome) => process.send!(outcome));
});
process.once('disconnect', () => process.exit());
