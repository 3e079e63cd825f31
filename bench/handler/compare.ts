/**
 * CPU time of one request: the handler, beside node:http that answers a constant and, if `PYTHON` names a Python with
 * flask and scikit-learn, beside Flask. All servers live at the same time and are visited in turn, so that what
 * disturbs the machine disturbs them alike; the ratios are medians over the rounds.
 *
 *     npx tsx bench/handler/compare.ts
 *     PYTHON=.venv/bin/python npx tsx bench/handler/compare.ts
 *
 * Linux only, since CPU time is read from /proc. CPU time is what is to be trusted: on a shared machine the requests
 * per second depend on the neighbours and on the client, which here takes more CPU time than the server.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { buildHandlerBundle, currentTarget } from '../../lib/artifacts/handler-bundle';
import { readModelPackage } from '../../lib/model/package';
import type { Load, LoadResult } from './load-client';
import { MODEL, type Server, startFlask, startHandler, startRaw } from './servers';

const ROUNDS = 5;
const WARM_UP_MS = 1000;
const VISIT_MS = 1000;
const CASES = [1, 32].flatMap((rows) => [1, 16].map((connections) => ({ rows, connections })));

interface Visit {
  readonly cpuMicroseconds: number;
  readonly requestsPerSecond: number;
  readonly medianMs: number;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Rows as arrays, which all servers take: the golden inputs, again and again. */
function bodyOf(rows: number): string {
  const { golden, manifest } = readModelPackage(MODEL);
  const { columns } = manifest.signature;
  const inputs = golden!.inputs.map((row) =>
    Array.isArray(row) ? row : columns.map(({ name }) => (row as Record<string, unknown>)[name]),
  );
  return JSON.stringify({ data: Array.from({ length: rows }, (_, row) => inputs[row % inputs.length]) });
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const servers: Server[] = [];
  buildHandlerBundle(join(folder, 'bundle'), currentTarget());
  // compiled beforehand, so that neither the client nor the raw server carries a compiler with it
  buildSync({
    entryPoints: ['load-client.ts', 'raw-server.ts'].map((file) => join(__dirname, file)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  const client = fork(join(folder, 'load-client.cjs'), { execArgv: [] });
  const load = (parameters: Load) =>
    new Promise<LoadResult>((resolve, reject) => {
      client.once('message', (message: { result?: LoadResult; error?: string }) =>
        message.result ? resolve(message.result) : reject(new Error(message.error)),
      );
      client.send(parameters);
    });
  const bodies = new Map(CASES.map(({ rows }) => [rows, bodyOf(rows)]));
  const visit = async (server: Server, rows: number, connections: number, milliseconds: number): Promise<Visit> => {
    const before = server.cpuMicroseconds();
    const parameters = { port: server.port, path: '/predict', body: bodies.get(rows)!, connections, milliseconds };
    const { requests, medianMs } = await load(parameters);
    const cpuMicroseconds = (server.cpuMicroseconds() - before) / requests;
    return { cpuMicroseconds, requestsPerSecond: (requests / milliseconds) * 1000, medianMs };
  };

  try {
    servers.push(await startRaw(join(folder, 'raw-server.cjs')), await startHandler(join(folder, 'bundle')));
    if (process.env.PYTHON) servers.push(await startFlask(process.env.PYTHON));
    console.log(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${ROUNDS} rounds of ${VISIT_MS} ms`);
    for (const { name, about } of servers) console.log(`${name}: ${JSON.stringify(about)}`);
    for (const { rows, connections } of CASES) {
      for (const server of servers) await visit(server, rows, connections, WARM_UP_MS);
      const rounds: Visit[][] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const visits: Visit[] = [];
        for (const server of servers) visits.push(await visit(server, rows, connections, VISIT_MS));
        rounds.push(visits);
      }
      console.log(`\n${rows} row${rows > 1 ? 's' : ''}, ${connections} connection${connections > 1 ? 's' : ''}`);
      servers.forEach((server, s) => {
        const of = (value: (visit: Visit, round: Visit[]) => number) =>
          median(rounds.map((visits) => value(visits[s]!, visits)));
        const cpu = of((visit) => visit.cpuMicroseconds).toFixed(1);
        const toHandler = of((visit, visits) => visit.cpuMicroseconds / visits[1]!.cpuMicroseconds).toFixed(2);
        const rate = of((visit) => visit.requestsPerSecond).toFixed(0);
        const middle = of((visit) => visit.medianMs).toFixed(3);
        console.log(
          `  ${server.name.padEnd(8)} ${cpu.padStart(8)} us CPU per request, ${toHandler.padStart(6)} x the handler's; ${rate.padStart(6)} requests/s, median ${middle} ms`,
        );
      });
    }
  } finally {
    client.disconnect();
    for (const server of servers) server.stop();
    rmSync(folder, { recursive: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
