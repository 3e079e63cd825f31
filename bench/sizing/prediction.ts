/**
 * The prediction against this machine: the bundle of the instances, pinned to one core and then to two with as many workers as
 * the plan has, under open Poisson load at the highest rate that is planned for it, half a minute each. Measured p99 and memory
 * beside predicted ones. Linux with taskset, at least two cores; the client has one of its own where one is left, else the second
 * case runs at half the rate. "steady" is the median over the seconds of the p99 of each: a shared machine takes the processor
 * away for tens of milliseconds now and then, which is nothing that a plan could know.
 */
import { type ChildProcess, execFileSync, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { DEFAULT_HANDLER_SETTINGS, READY_PATH, toEnvironment } from '../../lib/model/handler-settings';
import { type ModelPackage, readModelPackage } from '../../lib/model/package';
import { profileModel } from '../../lib/profiling/profile';
import { requestBody } from '../../lib/profiling/request';
import { batchOf, sampleRows } from '../../lib/profiling/sample-rows';
import { type InstanceType, loadCatalogue, type ServiceLevel } from '../../lib/sizing';
import { candidacies, type Demand, predict } from '../../lib/sizing/judgement';
import { mostWorkers } from '../../lib/sizing/search';
import { requestCost } from '../../lib/sizing/service';
import { threadSpeed } from '../../lib/sizing/transfer';
import { buildBundles } from '../handler/bundles';
import { environment } from '../handler/environments';
import { instanceNode } from '../handler/instance-node';
import type { LoadResult } from '../handler/load-client';
import { prepareModels } from '../handler/models';
import { residentMb } from '../handler/process-tree';

const SECONDS = 30;
const WARM_UP_SECONDS = 3;
const CONNECTIONS = 64;
const PORT = 18_473;
/** Times the mean service time, and room for the front door. */
const P99_OF = (meanMs: number) => 5 + 12 * meanMs;

interface Bundles {
  readonly bundle: string;
  readonly loadClient: string;
  /** Node.js of the instances: on one core an older one waits for the helpers of its collector. */
  readonly node: string;
}

interface Case {
  readonly name: string;
  readonly folder: string;
  /** Enough that the client keeps up: a thousand or so requests a second. */
  readonly rows: number;
}

/** This machine as a type of so many cores whose processor is the profiled one. */
function here(cores: number): InstanceType {
  const like = loadCatalogue('us-east-1').types.find(({ name }) => name === 'c7a.xlarge')!;
  return { ...like, name: `here.${cores}`, vCpus: cores, threadsPerCore: 1, memoryMiB: 4096 * cores, zones: [] };
}

async function start(
  { bundle, node }: Bundles,
  model: ModelPackage,
  cores: number,
  workers: number,
): Promise<ChildProcess> {
  const environment = toEnvironment({
    ...DEFAULT_HANDLER_SETTINGS,
    model: resolve(model.directory),
    host: '127.0.0.1',
    port: PORT,
    workers,
  });
  const pinned = ['-c', cores === 1 ? '0' : '0,1', node, join(bundle, 'handler.cjs')];
  const child = spawn('taskset', pinned, { env: { ...process.env, ...environment }, stdio: 'ignore' });
  process.once('exit', () => child.kill('SIGKILL'));
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(`http://127.0.0.1:${PORT}${READY_PATH}`).catch(() => undefined);
    if (answer?.ok) return child;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('the handler does not become ready');
}

function load(client: ChildProcess, body: string, rate: number, seconds: number): Promise<LoadResult> {
  return new Promise((fulfil, reject) => {
    client.once('message', (message: { result?: LoadResult; error?: string }) =>
      message.result ? fulfil(message.result) : reject(new Error(message.error)),
    );
    client.send({
      port: PORT,
      path: '/predict',
      body,
      connections: CONNECTIONS,
      milliseconds: seconds * 1000,
      rate,
      poisson: true,
    });
  });
}

async function measure({ name, folder, rows }: Case, bundles: Bundles): Promise<void> {
  const model = readModelPackage(folder);
  const profile = await profileModel(model, { maximumRows: Math.max(64, rows) });
  const request = requestCost(profile, rows);
  const { signature } = model.manifest;
  const body = requestBody(batchOf(sampleRows(signature, model.golden), 0, rows));
  for (const cores of [1, 2]) {
    const type = here(cores);
    const { computeClass } = model.manifest;
    const meanMs = request.modes[0].service.meanMs;
    const serviceLevel: ServiceLevel = {
      requestsPerSecond: 1,
      rowsPerRequest: rows,
      p99Ms: P99_OF(meanMs),
      availability: 'single',
    };
    const speed = threadSpeed(type, computeClass);
    const reference = { cpu: type.cpu, vendor: 'AMD', architecture: type.architecture, speed, assumption: '' };
    const demand: Demand = {
      serviceLevel,
      request,
      reference,
      computeClass,
      memory: profile.memory,
      modelBytes: model.manifest.model.bytes,
      startMs: profile.startMs,
    };
    const [workers, zones, instances] = [mostWorkers(candidacies(demand, type)[0]!), 1, 1];
    // the client wants a core of its own; where there is none left, half the load leaves room for it
    const alone = cpus().length > cores;
    const planned = predict(candidacies(demand, type)[0]!, { instances, zones, workers }).maximumRequestsPerSecond;
    const most = alone ? planned : Math.floor(planned / 2);
    const atMost = { ...demand, serviceLevel: { ...serviceLevel, requestsPerSecond: most } };
    const predicted = predict(candidacies(atMost, type)[0]!, { instances, zones, workers });

    const handler = await start(bundles, model, cores, workers);
    const client = fork(bundles.loadClient);
    if (alone) spawnSync('taskset', ['-acp', `${cores}-${cpus().length - 1}`, String(client.pid)]);
    try {
      await load(client, body, most, WARM_UP_SECONDS);
      const { quantiles, steadyP99Ms, requests } = await load(client, body, most, SECONDS);
      const cells = [
        `${name}, ${rows} rows`.padEnd(22),
        `${cores} ${cores === 1 ? 'core ' : 'cores'} ${workers} w.`.padEnd(13),
        `${most}/s`.padStart(8),
        `${(100 * predicted.utilisation).toFixed(0)} %`.padStart(6),
        `${quantiles[0].toFixed(1)}`.padStart(7),
        `${quantiles[2].toFixed(1)}`.padStart(8),
        `${steadyP99Ms.toFixed(1)}`.padStart(8),
        `${predicted.p99Ms.toFixed(1)}`.padStart(10),
        `${residentMb(handler.pid!).toFixed(0)}`.padStart(8),
        `${((predicted.memoryMiB * 1024 * 1024) / 1e6).toFixed(0)}`.padStart(10),
        `${requests}`.padStart(9),
        `${loadavg()[0]!.toFixed(1)}`.padStart(6),
      ];
      console.log(cells.join(''));
    } catch (error) {
      console.log(`${name}, ${cores} cores, ${most}/s: ${(error as Error).message}; load ${loadavg()[0]!.toFixed(1)}`);
    } finally {
      client.kill();
      handler.kill('SIGTERM');
      await once(handler, 'exit');
    }
  }
}

async function comparePredictions(cases: readonly Case[], workspace: string): Promise<void> {
  mkdirSync(workspace, { recursive: true });
  const node = await instanceNode(workspace);
  const bundles = { ...(await buildBundles(workspace)), node };
  console.log(
    `\n${cpus()[0]?.model}, ${cpus().length} vCPU, Node.js ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}; ${SECONDS} s of Poisson load each`,
  );
  console.log(
    `${'model'.padEnd(22)}${'pinned to'.padEnd(13)}${'rate'.padStart(8)}${'busy'.padStart(6)}${'p50 ms'.padStart(7)}${'p99 ms'.padStart(8)}${'steady'.padStart(8)}${'predicted'.padStart(10)}${'RSS MB'.padStart(8)}${'predicted'.padStart(10)}${'requests'.padStart(9)}${'load'.padStart(6)}`,
  );
  for (const one of cases) await measure(one, bundles);
}

/** Rows of a request: as many as keep it to a thousand or so requests a second, which one client can send. */
const CASES = { logistic: 64, 'forest-100': 64, 'mlp-3x256': 32 } as const;

if (require.main === module) {
  const cache = '.slipway/bench';
  const cached = join(cache, 'models');
  const made = (Object.keys(CASES) as (keyof typeof CASES)[]).every((name) =>
    existsSync(join(cached, name, 'manifest.json')),
  );
  if (!made) prepareModels(cache, join(environment(cache, 'web'), 'python'));
  const cases = Object.entries(CASES).map(([name, rows]) => ({ name, rows, folder: join(cached, name) }));
  void comparePredictions(cases, join(cache, 'sizing'));
}
