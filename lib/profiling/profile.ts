/** Model package -> compute profile, by running the real handler engine in a process of its own. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SlipwayError } from '../model/error';
import type { ModelPackage } from '../model/package';
import type { ComputeProfile } from '../model/profile';
import type { MeasureMessage, MeasureOrder } from './protocol';

export interface ProfileOptions {
  /** Told what is being measured, a line at a time. */
  readonly onProgress?: (text: string) => void;
  /** Least CPU time of one measuring window, milliseconds. @default 80 */
  readonly windowMs?: number;
  /** Largest batch that is tried, rows. @default 256 */
  readonly maximumRows?: number;
}

const MEASURE = join(__dirname, 'measure.ts');
const PROJECT = join(__dirname, '..', '..');
/** What ends a command from outside. */
const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Lines of the measuring process's stderr that a message quotes. */
const QUOTED_LINES = 5;

/**
 * Measure what serving one request costs: CPU and wall time of 1, 2, 4, ... rows (parsing, encoding, evaluation and
 * answer, without HTTP), memory, load time and bytes. Takes a few seconds; minutes for a model that is slow. When it is
 * interrupted it leaves nothing behind.
 *
 * The measuring process compiles TypeScript as it starts, so `startMs` and the memory figures are higher than those of the
 * bundled handler: they err to the safe side.
 *
 * @throws SlipwayError E_PACKAGE when the model cannot be loaded, E_INPUT when its golden rows do not fit it, E_PLATFORM
 *   when the engine has no build for this machine, E_INTERNAL when the measuring process dies
 */
export function profileModel(modelPackage: ModelPackage, options: ProfileOptions = {}): Promise<ComputeProfile> {
  const { onProgress, windowMs = 80, maximumRows = 256 } = options;
  const scratch = mkdtempSync(join(tmpdir(), 'slipway-profile-'));
  const order: MeasureOrder = { directory: resolve(modelPackage.directory), scratch, windowMs, maximumRows };
  return new Promise((fulfil, reject) => {
    const child = fork(MEASURE, [JSON.stringify(order)], {
      execArgv: ['--require', require.resolve('tsx/cjs')],
      env: { ...process.env, TSX_TSCONFIG_PATH: join(PROJECT, 'tsconfig.json') },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const end = () => {
      child.kill('SIGKILL');
      rmSync(scratch, { recursive: true, force: true });
    };
    const interrupt = (signal: NodeJS.Signals) => {
      settle();
      end();
      process.kill(process.pid, signal); // and now as if nobody had listened
    };
    const settle = () => {
      process.removeListener('exit', end);
      for (const signal of ENDINGS) process.removeListener(signal, interrupt);
      rmSync(scratch, { recursive: true, force: true });
    };
    process.once('exit', end);
    for (const signal of ENDINGS) process.once(signal, interrupt);
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
      settle();
      reject(new SlipwayError('E_INTERNAL', `the measuring process cannot be started (${cause.message})`, { cause }));
    });
    child.once('close', (status, signal) => {
      settle();
      if (result?.kind === 'profile') fulfil(result.profile);
      else if (result) reject(errorOf(result));
      else {
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
