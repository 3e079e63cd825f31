/** The handler as a process: settings from the environment, signals, exit status, one line of JSON for each event. */
import * as nodeModule from 'node:module';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { SlipwayError } from '../../lib/model/error';
import { fromEnvironment, loadSettings } from '../../lib/model/instance/handler-environment';
import { DRAIN_SECONDS, type HandlerSettings, hungMs } from '../../lib/model/instance/handler-settings';
import { ADMIN_HOST, createAdminServer } from './admin';
import type * as memberModule from './cluster/member';
import { ModelRepository } from './cluster/model-repository';
import type * as primaryModule from './cluster/primary';
import { createEngine, LoadBound } from './engine';
import { createOnnxRuntimeEngine } from './engine/onnxruntime';
import { type EngineThreadData, serveEngine } from './engine/thread';
import { listen } from './http/listen';
import type * as noticesModule from './interruption/notices';
import { createLog, errorFields, LogStream } from './log/log';
import { fromSageMaker, SAGEMAKER_ARGUMENT } from './sagemaker-environment';
import { type Served, whatIsServed } from './served';
import { createInferenceServer } from './server';
import { ServiceManager } from './service-manager';
import { letGarbageGather } from './serving/garbage';
import type * as evaluationModule from './shadow/evaluation';
import type * as listenerModule from './shadow/listener';
import { SHADOW_VARIABLE } from './shadow/messages';
import { countStart } from './telemetry/instance';
import { logExporter, metricExporter } from './tracing/export';
import type { LogExporter } from './tracing/logs';

/** What is not answered by then is cut, early enough to stop within `DRAIN_SECONDS`. */
const DRAIN_MS = (DRAIN_SECONDS - 2) * 1000;

const FAULT_OF_OURS = 3;

const stream = new LogStream(process.stdout);
/** Set once the settings are known, where lines are exported. */
let exported: LogExporter | undefined;
const log = createLog(stream.write, (record) => exported?.record(record));

/** Ends the process when everything that was logged has been written, or nobody reads it. */
function exit(status: number): void {
  stream.end(() => process.exit(status));
}

function fail(error: unknown): void {
  if (SlipwayError.is(error)) {
    const { code, message, problems } = error;
    log('error', 'failed', { code, error: message, ...(problems.length > 0 && { problems }) });
    exit(error.exitStatus);
  } else {
    log('error', 'failed', errorFields(error));
    exit(FAULT_OF_OURS);
  }
}

function onStop(stop: (signal: string) => void): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
}

/** Of a worker: a terminal interrupts it together with the process above it, which tells it what to do. */
function onTermination(stop: () => void): void {
  process.on('SIGTERM', stop);
  process.on('SIGINT', () => {});
}

/** The folder of the model by which a process is called in traces; of several none. */
const nameGiver = ({ model, members }: HandlerSettings) => (members ? undefined : model);

function logListening({ tls, host }: HandlerSettings, port: number): void {
  log('info', 'listening', { scheme: tls ? 'https' : 'http', host, port });
}

/**
 * Keeps what V8 has compiled for the next start, where NODE_COMPILE_CACHE names a folder (Node.js 22.10 and newer). It
 * would be written at the end anyway, but not by a process that is killed.
 */
function keepCompiledCode(): void {
  (nodeModule as { flushCompileCache?: () => void }).flushCompileCache?.();
}

/**
 * From the notice on it says that it is not ready, so that the load balancer sends nothing new. What comes meanwhile is
 * answered, until the instance is shut down and the handler stops as ever.
 */
function watchForNotices({ spot, endpoint }: HandlerSettings, takenBack: () => void): void {
  if (!spot) return;
  const { watchNotices } = require('./interruption/notices') as typeof noticesModule;
  watchNotices({ log, endpoint, takenBack });
}

/** @param joins how it becomes one of several workers. @default - it serves alone */
async function serve(
  settings: HandlerSettings,
  joins?: (registry: Served['registry']) => memberModule.ClusterMember,
): Promise<void> {
  const served = whatIsServed(settings, { file: __filename, log });
  const { models, registry, shadow, meter } = served;
  const member = joins?.(registry);
  let takenBack = false;
  if (!member) {
    watchForNotices(settings, () => {
      takenBack = true;
    });
  }
  const { server, close } = createInferenceServer({
    ...served,
    settings,
    log,
    metrics: member?.metrics ?? { contentType: registry.contentType, read: () => registry.metrics() },
    heldBack: () => (takenBack ? 'taken back' : member?.heldBack()),
  });

  // of several workers the process above them tells, once for all
  const metrics = member
    ? undefined
    : metricExporter(process.env, nameGiver(settings), () => registry.getMetricsAsJSON(), log);

  let listener: listenerModule.ShadowListener | undefined;
  let stopping = false;
  const stop = async (reason: Readonly<Record<string, string>>) => {
    if (stopping) return;
    stopping = true;
    log('info', 'stopping', reason);
    listener?.close();
    const complete = await close(DRAIN_MS);
    shadow?.close();
    log(complete ? 'info' : 'warn', 'stopped', { complete });
    await Promise.allSettled([...served.tracers.map((tracer) => tracer.flush()), metrics?.close(), exported?.flush()]);
    exit(0);
  };
  if (member) {
    onTermination(() => member.reportLeaving());
    void member.dismissed.then(() => stop({}));
  } else onStop((signal) => void stop({ signal }));

  const open = async () => {
    if (member) member.open(server);
    else logListening(settings, await listen(server, settings.port, settings.host));
  };
  // a replacement takes no connection before it can answer, since its siblings can
  if (!member?.replacement) await open();
  await models.load();
  if (stopping) return;
  letGarbageGather();
  const unfit = models.all.find(({ ready }) => !ready);
  if (!member) new ServiceManager(process.env).started(() => models.runMs < hungMs(settings));
  if (unfit) {
    member?.reportUnfit(`${unfit.name}: ${unfit.stage}`);
    return;
  }
  if (member?.replacement) await open();
  member?.reportReady(() => models.runMs);
  keepCompiledCode();
  shadow?.start();
  if (!meter) return;
  const { listenForRows } = require('./shadow/listener') as typeof listenerModule;
  listener = await listenForRows(settings.shadowPort!, { settings, model: models.default, meter, log });
}

async function lead(settings: HandlerSettings, starting: Promise<primaryModule.Primary>): Promise<void> {
  onStop((signal) => void starting.then((primary) => primary.stop(signal)).catch(() => {})); // why it did not start is told below
  const primary = await starting;
  logListening(settings, primary.port);
  watchForNotices(settings, () => primary.withdraw());
  new ServiceManager(process.env).started(); // it looks after the workers itself
  const metrics = metricExporter(process.env, nameGiver(settings), () => primary.measurements(), log);
  void primary.stopped.then(async (status) => {
    log('info', 'stopped', { workers: settings.workers });
    metrics?.end(); // nobody is left who has measured anything
    await exported?.flush();
    exit(status);
  });
  if (settings.adminPort !== undefined) listenForAdmin(settings, settings.adminPort, primary).catch(fail);
}

async function listenForAdmin(
  settings: HandlerSettings,
  adminPort: number,
  primary: primaryModule.Primary,
): Promise<void> {
  const server = createAdminServer(new ModelRepository(settings, primary), log);
  const port = await listen(server, adminPort, ADMIN_HOST);
  log('info', 'admin listening', { host: ADMIN_HOST, port });
}

/** @throws SlipwayError E_USAGE */
function readEnvironment(): NodeJS.ProcessEnv {
  const [argument, ...more] = process.argv.slice(2);
  if (argument === undefined) return process.env;
  if (argument === SAGEMAKER_ARGUMENT && more.length === 0) {
    return { ...fromSageMaker(process.env, availableParallelism()), ...process.env };
  }
  const got = process.argv.slice(2).join(' ').slice(0, 60);
  throw new SlipwayError(
    'E_USAGE',
    `the handler takes its settings from the environment; the only argument is ${SAGEMAKER_ARGUMENT}, for SageMaker, got "${got}"`,
  );
}

async function main(): Promise<void> {
  process.on('uncaughtException', fail);
  const settings = fromEnvironment(readEnvironment());
  exported = logExporter(process.env, nameGiver(settings), createLog(stream.write));
  // models are exchanged with the processes that serve them, so there is one above them also for a single worker
  const led = settings.workers > 1 || settings.adminPort !== undefined;
  if (!led) {
    countStart(process.env);
    return serve(settings);
  }
  // loaded when it is needed: a process that serves alone starts some ten milliseconds earlier without
  const { default: cluster } = await import('node:cluster');
  if (cluster.isPrimary) {
    countStart(process.env);
    const { startPrimary } = require('./cluster/primary') as typeof primaryModule;
    await lead(settings, startPrimary(settings, log));
  } else {
    const { ClusterMember } = require('./cluster/member') as typeof memberModule;
    await serve(settings, (registry) => new ClusterMember(registry));
  }
}

/** This file as a thread: the engine of one large model. */
async function evaluate(): Promise<void> {
  const { modelPath, options } = workerData as EngineThreadData;
  await serveEngine(parentPort!, () => createOnnxRuntimeEngine(modelPath, options));
}

/** This file as the process of a shadow. */
function shadow(): void {
  const settings = loadSettings(process.env);
  (require('./shadow/evaluation') as typeof evaluationModule).serveShadow(({ engine }) => ({
    createEngine: (path, options) => createEngine(path, { ...options, ...(engine && { engine }) }),
    threads: 1,
    bound: (name) => new LoadBound({ descriptor: 2, name, settings }),
  }));
}

if (!isMainThread) void evaluate();
else if (process.env[SHADOW_VARIABLE] !== undefined) shadow();
else main().catch(fail);
