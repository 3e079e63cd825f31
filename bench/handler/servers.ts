/** The servers that are compared, each started as its documentation has it, with one model. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { HANDLER_FILE } from '../../lib/artifacts/handler-bundle';
import { toEnvironment } from '../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS } from '../../lib/model/instance/handler-settings';
import type { BenchModel } from './models';
import { type CpuTime, cpuTime, residentMb } from './process-tree';

export const SERVERS = [
  'raw',
  'native',
  'onnxruntime',
  'no-metrics',
  'flask',
  'gunicorn',
  'fastapi',
  'mlserver',
  'bentoml',
] as const;

export type ServerName = (typeof SERVERS)[number];

export interface Places {
  /** Node.js that runs the handler and the raw server. */
  readonly node: string;
  /** Folder for logs and configuration. */
  readonly folder: string;
  readonly bundle: string;
  /** The handler without its measurements of itself. */
  readonly bundleWithoutMetrics: string;
  readonly rawServer: string;
  /** Folder of the programs of a Python environment. */
  readonly bin: (name: 'web' | 'mlserver' | 'bentoml') => string;
  /** Options for Node.js, of the handler alone. */
  readonly nodeOptions: readonly string[];
}

export interface Server {
  readonly name: ServerName;
  readonly port: number;
  readonly path: string;
  /** Milliseconds from the start of the process to the first answer. */
  readonly startMs: number;
  /** Resident memory after that answer. */
  readonly residentMb: number;
  body(rows: readonly (readonly number[])[]): string;
  cpuTime(): CpuTime;
  stop(): Promise<void>;
}

interface Command {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly path?: string;
}

const PATIENCE_MS = 60_000;
const PYTHON = join(__dirname, 'python');

/** As `{"data": [[...]]}`, which all but one take. */
const plainBody = (rows: readonly (readonly number[])[]) => JSON.stringify({ data: rows });

/** The Open Inference Protocol, which is what MLServer speaks. */
const tensorBody = (rows: readonly (readonly number[])[]) =>
  JSON.stringify({
    inputs: [{ name: 'predict', shape: [rows.length, rows[0]!.length], datatype: 'FP64', data: rows.flat() }],
  });

function commandOf(name: ServerName, model: BenchModel, places: Places, port: number): Command {
  const handler = (bundle: string, environment: Record<string, string>): Command => {
    const settings = { ...DEFAULT_HANDLER_SETTINGS, model: model.package, host: '127.0.0.1', port };
    return {
      program: places.node,
      parameters: [...places.nodeOptions, join(bundle, HANDLER_FILE)],
      environment: { ...toEnvironment(settings), ...environment },
    };
  };
  const python = (bin: 'web' | 'mlserver' | 'bentoml', program: string, ...parameters: string[]): Command => ({
    program: join(places.bin(bin), program),
    parameters,
    environment: { MODEL: model.file, PORT: String(port), PYTHONPATH: PYTHON },
  });
  switch (name) {
    case 'raw':
      return { program: places.node, parameters: [places.rawServer], environment: { PORT: String(port) } };
    case 'native': // as it is deployed: the engine is chosen by the model
      return handler(places.bundle, {});
    case 'onnxruntime':
      return handler(places.bundle, { SLIPWAY_ENGINE: name });
    case 'no-metrics':
      return handler(places.bundleWithoutMetrics, {});
    case 'flask':
      return python('web', 'python', join(PYTHON, 'flask_server.py'));
    case 'gunicorn': {
      const workers = String(2 * availableParallelism() + 1); // docs.gunicorn.org, "How Many Workers?"
      return python('web', 'gunicorn', '--workers', workers, '--bind', `127.0.0.1:${port}`, 'flask_app:app');
    }
    case 'fastapi':
      return python('web', 'uvicorn', '--port', String(port), '--no-access-log', 'fastapi_app:app');
    case 'bentoml':
      return python('bentoml', 'bentoml', 'serve', '--port', String(port), 'bentoml_service:Model');
    case 'mlserver': {
      const folder = mkdtempSync(join(places.folder, 'mlserver-'));
      const settings = {
        host: '127.0.0.1',
        http_port: port,
        grpc_port: port + 1,
        metrics_port: port + 2,
        debug: false,
      };
      writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
      const runtime = { implementation: 'mlserver_sklearn.SKLearnModel', parameters: { uri: model.file } };
      writeFileSync(join(folder, 'model-settings.json'), JSON.stringify({ name: model.name, ...runtime }));
      return { ...python('mlserver', 'mlserver', 'start', folder), path: `/v2/models/${model.name}/infer` };
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** The labels in an answer, whatever form it has. */
function labelsOf(answer: unknown): unknown {
  const { result, outputs } = answer as { result?: unknown; outputs?: { data: unknown }[] };
  return result ?? outputs?.[0]?.data;
}

async function firstAnswer(child: ChildProcess, url: string, body: string, log: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; ) {
    if (child.exitCode !== null) break;
    const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
    if (answer?.status === 200) return answer.json();
    await answer?.arrayBuffer();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`no answer from ${url}; it said:\n${readFileSync(log, 'utf8').slice(-2000)}`);
}

/** @throws Error when the handler leaves the model to ONNX Runtime: there is then nothing to compare */
async function expectNative(port: number, model: string): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/v2/models/${model}`);
  const { parameters } = (await answer.json()) as { parameters?: { engine?: string } };
  if (!parameters?.engine?.startsWith('native')) throw new Error(`it runs on ${parameters?.engine}`);
}

/** @throws Error when it does not answer, or not what scikit-learn predicts */
export async function startServer(name: ServerName, model: BenchModel, places: Places): Promise<Server> {
  const port = await freePort();
  const { program, parameters, environment, path = '/predict' } = commandOf(name, model, places, port);
  const log = join(places.folder, `${name}-${model.name}.log`);
  mkdirSync(places.folder, { recursive: true });
  const output = openSync(log, 'w');
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, OMP_NUM_THREADS: '1', ...environment };
  const began = performance.now();
  const child = spawn(program, parameters, {
    env,
    cwd: places.folder,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      try {
        process.kill(-child.pid!, signal);
      } catch {
        return; // the whole group has ended
      }
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000))]);
    }
  };
  try {
    const body = name === 'mlserver' ? tensorBody : plainBody;
    const url = `http://127.0.0.1:${port}${path}`;
    await firstAnswer(child, url, body(model.inputs.slice(0, 1)), log);
    const startMs = performance.now() - began;
    const resident = residentMb(child.pid!);
    if (name === 'native') await expectNative(port, model.name);
    const answer = await firstAnswer(child, url, body(model.inputs), log);
    if (name !== 'raw' && JSON.stringify(labelsOf(answer)) !== JSON.stringify(model.labels)) {
      throw new Error(`${name} does not predict what scikit-learn does: ${JSON.stringify(answer).slice(0, 400)}`);
    }
    return { name, port, path, startMs, residentMb: resident, body, cpuTime: () => cpuTime(child.pid!), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
