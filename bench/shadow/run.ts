/**
 * `npm run bench:shadow`: what a shadow does to the answers of the served model, beside it in its handler, and on instances of
 * its own, which get copies of rows. Handlers with and without one live at the same time and are visited in turn with an open
 * load, so that what disturbs the machine disturbs them alike.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { toEnvironment } from '../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS, type HandlerSettings } from '../../lib/model/instance/handler-settings';
import { readModelPackage } from '../../lib/model/package/model-package';
import { LoggedHandler } from '../../testing/handler-process';
import { shiftedPackage } from '../../testing/shifted-package';
import { temporaryFolder } from '../../testing/temporary-folder';
import { buildBundles } from '../handler/bundles';
import { startClient } from '../handler/visits';

const MODEL = 'models/breast-cancer';
const ROUNDS = 20;
const ROUND_MS = 1500;
const RATE = Number(process.argv[2] ?? 400);
/** Elsewhere: in a handler that others send rows to. Here it runs on the same machine. */
const SHADOWS: readonly { readonly share: number; readonly elsewhere?: true }[] = [
  { share: 0 },
  { share: 0.1 },
  { share: 1 },
  { share: 0.1, elsewhere: true },
  { share: 1, elsewhere: true },
];

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** CPU time of a process alone, milliseconds: of its threads, but not of its shadow (Linux, sched-stats.rst). */
function ownCpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e6;
}

async function main(): Promise<void> {
  const folder = temporaryFolder();
  const { bundle, loadClient } = await buildBundles(folder);
  const shadow = shiftedPackage(MODEL, join(folder, 'shadow'), { by: -1 });
  const client = startClient(loadClient);
  const { inputs } = readModelPackage(MODEL).golden!;
  const body = JSON.stringify({ data: inputs.slice(0, 1) });
  const started = (settings: Partial<HandlerSettings>) =>
    new LoggedHandler(
      bundle,
      toEnvironment({ ...DEFAULT_HANDLER_SETTINGS, model: resolve(MODEL), host: '127.0.0.1', port: 0, ...settings }),
    );
  const elsewhere = started({ model: shadow.directory, shadowPort: 0 });
  const { address } = await elsewhere.event('shadow listens');
  const addresses = join(folder, 'addresses');
  writeFileSync(addresses, `${address}\n`);
  const servers = await Promise.all(
    SHADOWS.map(async (kind) => {
      const { share } = kind;
      const told = { model: shadow.directory, share, tolerance: 0.01, ...(kind.elsewhere && { addresses }) };
      const handler = started(share > 0 ? { shadow: told } : {});
      await handler.event(share > 0 ? 'shadow ready' : 'ready');
      const port = Number(new URL(await handler.base()).port);
      const pid = handler.events[0]!.pid as number;
      return { kind, handler, port, pid, p50: [] as number[], p99: [] as number[], cpu: [] as number[] };
    }),
  );
  for (let round = -1; round < ROUNDS; round++) {
    for (const server of servers) {
      const load = { port: server.port, path: '/predict', body, connections: 8, milliseconds: ROUND_MS, rate: RATE };
      const before = ownCpuMs(server.pid);
      const { requests, quantiles } = await client.load({ ...load, poisson: true });
      if (round < 0) continue; // warms up
      server.p50.push(quantiles[0]);
      server.p99.push(quantiles[2]);
      server.cpu.push((1000 * (ownCpuMs(server.pid) - before)) / requests);
    }
  }
  console.log(
    `${RATE} requests/s of one row, ${ROUNDS} rounds of ${ROUND_MS / 1000} s each in turn, Node.js ${process.versions.node}`,
  );
  const [alone] = servers;
  for (const { kind, p50, p99, cpu } of servers) {
    const ratio = (of: readonly number[], to: readonly number[]) =>
      median(of.map((value, i) => value / to[i]!)).toFixed(2);
    console.log(
      `shadow of ${100 * kind.share} %${kind.elsewhere ? ' elsewhere' : ''}: p50 ${median(p50).toFixed(3)} ms (x ${ratio(p50, alone!.p50)}), ` +
        `p99 ${median(p99).toFixed(2)} ms (x ${ratio(p99, alone!.p99)}), ` +
        `${median(cpu).toFixed(1)} us of CPU of the served process a request (x ${ratio(cpu, alone!.cpu)})`,
    );
  }
  client.close();
  for (const { handler } of [...servers, { handler: elsewhere }]) await handler.stop();
}

void main();
