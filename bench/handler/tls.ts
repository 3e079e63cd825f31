/**
 * `npm run bench:tls`: what TLS from the load balancer costs the handler, beside plain HTTP.
 *
 * Two handlers of one model live at the same time and are asked in turn over connections that are kept, as a load balancer
 * keeps them; CPU time is the handler's own. A prediction
 * costs more by what encrypts it, and by Node.js's own parser of HTTP: the quick one of plain requests reads no TLS. The ratio of
 * what HTTP takes of both is `BACKEND_TLS` of `lib/sizing/demand/service.ts`.
 */
import { rmSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { localCertificate } from '../../bin/local/certificate';
import { buildHandlerBundle, currentTarget } from '../../lib/artifacts/handler-bundle';
import { temporaryFolder } from '../../lib/model/files/temporary-folder';
import { toEnvironment } from '../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS } from '../../lib/model/instance/handler-settings';
import { readModelPackage } from '../../lib/model/package/model-package';
import { MIB } from '../../lib/model/units';
import { LoggedHandler } from '../../testing/handler-process';

const MODEL = 'models/breast-cancer';
const ROUNDS = Number(process.argv[2] ?? 25);
const WINDOW_MS = 1000;
const CONNECTIONS = 4;

interface Side {
  readonly handler: LoggedHandler;
  readonly base: URL;
  readonly ask: (path: string, body?: Buffer) => Promise<string>;
  readonly close: () => void;
}

async function side(bundle: string, tls?: { certificate: string; key: string }): Promise<Side> {
  const settings = { ...DEFAULT_HANDLER_SETTINGS, model: join(process.cwd(), MODEL), host: '127.0.0.1', port: 0, tls };
  const handler = new LoggedHandler(bundle, toEnvironment(settings));
  await handler.event('ready');
  const base = new URL(await handler.base());
  const options = { keepAlive: true, maxSockets: CONNECTIONS, rejectUnauthorized: false };
  const agent = tls ? new HttpsAgent(options) : new HttpAgent(options);
  const send = tls ? httpsRequest : httpRequest;
  const ask = (path: string, body?: Buffer) =>
    new Promise<string>((resolve, reject) => {
      const headers = body && { 'content-type': 'application/json', 'content-length': body.length };
      const request = send(new URL(path, base), { agent, method: body ? 'POST' : 'GET', headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => resolve(text));
      });
      request.on('error', reject).end(body);
    });
  return { handler, base, ask, close: () => agent.destroy() };
}

async function cpuSeconds({ ask }: Side): Promise<number> {
  const [, value] = /^process_cpu_seconds_total(?:\{[^}]*\})? (\S+)$/m.exec(await ask('/metrics'))!;
  return Number(value);
}

/** CPU milliseconds of a request, while connections send one after the other. */
async function costMs(one: Side, path: string, body?: Buffer): Promise<number> {
  let sent = 0;
  const before = await cpuSeconds(one);
  const until = performance.now() + WINDOW_MS;
  const work = async () => {
    for (; performance.now() < until; sent++) await one.ask(path, body);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return ((await cpuSeconds(one)) - before) * (1000 / sent);
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function main(): Promise<void> {
  const folder = temporaryFolder('slipway-bench-');
  const bundle = join(folder, 'bundle');
  buildHandlerBundle(bundle, currentTarget());
  const [plain, secure] = [await side(bundle), await side(bundle, await localCertificate(join(folder, 'tls')))];
  try {
    const { golden } = readModelPackage(MODEL);
    const row = Buffer.from(JSON.stringify({ inputs: golden!.inputs.slice(0, 1) }));
    const cases = [
      ['a request that predicts nothing', '/livez', undefined],
      ['a prediction of one row', '/predict', row],
    ] as const;
    for (const [what, path, body] of cases) {
      for (const one of [plain, secure]) await costMs(one, path, body); // warm-up
      const rounds: [number, number][] = [];
      for (let i = 0; i < ROUNDS; i++) {
        const turns = i % 2 === 0 ? [plain, secure] : [secure, plain];
        const costs = new Map<Side, number>();
        for (const one of turns) costs.set(one, await costMs(one, path, body));
        rounds.push([costs.get(plain)!, costs.get(secure)!]);
      }
      const [without, within] = [median(rounds.map(([a]) => a)), median(rounds.map(([, b]) => b))];
      const ratio = median(rounds.map(([a, b]) => b / a));
      const more = median(rounds.map(([a, b]) => b - a));
      console.log(
        `${what}: ${(1000 * without).toFixed(1)} us plain, ${(1000 * within).toFixed(1)} us with TLS: x ${ratio.toFixed(2)}, ${(1000 * more).toFixed(1)} us more`,
      );
    }
    const resident = async ({ ask }: Side) =>
      Number(/^process_resident_memory_bytes(?:\{[^}]*\})? (\S+)$/m.exec(await ask('/metrics'))![1]) / MIB;
    console.log(
      `resident: ${(await resident(plain)).toFixed(0)} MiB plain, ${(await resident(secure)).toFixed(0)} with TLS`,
    );
  } finally {
    for (const one of [plain, secure]) {
      one.close();
      await one.handler.stop();
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
