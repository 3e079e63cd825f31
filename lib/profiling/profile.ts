/** Model package -> compute profile, by running the engine that will serve, and the handler itself, each in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { resolve } from 'node:path';
import { findLimitLine } from '../../lambda/inference/engine';
import { SlipwayError } from '../model/error';
import { temporaryFolder } from '../model/files/temporary-folder';
import {
  DEFAULT_HANDLER_SETTINGS,
  LONGEST_DEADLINE_MS,
  MOST_QUEUE_ROWS,
  PLAIN_BODY_BYTES,
} from '../model/instance/handler-settings';
import type { ModelPackage } from '../model/package/model-package';
import type { ComputeProfile } from '../model/package/profile';
import { undoAtEnd } from '../model/process/interruption';
import { leashed } from '../model/process/leash';
import { TYPESCRIPT } from '../model/process/typescript';
import { requestBytes } from './connection';
import type { EngineProfile, MeasureMessage, MeasureOrder } from './protocol';
import { requestBodies } from './request';
import { sampleRows } from './sample-rows';
import { type Handler, ServedHandler } from './serving';

export interface ProfileOptions {
  readonly handler: Handler;
  /** Told what is being measured, a line at a time. */
  readonly onProgress?: (text: string) => void;
  /** Least CPU time of one measuring window, milliseconds. @default 80 */
  readonly windowMs?: number;
  /** Rows of a batch that is measured in any case. @default 1 */
  readonly rows?: number;
  /** Largest batch that is tried, rows. @default 256 */
  readonly maximumRows?: number;
  /** The measuring process, and what stands before it among the arguments of Node.js. @default - from its source */
  readonly measure?: readonly [file: string, ...before: string[]];
}

/** Resolved when it is asked for: a bundle has another. */
const measuring = () => [require.resolve('./measure'), ...TYPESCRIPT] as const;
/** Lines of the measuring process's stderr that a message quotes. */
const QUOTED_LINES = 5;

/** A window of the handler under requests lasts as long as so many of the engine: its heap has to grow to what it needs. */
const SERVING_WINDOWS = 3;

/** What the handler could not answer in time is not sent, nor what it would refuse. */
const SLOWEST_MS = LONGEST_DEADLINE_MS / 2;

/** A process before those that have the usual priority, so that they disturb it less; where the system allows that. */
function preferred(pid: number | undefined, priority: number = constants.priority.PRIORITY_HIGH): void {
  try {
    if (pid !== undefined) setPriority(pid, priority);
  } catch {
    // not ours to decide
  }
}

/**
 * Measure what serving one request costs: CPU and wall time of 1, 2, 4, ... rows (parsing, encoding, evaluation and
 * answer, without HTTP), and of the handler itself its memory under requests and its start. Takes half a minute to two; minutes
 * for a model that is slow, or on a machine that is busy. When it is interrupted it leaves nothing behind.
 *
 * @throws SlipwayError E_PACKAGE when the model cannot be loaded, E_INPUT when its golden rows do not fit it, E_PARITY when
 *   they do not hold, E_PLATFORM when the engine has no build for this machine, E_INTERNAL when a process that is measured dies
 */
export async function profileModel(modelPackage: ModelPackage, options: ProfileOptions): Promise<ComputeProfile> {
  const { onProgress, windowMs = 80, maximumRows = 256, rows: asked = 1, handler, measure = measuring() } = options;
  const directory = resolve(modelPackage.directory);
  const scratch = temporaryFolder('slipway-profile-');
  const order: MeasureOrder = { directory, scratch, windowMs, rows: asked, maximumRows };
  const running = new Set<{ kill(signal: 'SIGKILL'): unknown }>();
  const end = () => {
    for (const each of running) each.kill('SIGKILL');
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  };
  const release = undoAtEnd(end);
  let ownPriority: number | undefined;
  try {
    const { execArgv, env, stdin } = leashed({ folder: scratch });
    const [file, ...preloads] = measure;
    const child = fork(file, [JSON.stringify(order)], {
      execPath: handler.node,
      execArgv: [...execArgv, ...preloads],
      env: { ...process.env, ...env },
      stdio: [stdin, 'ignore', 'pipe', 'ipc'],
    });
    running.add(child);
    preferred(child.pid);
    const { batches, threads, bytesPerRow, dense, ...before } = await engineProfile(child, onProgress);
    running.delete(child);

    const rows = sampleRows(modelPackage.manifest.signature, modelPackage.golden);
    const sizes = batches
      .filter((batch) => batch.rows <= MOST_QUEUE_ROWS && batch.cpuMs < SLOWEST_MS)
      .map(({ rows: count, cpuMs }) => ({
        rows: count,
        requests: requestBodies(rows, count).map((body) => requestBytes('/predict', body)),
        batchMs: cpuMs,
      }))
      .filter(({ requests }) => requests.every(({ length }) => length < DEFAULT_HANDLER_SETTINGS.maximumBodyBytes));
    // longer requests are read another way, so that there is no line from the ones to the others
    const plain = sizes.filter(({ requests }) => requests.every(({ length }) => length <= PLAIN_BODY_BYTES));
    const some = new Set(
      [sizes[0], plain[plain.length >> 1], plain.at(-1), sizes.at(-1)].filter((size) => size !== undefined),
    );
    const served = new ServedHandler(handler, directory, batches.at(-1)!.rows);
    running.add(served);
    preferred(served.pid);
    ownPriority = getPriority();
    preferred(process.pid); // which sends the requests
    onProgress?.('the handler under requests: what HTTP takes, its memory and its start');
    const serving = await served.measure([...some], SERVING_WINDOWS * windowMs, onProgress);
    const { http, ...others } = serving;
    const spread = Math.max(before.machine.spread, ...http.slice(1).map((cost) => cost.spread ?? 0));
    const machine = { ...before.machine, spread };
    return { ...before, machine, batches, http, threads, ...others, bytesPerRow, ...(dense && { dense }) };
  } finally {
    release();
    end();
    if (ownPriority !== undefined) preferred(process.pid, ownPriority);
  }
}

function engineProfile(child: ChildProcess, onProgress?: (text: string) => void): Promise<EngineProfile> {
  return new Promise((fulfil, reject) => {
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-4096);
    });
    let result: Exclude<MeasureMessage, { kind: 'progress' }> | undefined;
    child.on('message', (message: MeasureMessage) => {
      if (message.kind === 'progress') onProgress?.(message.text);
      else result = message;
    });
    child.once('error', (cause) => {
      reject(new SlipwayError('E_INTERNAL', `the measuring process cannot be started (${cause.message})`, { cause }));
    });
    child.once('close', (status, signal) => {
      if (result?.kind === 'profile') fulfil(result.profile);
      else if (result) reject(errorOf(result));
      else if (findLimitLine(stderr)) {
        const { code, error } = findLimitLine(stderr)!;
        reject(new SlipwayError(code, error));
      } else {
        const how = signal ? `was ended by ${signal}` : `ended with status ${status}`;
        const hint = signal === 'SIGKILL' ? '; the machine may have run out of memory' : '';
        const problems = stderr.split('\n').filter(Boolean).slice(-QUOTED_LINES);
        reject(new SlipwayError('E_INTERNAL', `the measuring process ${how} before it was done${hint}`, { problems }));
      }
    });
  });
}

function errorOf({ code, message, problems, stack }: Extract<MeasureMessage, { kind: 'error' }>): SlipwayError {
  const error = new SlipwayError(code, message, { problems });
  if (stack) error.stack = stack; // of the process that failed, which this one knows nothing of
  return error;
}
