/**
 * A bound on what it may take to load a model and to try it. A graph that never ends holds up the thread that it is
 * evaluated on, and one that grows takes memory that no JavaScript is asked for: so another thread watches the process, says
 * why, and ends it. Nothing less ends a native call.
 */
import { platform, totalmem } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { ErrorCode } from '../../../../lib/model/error';
import type { HandlerSettings } from '../../../../lib/model/instance/handler-settings';
import { MIB } from '../../../../lib/model/units';
import type { Engine } from './engine';

/**
 * Memory beyond that of the process before, as a multiple of the file. ONNX Runtime takes one to two times the file where
 * that is tensors, and 20 times where it is the lists of numbers that trees are written in (onnxruntime 1.30, Linux x64).
 */
const MEMORY_PER_BYTE = 24;
/** What a small file may take: what it computes for some hundred rows. */
const LEAST_MIB = 2048;
/** Share of the memory of this machine. A control group has a bound of its own, which a sizing plan may let a load come close to. */
const MACHINE_SHARE = 0.8;

/** For one step: to load a model, or one run of it. The longest deadline of a request is 25 s. */
const LEAST_SECONDS = 60;
/** More for a large file, on a machine with a slow disk and much else to do. */
const SECONDS_PER_MIB = 0.5;

export interface Limits {
  /** Memory of the whole process, MiB. */
  readonly processMiB: number;
  /** Of one step. */
  readonly seconds: number;
}

/** @param modelBytes size of the file */
export function loadLimits(modelBytes: number): Limits {
  const own = process.memoryUsage.rss() + LEAST_MIB * MIB + MEMORY_PER_BYTE * modelBytes;
  return {
    processMiB: Math.floor(Math.min(own, MACHINE_SHARE * totalmem()) / MIB),
    seconds: LEAST_SECONDS + Math.ceil((SECONDS_PER_MIB * modelBytes) / MIB),
  };
}

/**
 * What ends the process: it cannot leave with a status while its main thread computes. Whoever waits for it tells by the
 * signal that it is no accident. Windows knows one way only.
 */
export const LIMIT_SIGNAL: NodeJS.Signals = platform() === 'win32' ? 'SIGKILL' : 'SIGALRM';

/** The line of JSON that the process says last, after its time: as the handler logs whatever it fails of. */
export interface LimitLine {
  readonly level: 'error';
  readonly event: 'failed';
  readonly pid: number;
  readonly code: ErrorCode;
  readonly error: string;
}

/** @returns the line among others, if there is one */
export function findLimitLine(text: string): LimitLine | undefined {
  for (const line of text.split('\n').reverse()) {
    if (!line.startsWith('{"time":')) continue;
    try {
      const said = JSON.parse(line) as LimitLine;
      if (said.event === 'failed' && said.code === 'E_LIMIT') return said;
    } catch {} // of something else, or cut
  }
  return undefined;
}

/** Whoever is to be told reads slowly, or not at all; that must not keep the process. */
const TELL_MS = 500;
const LOOK_MS = 25;

/** The thread: plain JavaScript, which needs no file and so runs in the bundle and from the sources alike. */
const WATCH = `
const { write } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const { steps, limits, lines, descriptor, signal } = workerData;
const end = (line) => {
  clearInterval(timer);
  const kill = () => process.kill(process.pid, signal);
  write(descriptor, JSON.stringify({ time: new Date().toISOString(), ...line }) + '\\n', kill);
  setTimeout(kill, ${TELL_MS});
};
let step = -1;
let since = 0;
const timer = setInterval(() => {
  const now = performance.now();
  if (Atomics.load(steps, 0) !== step) {
    step = Atomics.load(steps, 0);
    since = now;
  }
  if (process.memoryUsage.rss() > limits.processMiB * ${MIB}) end(lines.memory);
  else if (now - since > limits.seconds * 1000) end(lines.time);
}, ${LOOK_MS});
parentPort.once('message', () => clearInterval(timer)).unref();
`;

export interface LoadBoundOptions {
  /** Where the process says why it ends: 1 for the log, 2 beside it. */
  readonly descriptor: 1 | 2;
  /** Name of the model in messages. @default - the path that is loaded */
  readonly name?: string;
  /** What the settings say in place of `loadLimits`. */
  readonly settings?: Pick<HandlerSettings, 'loadSeconds' | 'loadMiB'>;
}

export class LoadBound {
  private readonly steps = new Int32Array(new SharedArrayBuffer(4));
  private thread?: Worker;

  constructor(private readonly options: LoadBoundOptions) {}

  /** Called by an engine that has no bounds of its own, before it looks at the file. */
  begin(modelPath: string, modelBytes: number): void {
    const { descriptor, name = modelPath, settings = {} } = this.options;
    const { loadSeconds, loadMiB } = settings;
    const usual = loadLimits(modelBytes);
    const limits: Limits = { processMiB: loadMiB ?? usual.processMiB, seconds: loadSeconds ?? usual.seconds };
    const line = (error: string): LimitLine => ({
      level: 'error',
      event: 'failed',
      pid: process.pid,
      code: 'E_LIMIT',
      error: `${name}: ${error}`,
    });
    const lines = {
      memory: line(
        `the process takes more than ${limits.processMiB} MiB of memory to load the model of ${size(modelBytes)} and to try it; ` +
          'a graph that makes such large tensors cannot be served',
      ),
      time: line(
        `the engine has not come to an end of loading the model, or of one run of it, within ${limits.seconds} s; ` +
          'a graph with a loop that does not end cannot be served',
      ),
    };
    const { Worker } = require('node:worker_threads') as typeof import('node:worker_threads'); // most models need none
    this.end();
    this.thread = new Worker(WATCH, {
      eval: true,
      execArgv: [],
      workerData: { steps: this.steps, limits, lines, descriptor, signal: LIMIT_SIGNAL },
      resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 8 },
    });
    this.thread.unref();
  }

  /** The engine, each of whose runs is a step. */
  over(engine: Engine): Engine {
    return {
      name: engine.name,
      run: (inputs, methods) => {
        Atomics.add(this.steps, 0, 1);
        return engine.run(inputs, methods);
      },
      close: () => engine.close(),
    };
  }

  /** The model has been tried: from now on it may take what it takes. */
  end(): void {
    this.thread?.postMessage('end');
    delete this.thread;
  }
}

function size(bytes: number): string {
  return bytes < MIB ? `${bytes} bytes` : `${Math.round(bytes / MIB)} MiB`;
}
