/**
 * `npm run bench:handler`: what one request costs, beside what a user would otherwise pick.
 *
 * All servers of a model live at the same time and are visited in turn; ratios are medians over the rounds. CPU time per
 * request is what is to be trusted: on a shared machine the requests per second depend on the neighbours and on the
 * client, which has a processor of its own only if there is one. Linux only, since CPU time is read from /proc.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildBundles } from './bundles';
import { environment, versions } from './environments';
import { type Goal, met, processGoals, requestGoals } from './goals';
import { instanceNode } from './instance-node';
import { type BenchModel, prepareModels } from './models';
import { type BenchOptions, readOptions } from './options';
import { type Places, type Server, type ServerName, startServer } from './servers';
import { type Client, type Rounds, ratio, startClient, typical, type Visit, visit } from './visits';

/** Share of what a server can answer at which latency is asked for. */
const OPEN_LOAD = 0.7;
const OPEN_CONNECTIONS = 64;

const rowsOf = (model: BenchModel, rows: number) =>
  Array.from({ length: rows }, (_, row) => model.inputs[row % model.inputs.length]!);

async function startAll(model: BenchModel, options: BenchOptions, places: Places): Promise<Server[]> {
  const servers: Server[] = [];
  for (const name of options.servers) {
    try {
      servers.push(await startServer(name, model, places));
    } catch (error) {
      // an engine need not serve every model, and not every package installs everywhere: the others are compared all the same
      console.log(
        `not compared: ${name} with ${model.name}: ${(error as Error).message.split('\n').slice(0, 8).join('\n  ')}`,
      );
    }
  }
  return servers;
}

async function closedLoad(
  client: Client,
  servers: readonly Server[],
  model: BenchModel,
  rows: number,
  connections: number,
  options: BenchOptions,
): Promise<Rounds> {
  const rounds = new Map<ServerName, Visit[]>(servers.map(({ name }) => [name, []]));
  const load = (server: Server, milliseconds: number) =>
    visit(client, server, { body: server.body(rowsOf(model, rows)), connections, milliseconds });
  for (const server of servers) await load(server, options.warmUpMs);
  for (let round = 0; round < options.rounds; round++) {
    for (const server of servers) rounds.get(server.name)!.push(await load(server, options.visitMs));
  }
  return rounds;
}

function printClosed(rounds: Rounds, title: string): void {
  console.log(`\n${title}`);
  console.log('               us CPU/request   x raw   x handler   requests/s    p50 ms    p99 ms');
  const handler: ServerName = rounds.has('native') ? 'native' : 'onnxruntime';
  const cpu = ({ cpuMicroseconds }: Visit) => cpuMicroseconds;
  for (const [name, visits] of rounds) {
    const { cpuMicroseconds, requestsPerSecond, p50Ms, p99Ms } = typical(visits);
    const times = (to: ServerName) => ratio(rounds, name, to, cpu)?.toFixed(2) ?? '';
    console.log(
      `  ${name.padEnd(12)}${cpuMicroseconds.toFixed(1).padStart(15)}${times('raw').padStart(8)}${times(handler).padStart(12)}${requestsPerSecond.toFixed(0).padStart(13)}${p50Ms.toFixed(3).padStart(10)}${p99Ms.toFixed(3).padStart(10)}`,
    );
  }
}

async function openLoad(
  client: Client,
  servers: readonly Server[],
  model: BenchModel,
  capacity: Rounds,
  options: BenchOptions,
): Promise<void> {
  console.log(`\n${model.name}, 1 row, open load at ${100 * OPEN_LOAD} % of what each answers with 16 connections`);
  console.log('               requests/s    p50 ms    p99 ms   us CPU/request');
  for (const server of servers) {
    const rate = OPEN_LOAD * typical(capacity.get(server.name)!).requestsPerSecond;
    const load = {
      body: server.body(rowsOf(model, 1)),
      connections: OPEN_CONNECTIONS,
      milliseconds: options.openMs,
      rate,
    };
    try {
      const { p50Ms, p99Ms, cpuMicroseconds } = await visit(client, server, load);
      console.log(
        `  ${server.name.padEnd(12)}${rate.toFixed(0).padStart(11)}${p50Ms.toFixed(3).padStart(10)}${p99Ms.toFixed(3).padStart(10)}${cpuMicroseconds.toFixed(1).padStart(17)}`,
      );
    } catch (error) {
      console.log(`  ${server.name.padEnd(12)}${rate.toFixed(0).padStart(11)}   ${(error as Error).message}`);
    }
  }
}

async function compareModel(client: Client, model: BenchModel, options: BenchOptions, places: Places): Promise<Goal[]> {
  const servers = await startAll(model, options, places);
  const goals = processGoals(model.name, servers);
  try {
    console.log(`\n# ${model.name}`);
    for (const { name, startMs, residentMb } of servers) {
      console.log(
        `  ${name.padEnd(12)} first answer after ${startMs.toFixed(0).padStart(5)} ms, resident ${residentMb.toFixed(0).padStart(5)} MB`,
      );
    }
    for (const rows of options.rows) {
      for (const connections of options.connections) {
        const rounds = await closedLoad(client, servers, model, rows, connections, options);
        printClosed(
          rounds,
          `${model.name}, ${rows} row${rows > 1 ? 's' : ''}, ${connections} connection${connections > 1 ? 's' : ''}`,
        );
        goals.push(...requestGoals(model.name, rows, connections, rounds));
        if (rows === 1 && connections === 16 && options.openMs > 0)
          await openLoad(client, servers, model, rounds, options);
      }
    }
  } finally {
    for (const server of servers) await server.stop();
  }
  return goals;
}

function printGoals(goals: readonly Goal[]): void {
  console.log('\nGoals');
  for (const goal of goals) {
    const digits = goal.goal >= 10 ? 0 : 2;
    console.log(
      `  ${met(goal) ? 'met   ' : 'missed'} ${goal.what}: ${goal.found.toFixed(digits)}, ${goal.bound} ${goal.goal}`,
    );
  }
  console.log(`${goals.filter(met).length} of ${goals.length} goals met`);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const cache = resolve('.slipway/bench');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const began = performance.now();
  const models = prepareModels(cache, join(environment(cache, 'web'), 'python'));
  const bundles = await buildBundles(folder);
  const bin: Places['bin'] = (name) => environment(cache, name);
  const node = options.node ?? (await instanceNode());
  const places: Places = { ...bundles, node, folder, bin, nodeOptions: options.nodeOptions };
  const client = startClient(bundles.loadClient);
  try {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    console.log(`${cpus().length} x ${cpus()[0]?.model}, node ${version} (client ${process.version})`);
    console.log(`${options.rounds} rounds of ${options.visitMs} ms, each after ${options.warmUpMs} ms of warming up`);
    for (const [name, packages] of PACKAGES) {
      if (packages.some(([server]) => options.servers.includes(server))) {
        console.log(
          `  ${versions(bin(name), ['scikit-learn', 'numpy', ...packages.flatMap(([, ...names]) => names)])}`,
        );
      }
    }
    const goals: Goal[] = [];
    for (const name of options.models) goals.push(...(await compareModel(client, models.get(name)!, options, places)));
    printGoals(goals);
    console.log(`${Math.round((performance.now() - began) / 1000)} s`);
  } finally {
    client.close();
    rmSync(folder, { recursive: true });
  }
}

/** The packages whose versions are told, by environment and server. */
const PACKAGES = [
  [
    'web',
    [
      ['flask', 'flask', 'werkzeug'],
      ['gunicorn', 'gunicorn'],
      ['fastapi', 'fastapi', 'pydantic', 'uvicorn'],
    ],
  ],
  ['mlserver', [['mlserver', 'mlserver']]],
  ['bentoml', [['bentoml', 'bentoml']]],
] as const satisfies readonly (readonly [
  'web' | 'mlserver' | 'bentoml',
  readonly (readonly [ServerName, ...string[]])[],
])[];

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
