/** The handler as it is bundled for an instance, as a process on loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildHandlerBundle, currentTarget, HANDLER_FILE } from '../../lib/artifacts/handler-bundle';
import {
  DEFAULT_HANDLER_SETTINGS,
  type HandlerSettings,
  toEnvironment,
} from '../../lib/model/instance/handler-settings';
import { ProofProblem } from '../problem';

export interface ServingHandler {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What it has logged so far. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
  /** Of the first process; with several workers that is the one above them. */
  readonly pid: number;
  /** Stop it as systemd would; gives the exit status. */
  stop(): Promise<number | null>;
}

export function bundleHandler(folder: string): string {
  const bundle = join(folder, 'handler');
  buildHandlerBundle(bundle, currentTarget());
  return bundle;
}

/**
 * Start the handler and wait until it is ready.
 *
 * @throws ProofProblem when it ends before
 */
export function startHandler(
  bundle: string,
  settings: Pick<HandlerSettings, 'model'> & Partial<HandlerSettings>,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServingHandler> {
  const child: ChildProcess = spawn(process.execPath, [join(bundle, HANDLER_FILE)], {
    env: {
      PATH: process.env.PATH,
      ...toEnvironment({ ...DEFAULT_HANDLER_SETTINGS, host: '127.0.0.1', port: 0, ...settings }),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const events: Record<string, unknown>[] = [];
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return new Promise((resolve, reject) => {
    void exited.then((code) =>
      reject(new ProofProblem(`the handler ended with status ${code}: ${JSON.stringify(events.at(-1))}`)),
    );
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const event = JSON.parse(line) as Record<string, unknown>;
      events.push(event);
      if (event.event !== 'ready') return;
      const { port } = events.find(({ event: name }) => name === 'listening')!;
      const stop = () => {
        child.kill('SIGTERM');
        return exited;
      };
      resolve({ url: `http://127.0.0.1:${port}`, pid: child.pid!, events, stop });
    });
  });
}
