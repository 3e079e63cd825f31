/**
 * The prediction against this machine: the bundle of the instances, pinned to one core and then to two with as many workers as
 * the plan has, under open Poisson load at the highest rate that is planned for it, half a minute each. Measured p99 and memory
 * beside predicted ones. Linux with taskset, at least two cores; the client has one of its own where one is left, else the case
 * runs at half the rate.
 *
 * A shared machine takes the processor away for milliseconds now and then, which is nothing that a plan could know. So "steady"
 * is the median over the seconds of the p99 of each, and "control" the same of a server that answers a constant under the same
 * load: what the machine, the client and Node.js do without us.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { HANDLER_FILE } from '../../lib/artifacts/handler-bundle';
import { toEnvironment } from '../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS } from '../../lib/model/instance/handler-settings';
import { readModelPackage } from '../../lib/model/package/model-package';
import { profileModel } from '../../lib/profiling/profile';
import { requestBody } from '../../lib/profiling/request';
import { batchOf, sampleRows } from '../../lib/profiling/sample-rows';
import { type InstanceType, loadCatalogue, type ServiceLevel } from '../../lib/sizing';
import type { Demand } from '../../lib/sizing/demand/demand';
import { requestCost } from '../../lib/sizing/demand/service';
import { threadSpeed } from '../../lib/sizing/demand/transfer';
import { candidacies, predict } from '../../lib/sizing/judgement/judgement';
import { mostWorkers } from '../../lib/sizing/search/search';
import { type Bundles, buildBundles } from '../handler/bundles';
import { environment } from '../handler/environments';
import { instanceNode } from '../handler/instance-node';
import { prepareModels } from '../handler/models';
import { cpuMicrosecondsBetween, cpuTime, proportionalMb } from '../handler/process-tree';
import { isAlone, load, PORT, startPinned, stop } from './pinned';

/** Twice before it counts: the first end of its connections makes V8 compile once more what reads them. */
const SECONDS = [3, 3, 30];
const CONTROL_SECONDS = [3, 3, 10];

/** Times the mean service time, and room for the front door. */
const P99_OF = (meanMs: number) => 5 + 12 * meanMs;

interface Case {
  readonly name: string;
  /** Enough that the client keeps up: three thousand requests a second at the most. */
  readonly rows: number;
  /** Requests that share a run at the most. */
  readonly joined: number;
}

const CASES: readonly Case[] = [
  { name: 'logistic', rows: 64, joined: 1 },
  { name: 'forest-100', rows: 64, joined: 1 },
  { name: 'mlp-3x256', rows: 32, joined: 1 },
  { name: 'mlp-3x1024', rows: 1, joined: 1 },
  { name: 'mlp-3x1024', rows: 1, joined: 4 },
  { name: 'mlp-3x1024', rows: 1, joined: 16 },
];

/** This machine as a type of so many cores whose processor is the profiled one. */
function here(cores: number): InstanceType {
  const like = loadCatalogue('us-east-1').types.find(({ name }) => name === 'c7a.xlarge')!;
  return { ...like, name: `here.${cores}`, vCpus: cores, threadsPerCore: 1, memoryMiB: 4096 * cores, zones: [] };
}

/** What a plan says of this machine at the highest rate that it allows, or a share of that. */
function predictionFor(demand: Omit<Demand, 'serviceLevel' | 'reference'>, one: Case, cores: number, share: number) {
  const type = here(cores);
  const speed = threadSpeed(type, demand.computeClass);
  const reference = { cpu: type.cpu, vendor: 'AMD', architecture: type.architecture, speed, assumption: '' };
  const predictAt = (requestsPerSecond: number) => {
    const p99Ms = P99_OF(demand.request.modes[0].service.meanMs);
    const serviceLevel: ServiceLevel = {
      requestsPerSecond,
      rowsPerRequest: one.rows,
      p99Ms,
      availability: 'single',
    };
    const candidate = candidacies({ ...demand, reference, serviceLevel }, type).find(
      ({ mode }) => mode.threads === 1 && mode.service.requests === one.joined,
    );
    if (!candidate) throw new Error(`${one.name}: runs of ${one.joined} requests are not worth it here`);
    const workers = mostWorkers(candidate);
    return { workers, ...predict(candidate, { instances: 1, zones: 1, workers }) };
  };
  const rate = Math.floor(share * predictAt(1).maximumRequestsPerSecond);
  return { rate, ...predictAt(rate) };
}

const COLUMNS: readonly (readonly [string, number])[] = [
  ['rate', 8],
  ['busy', 6],
  ['predicted', 10],
  ['p50 ms', 8],
  ['p99 ms', 8],
  ['steady', 8],
  ['control', 8],
  ['predicted', 10],
  ['MB', 6],
  ['predicted', 10],
  ['requests', 9],
  ['load', 6],
];

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

const line = (what: string, cells: readonly string[]) =>
  what.padEnd(44) + cells.map((cell, i) => cell.padStart(COLUMNS[i]![1])).join('');

async function measure(folder: string, cases: readonly Case[], bundles: Bundles, node: string): Promise<void> {
  const model = readModelPackage(folder);
  const { signature, computeClass } = model.manifest;
  const most = Math.max(64, ...cases.map(({ rows, joined }) => rows * joined));
  const handler = { file: join(bundles.bundle, HANDLER_FILE), node };
  const profile = await profileModel(model, { handler, maximumRows: most });
  const { memory, startMs } = profile;
  for (const one of cases) {
    const request = requestCost(profile, one.rows);
    const body = requestBody(batchOf(sampleRows(signature, model.golden), 0, one.rows));
    const demand = { request, computeClass, memory, startMs, modelBytes: model.manifest.model.bytes, networkZones: [] };
    for (const cores of [1, 2]) {
      const predicted = predictionFor(demand, one, cores, isAlone(cores) ? 1 : 0.5);
      const { rate, workers } = predicted;
      const settings = toEnvironment({
        ...DEFAULT_HANDLER_SETTINGS,
        model: resolve(folder),
        host: '127.0.0.1',
        port: PORT,
        workers,
        ...(one.rows * one.joined > 1 && { rowsPerRun: one.rows * one.joined }),
      });
      const control = await startPinned(node, bundles.rawServer, cores, { PORT: String(PORT) });
      const constant = await load(bundles.loadClient, cores, CONTROL_SECONDS, { body, rate }).finally(() =>
        stop(control),
      );
      const server = await startPinned(node, handler.file, cores, settings);
      const before = cpuTime(server.pid!);
      const began = performance.now();
      let mb = Number.NaN;
      let busy = Number.NaN;
      const found = await load(bundles.loadClient, cores, SECONDS, { body, rate }).finally(() => {
        const spentMs = cpuMicrosecondsBetween(before, cpuTime(server.pid!)) / 1000;
        busy = spentMs / (performance.now() - began) / workers;
        mb = proportionalMb(server.pid!);
        return stop(server);
      });
      const joined = one.joined === 1 ? '' : `, ${one.joined} a run`;
      const what = `${one.name}, ${one.rows} rows${joined}; ${cores} core${cores === 1 ? '' : 's'}, ${workers} worker${workers === 1 ? '' : 's'}`;
      console.log(
        line(what, [
          `${rate}/s`,
          percent(busy),
          percent(predicted.utilisation),
          found.quantiles[0].toFixed(1),
          found.quantiles[2].toFixed(1),
          found.steadyP99Ms.toFixed(1),
          constant.steadyP99Ms.toFixed(1),
          predicted.p99Ms.toFixed(1),
          mb.toFixed(0),
          ((predicted.memoryMiB * 1024 * 1024) / 1e6).toFixed(0),
          String(found.requests),
          loadavg()[0]!.toFixed(1),
        ]),
      );
    }
  }
}

async function comparePredictions(cache: string, cases: readonly Case[]): Promise<void> {
  const workspace = join(cache, 'sizing');
  mkdirSync(workspace, { recursive: true });
  const node = await instanceNode();
  const bundles = await buildBundles(workspace);
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  console.log(
    `\n${cpus()[0]?.model}, ${cpus().length} vCPU, Node.js ${version}; ${SECONDS.at(-1)} s of Poisson load each`,
  );
  console.log(
    line(
      '',
      COLUMNS.map(([title]) => title),
    ),
  );
  for (const name of new Set(cases.map((one) => one.name))) {
    const folder = join(cache, 'models', name);
    const some = cases.filter((one) => one.name === name);
    await measure(folder, some, bundles, node).catch((error: Error) => console.log(`${name}: ${error.message}`));
  }
}

if (require.main === module) {
  const cache = '.slipway/bench';
  const wanted = process.argv.slice(2);
  const cases = CASES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const isMade = ({ name }: Case) => existsSync(join(cache, 'models', name, 'manifest.json'));
  if (!CASES.every(isMade)) prepareModels(cache, join(environment(cache, 'web'), 'python'));
  void comparePredictions(cache, cases);
}
