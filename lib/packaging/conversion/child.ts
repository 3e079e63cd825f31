/**
 * Conversion in a process of its own, with a bound on its memory and its time: what a model file does to it,
 * it does to nobody else. The bound on its time is kept by the child itself, and it ends when its parent does, so that
 * nothing computes on for nobody.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { findLimitLine } from '../../../lambda/inference/engine';
import { type ErrorCode, SlipwayError } from '../../model/error';
import { temporaryFolder } from '../../model/files/temporary-folder';
import { undoAtEnd } from '../../model/process/interruption';
import { leashed, MEMORY_TEXT } from '../../model/process/leash';
import { TYPESCRIPT } from '../../model/process/typescript';
import { MIB } from '../../model/units';

export interface ChildLimits {
  /** Bytes of JavaScript objects, in MiB. */
  readonly heapMiB: number;
  /**
   * Memory of the process, in MiB: of objects, of arrays, and of what the engine takes. What the reader allows to be there at
   * once, the file, what it holds and the graph that is made of it, takes half of that.
   */
  readonly memoryMiB: number;
  readonly seconds: number;
}

/** Share of the memory of this machine, which has others to care for. */
const MACHINE_SHARE = 0.8;

export const CHILD_LIMITS: ChildLimits = {
  heapMiB: 1024,
  memoryMiB: Math.min(8192, Math.floor((MACHINE_SHARE * totalmem()) / MIB)),
  seconds: 300,
};

/** What is asked of the child: one of its tasks, with plain data. */
export interface Task {
  readonly name: 'prepare' | 'inspect';
  readonly request: unknown;
}

/** What the child says. Its results are files in the folder that it was given: they may be large. */
export type ChildMessage =
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly message: string; readonly problems: readonly string[] }
  | { readonly kind: 'fault'; readonly stack: string };

/** Name of the result of a task, in its folder. */
export const RESULT_FILE = 'result.json';
/** Name of the model that a task made, beside its result. */
export const MODEL_FILE = 'model.onnx';

/**
 * Run a task in a child.
 *
 * @param subject name of the model file, for messages
 * @returns the task's result, and the model where it made one
 * @throws SlipwayError as the task itself; E_LIMIT when the child runs out of memory or time
 */
export async function runInChild<T>(
  task: Task,
  subject: string,
  onProgress: (text: string) => void,
  limits: ChildLimits = CHILD_LIMITS,
): Promise<{ readonly result: T; readonly model: Uint8Array | undefined }> {
  const folder = temporaryFolder('slipway-conversion-');
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const release = undoAtEnd(remove);
  try {
    await finished(task, folder, { subject, onProgress, limits });
    const result = JSON.parse(await readFile(join(folder, RESULT_FILE), 'utf8')) as T;
    const model = task.name === 'prepare' ? await readFile(join(folder, MODEL_FILE)) : undefined;
    return { result, model };
  } finally {
    release();
    remove();
  }
}

interface Watch {
  readonly subject: string;
  readonly onProgress: (text: string) => void;
  readonly limits: ChildLimits;
}

function finished(task: Task, folder: string, { subject, onProgress, limits }: Watch): Promise<void> {
  const { execArgv, env, stdin } = leashed({ folder, seconds: limits.seconds, memoryMiB: limits.memoryMiB });
  const started = performance.now();
  const child = fork(require.resolve('../child-main'), [folder], {
    execArgv: [...execArgv, `--max-old-space-size=${limits.heapMiB}`, ...TYPESCRIPT],
    env: { ...process.env, ...env },
    stdio: [stdin, 'ignore', 'pipe', 'ipc'],
  });
  const release = undoAtEnd(() => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    let last: ChildMessage | undefined;
    let file = subject;
    const limit = (what: string) => limitError(subject, file, what);
    const stderr = tail(child);
    child.on('message', (message: ChildMessage) => {
      if (message.kind === 'progress') onProgress(message.text);
      else if (message.kind === 'file') file = message.file;
      else last = message;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      release();
      const said = stderr();
      const engineLimit = findLimitLine(said);
      const late = signal === 'SIGKILL' && performance.now() - started >= limits.seconds * 1000;
      if (last?.kind === 'done') resolve();
      else if (late) reject(limit(`takes more than ${limits.seconds} s`));
      else if (last?.kind === 'error') reject(new SlipwayError(last.code, last.message, { problems: last.problems }));
      else if (last?.kind === 'fault') reject(new Error(last.stack));
      else if (engineLimit) reject(new SlipwayError(engineLimit.code, engineLimit.error));
      else if (said.endsWith(MEMORY_TEXT)) {
        reject(limit(`takes more than ${limits.memoryMiB} MiB of memory`));
      }
      // an abort is how V8 ends without memory; a kill, how the system does
      else if (/heap out of memory|allocation failed/i.test(said) || signal === 'SIGKILL' || signal === 'SIGABRT') {
        reject(limit(`takes more than ${limits.heapMiB} MiB of objects`));
      } else reject(new Error(`the conversion ended with ${signal ?? code}: ${said}`));
    });
    child.send(task);
  });
}

/** @param file that was read when the child ended: the model, or a table beside it */
function limitError(subject: string, file: string, what: string): SlipwayError {
  return new SlipwayError(
    'E_LIMIT',
    file === subject
      ? `${subject}: ${what} to convert, which is the limit for one model file; if it is a model of yours, save it with fewer or smaller parts`
      : `${file}: ${what} to read, which is the limit; golden and training rows need not be many`,
  );
}

/** The last of what a child says on stderr. */
function tail(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4000);
  });
  return () => text.trim();
}
