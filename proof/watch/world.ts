/**
 * A fleet of three handlers on loopback, one of them and the endpoint behind relays that change what passes: what a watcher
 * sees of an instance that is nearly full, or of an endpoint that answers otherwise, without filling this machine.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { toEnvironment } from '../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS } from '../../lib/model/instance/handler-settings';
import { LoggedHandler } from '../../testing/handler-process';
import { goldenRequest } from '../serving/golden-requests';
import { NUMBERS } from '../serving/models';

export const NAME = 'screening.example.com';
export const PORT = 8080;
export const ENDPOINT_ADDRESS = '127.0.77.10';
export const INSTANCES = ['127.0.77.11', '127.0.77.12', '127.0.77.13'] as const;
/** Of its model, which each of them serves side by side. */
export const VERSIONS = [
  { name: '1', weight: 0.5 },
  { name: '2.0-rc', model: NUMBERS, weight: 0.5 },
] as const;
/** Behind the relay of the last instance. */
const BEHIND = '127.0.77.23';

export interface Pem {
  readonly key: string;
  readonly certificate: string;
}

/** What is changed; nothing where all is well. */
export interface Fault {
  /** Shares in use that the last instance tells, 0 to 1. */
  readonly memory?: number;
  readonly disk?: number;
  readonly cpu?: number;
  /** Requests a minute that it says it refuses. */
  readonly refused?: number;
  /** Share of its predictions that it tells as failed, 0 to 1. */
  readonly failing?: number;
  /** Whether it says that it does not predict. */
  readonly unready?: boolean;
  /** Milliseconds by which the endpoint is slower. */
  readonly latencyMs?: number;
  /** Which of its predictions are other ones: the first of each answer, or all. */
  readonly wrong?: 'first' | 'all';
  /** What the endpoint says that it serves. */
  readonly version?: string;
  readonly certificate?: string;
}

const ANSWERED = /^slipway_http_requests_total\{route="\/predict",code="200"\} (\S+)$/m;
const answered = (code: string) => `slipway_http_requests_total{route="/predict",code="${code}"}`;

interface Handler {
  readonly process: LoggedHandler;
  readonly address: string;
}

export class World {
  fault: Fault = {};
  /** What the last instance has counted of its faults. */
  private readonly counted = { at: performance.now() / 1000, elapsed: 0, busy: 0, refused: 0, answered: 0, failed: 0 };
  private readonly handlers = new Map<string, Handler>();
  private readonly servers: http.Server[] = [];
  private loading = true;

  /** @param pems certificates of the endpoint by name, `good` among them */
  constructor(
    private readonly bundle: string,
    private readonly pems: Readonly<Record<string, Pem>>,
    private readonly runtime: string,
  ) {}

  async start(): Promise<void> {
    for (const address of [...INSTANCES.slice(0, 2), BEHIND]) await this.startHandler(address);
    await this.relayInstance();
    await this.relayEndpoint();
    void this.load();
  }

  async startHandler(address: string): Promise<void> {
    const settings = {
      ...DEFAULT_HANDLER_SETTINGS,
      model: NUMBERS,
      versions: VERSIONS,
      host: address,
      port: PORT,
      workers: 2,
    };
    const environment = { ...toEnvironment(settings), RUNTIME_DIRECTORY: this.runtime };
    const process_ = new LoggedHandler(this.bundle, environment, [], true);
    await process_.event('listening');
    await process_.untilReady(`http://${address}:${PORT}`);
    this.handlers.set(address, { process: process_, address });
  }

  /** As a machine that is gone. */
  async stopHandler(address: string): Promise<void> {
    await this.handlers.get(address)?.process.stop();
    this.handlers.delete(address);
  }

  async end(): Promise<void> {
    this.loading = false;
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    for (const address of [...this.handlers.keys()]) await this.stopHandler(address);
  }

  /** A few predictions a second on each instance. */
  private async load(): Promise<void> {
    const { body } = goldenRequest(0, 1);
    while (this.loading) {
      await setTimeout(250);
      for (const address of INSTANCES) {
        await fetch(`http://${address}:${PORT}/predict`, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json' },
        })
          .then((answer) => answer.arrayBuffer())
          .catch(() => {});
      }
    }
  }

  private async listen(server: http.Server, address: string, port: number): Promise<void> {
    this.servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, resolve);
    });
  }

  private relayInstance(): Promise<void> {
    return this.listen(
      http.createServer((asked, answer) => this.relay(asked, answer, (text) => this.told(text))),
      INSTANCES[2],
      PORT,
    );
  }

  private relayEndpoint(): Promise<void> {
    const context = () => {
      const { certificate, key } = this.pems[this.fault.certificate ?? 'good']!;
      return createSecureContext({ cert: certificate, key });
    };
    const { certificate, key } = this.pems.good!;
    const server = https.createServer(
      { cert: certificate, key, SNICallback: (_, done) => done(null, context()) },
      (asked, answer) => {
        const { latencyMs = 0, wrong, version } = this.fault;
        void setTimeout(asked.method === 'POST' ? latencyMs : 0).then(() =>
          this.relay(asked, answer, (text) => {
            if (version !== undefined && asked.url!.startsWith('/v2/models')) {
              return text.replace(/"[0-9a-f]{12}"/g, `"${version}"`); // the digest of each package
            }
            if (wrong === undefined || asked.url !== '/predict') return text;
            const labels = wrong === 'all' ? /[01](?=[,\]])/g : /[01](?=[,\]])/;
            return text.replace(labels, (label) => (label === '1' ? '0' : '1'));
          }),
        );
      },
    );
    return this.listen(server, ENDPOINT_ADDRESS, 443);
  }

  private relay(asked: http.IncomingMessage, answer: http.ServerResponse, change: (text: string) => string): void {
    const { 'accept-encoding': _, host: __, ...headers } = asked.headers;
    const onward = http.request(
      { host: BEHIND, port: PORT, path: asked.url, method: asked.method, headers },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const body = Buffer.from(change(Buffer.concat(parts).toString('utf8')));
          answer.writeHead(response.statusCode!, {
            'content-type': response.headers['content-type'] ?? 'application/json',
            'content-length': body.length,
          });
          answer.end(body);
        });
        response.on('error', () => answer.destroy());
      },
    );
    onward.once('error', () => asked.socket.destroy());
    asked.pipe(onward);
  }

  /** Counters only grow, also when a fault changes. */
  private count(): void {
    const { counted, fault } = this;
    const now = performance.now() / 1000;
    const seconds = now - counted.at;
    counted.at = now;
    counted.elapsed += seconds;
    counted.busy += seconds * (fault.cpu ?? 0);
    counted.refused += (seconds / 60) * (fault.refused ?? 0);
  }

  /** @param count of the predictions that were answered */
  private failed(count: number): number {
    const { counted, fault } = this;
    counted.failed += Math.max(0, count - counted.answered) * (fault.failing ?? 0);
    counted.answered = count;
    return Math.min(counted.failed, count);
  }

  /** Measurements of an instance in trouble. */
  private told(text: string): string {
    const { memory, disk, cpu, unready } = this.fault;
    this.count();
    const left = (share: number | undefined, all: string, available: string) => {
      if (share === undefined) return;
      const total = Number(new RegExp(`^${all} (\\S+)`, 'm').exec(text)?.[1]);
      text = text.replace(new RegExp(`^${available} .*`, 'm'), `${available} ${Math.round(total * (1 - share))}`);
    };
    left(memory, 'slipway_instance_memory_bytes', 'slipway_instance_memory_available_bytes');
    left(disk, 'slipway_instance_filesystem_size_bytes', 'slipway_instance_filesystem_available_bytes');
    if (cpu !== undefined) {
      const { busy, elapsed } = this.counted;
      text = text.replaceAll(/^slipway_instance_cpu_seconds_total\{mode="(\w+)"\} .*/gm, (_, mode: string) => {
        const seconds = mode === 'user' ? busy : mode === 'idle' ? elapsed - busy : 0;
        return `slipway_instance_cpu_seconds_total{mode="${mode}"} ${(1e6 + seconds).toFixed(3)}`;
      });
    }
    if (unready) text = text.replaceAll(/^(slipway_model_ready\S*) .*/gm, '$1 0');
    text = text.replace(ANSWERED, (_, count: string) => {
      const failed = Math.round(this.failed(Number(count)));
      return [
        `${answered('200')} ${Number(count) - failed}`,
        ...(failed > 0 ? [`${answered('500')} ${failed}`] : []),
      ].join('\n');
    });
    const refused = Math.round(this.counted.refused);
    if (refused > 0) {
      const line = `slipway_refused_requests_total{reason="queue_full"} ${refused}`;
      text = text.replace(/^(# TYPE slipway_refused_requests\S* counter)$/m, `$1\n${line}`);
    }
    return text;
  }
}

/** Waits until something holds. @returns seconds that it took, or undefined when it never did */
export async function until(seconds: number, holds: () => boolean | Promise<boolean>): Promise<number | undefined> {
  const began = performance.now();
  while (performance.now() - began < seconds * 1000) {
    // what is asked may not be up yet
    if (await (async () => holds())().catch(() => false)) return Math.round((performance.now() - began) / 1000);
    await setTimeout(500);
  }
  return undefined;
}
