/** What HTTP adds to a request: the handler under requests that come at random, at 60 % of what it can do and at a tenth. */
import { setTimeout } from 'node:timers/promises';
import { DEFAULT_HANDLER_SETTINGS } from '../model/instance/handler-settings';
import { type HttpCost, LOADS } from '../model/package/profile';
import { Connection } from './connection';
import { othersBetween, totals } from './disturbance';
import { costOf, differsBy, FEWEST, type LoadedWindow, repeatsWithin } from './loaded-windows';

/** Requests of one size to send. */
export interface Sent {
  readonly rows: number;
  /** Sent in turn. */
  readonly requests: readonly Buffer[];
  /** CPU time of one without HTTP, milliseconds. */
  readonly batchMs: number;
}

/** Windows of a size and load after which disagreement is recorded rather than measured away. */
const PATIENCE = 24;
/** How closely they must repeat. At light load they differ more, and the plan asks less of them: it bills burstable types by it. */
const AGREEMENT = { busy: 0.05, light: 0.12 } as const;
/** Windows before those, in which code is compiled; the last of them show how long a request takes. */
const WARM_UPS = 2;
/** Time after which no further round begins, milliseconds. */
const LONGEST_MS = 60_000;
/** A window at light load lasts so many times as long: there are fewer requests in it. */
const LIGHT_WINDOWS = 2;

/** Mean time between two requests of a connection, at least: timers are that exact. */
const LEAST_INTERVAL_MS = 4;
const MOST_CONNECTIONS = 64;
/** No more connections than have so many bytes under way at once. */
const MOST_BYTES = DEFAULT_HANDLER_SETTINGS.queueBytes / 4;

/** Until it is known what HTTP adds. */
const USUAL_HTTP_MS = 0.1;

/** What HTTP adds at the least, milliseconds: where a batch takes much longer, the difference of the two is noise. */
const LEAST_HTTP_MS = 0.01;

/** Asks whether the handler is alive. */
const ALIVE: Sent = {
  rows: 0,
  requests: [Buffer.from('GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')],
  batchMs: 0,
};

/** Park and Miller's minimal standard generator: each profile has the same arrivals. */
function generator(): () => number {
  let seed = 1;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}

interface Spent {
  readonly cpuSeconds: number;
  readonly runSeconds: number;
}

/** CPU time of the worker, and time of its runs, so far. */
async function spent(port: number): Promise<Spent> {
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

/** Requests of one size at one load, in windows. */
class LoadedSize {
  private readonly windows: LoadedWindow[] = [];
  private readonly connections: Connection[] = [];
  private readonly random = generator();
  private sent = 0;
  private requestMs: number;

  constructor(
    private readonly port: number,
    private readonly size: Sent,
    private readonly load: keyof typeof LOADS,
    private readonly windowMs: number,
  ) {
    this.requestMs = size.batchMs + USUAL_HTTP_MS;
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  /** Warm-ups, which show how long a request takes: from then on they come as often in each window. */
  async begin(): Promise<void> {
    for (let i = 0; i < WARM_UPS; i++) {
      const { cpuMs } = await this.window();
      this.requestMs = i === 0 ? cpuMs : Math.min(this.requestMs, cpuMs);
    }
  }

  async add(): Promise<void> {
    this.windows.push(await this.window());
  }

  /** By how much another measurement of it may differ. */
  get spread(): number {
    return Number(differsBy(this.windows).toPrecision(2));
  }

  get isOpen(): boolean {
    const { length } = this.windows;
    return (
      length < FEWEST ||
      (length < PATIENCE &&
        repeatsWithin(this.windows) > (this.size === ALIVE ? AGREEMENT.light : AGREEMENT[this.load]))
    );
  }

  get httpMs(): number {
    return Number(Math.max(LEAST_HTTP_MS, costOf(this.windows).beyondMs).toPrecision(3));
  }

  /** CPU time of a request, and time of its share of a run. Reading them takes CPU time itself, which is told apart. */
  private async window(): Promise<LoadedWindow> {
    const { port, connections, requestMs } = this;
    const busy = LOADS[this.load];
    const { requests } = this.size;
    const count = Math.min(
      MOST_CONNECTIONS,
      Math.max(1, (LEAST_INTERVAL_MS * busy) / requestMs),
      Math.max(1, MOST_BYTES / requests[0]!.length),
    );
    while (connections.length < count) connections.push(new Connection(port));
    const idleMs = connections.length * (requestMs / busy) - requestMs;
    const idle = await spent(port);
    const before = await spent(port);
    const quiet = totals();
    const first = this.sent;
    const until = performance.now() + this.windowMs;
    const ask = async (connection: Connection) => {
      do {
        await setTimeout(-Math.log(1 - this.random()) * idleMs);
        await connection.ask(requests[this.sent++ % requests.length]!);
      } while (performance.now() < until);
    };
    await Promise.all(connections.map(ask));
    const done = totals();
    const after = await spent(port);
    const each = (seconds: number) => (seconds * 1000) / (this.sent - first);
    const readingSeconds = Math.min(before.cpuSeconds - idle.cpuSeconds, (after.cpuSeconds - before.cpuSeconds) / 2);
    const cpuMs = each(after.cpuSeconds - before.cpuSeconds - readingSeconds);
    return {
      cpuMs,
      beyondMs: cpuMs - Math.min(this.size.batchMs, each(after.runSeconds - before.runSeconds)),
      others: othersBetween(quiet, done, after.cpuSeconds - before.cpuSeconds),
    };
  }
}

/**
 * What a request takes beyond its batch, while requests come at random. When the worker has nothing to do between two of
 * them, caches grow cold and the kernel has to wake it, so each takes longer than in a row of requests, and a run of a
 * network much longer. Runs that requests share are told apart by the handler's own measurement of them.
 *
 * Each size and load in turn, a window a round, until each repeats, or a minute is over. Of the request without rows nothing
 * is planned at light load.
 *
 * @throws Error when it is not answered with 200
 */
export async function httpCosts(
  port: number,
  sizes: readonly Sent[],
  windowMs: number,
  tell?: (text: string) => void,
): Promise<HttpCost[]> {
  const alive = new LoadedSize(port, ALIVE, 'busy', windowMs);
  const all = sizes.map((size) => ({
    rows: size.rows,
    busy: new LoadedSize(port, size, 'busy', windowMs),
    light: new LoadedSize(port, size, 'light', LIGHT_WINDOWS * windowMs),
  }));
  const loaded = [alive, ...all.flatMap(({ busy, light }) => [busy, light])];
  try {
    for (const each of loaded) await each.begin();
    const until = performance.now() + LONGEST_MS;
    const open = () => loaded.filter(({ isOpen }) => isOpen);
    for (let some = open(), round = 1; some.length > 0 && performance.now() < until; some = open(), round++) {
      if (round > FEWEST) tell?.('some requests took different times: measured again');
      for (const each of some) await each.add();
    }
    return [
      { rows: 0, cpuMs: alive.httpMs, spread: alive.spread },
      ...all.map(({ rows, busy, light }) => ({
        rows,
        cpuMs: busy.httpMs,
        spread: busy.spread,
        lightCpuMs: Math.max(busy.httpMs, light.httpMs),
        lightSpread: light.spread,
      })),
    ];
  } finally {
    for (const each of loaded) each.close();
  }
}
