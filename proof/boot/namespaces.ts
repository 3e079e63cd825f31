/** Namespaces in which a proof boots instances, away from this machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fetchNodeRuntime, RUNTIME_ARCHITECTURES } from '../../lib/artifacts/node-runtime';
import { attempt } from './command';
import { removeControlGroups } from './control-groups';
import { installMissing, obstacle } from './prerequisites';
import { rootFileSystem } from './root-file-system';

const CACHE = resolve('.slipway/proof-boot');

/**
 * Runs a proof in namespaces of its own. When its first process ends, however it ends, the kernel
 * ends all others and takes mounts and networks away with them.
 */
async function run(inside: string, root: string, folder: string, more: readonly string[]): Promise<number> {
  const child = spawn(
    'unshare',
    [
      ...['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'],
      ...[process.execPath, '--import', 'tsx', inside, root, folder, ...more, ...process.argv.slice(2)],
    ],
    { stdio: ['ignore', 'inherit', 'inherit'], detached: true },
  );
  // not `unshare` itself: it waits for the namespaces to be gone
  const end = () => attempt('pkill', ['--signal', 'KILL', '--parent', String(child.pid)]);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  const [status] = (await once(child, 'exit')) as [number | null];
  return status ?? 1;
}

export interface ProofNeeds {
  /** Debian packages that it needs beside those of a boot, by a program of each. */
  readonly packages?: Readonly<Record<string, string>>;
  /** Fetches what else it needs into the folder that is kept. @returns further words for the proof */
  readonly prepare?: (cache: string, onProgress: (message: string) => void) => readonly string[];
}

async function prove(inside: string, { packages = {}, prepare }: ProofNeeds): Promise<number> {
  const reason = obstacle();
  if (reason) {
    console.error(reason);
    return 2;
  }
  installMissing(packages, console.log);
  // the namespaces have no way out
  for (const architecture of RUNTIME_ARCHITECTURES) await fetchNodeRuntime(architecture, console.log);
  const root = rootFileSystem(CACHE, console.log);
  const folder = join(CACHE, `run-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    return await run(inside, root, folder, prepare?.(CACHE, console.log) ?? []);
  } finally {
    const left = await removeControlGroups();
    if (left.length > 0) console.error(`control groups that could not be removed: ${left.join(', ')}`);
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Ends this process with status 0 when all holds, 1 when not, 2 where the proof cannot run.
 *
 * @param inside the proof: a program that is given the root file system and a folder for all that it writes
 */
export function proveInNamespaces(inside: string, needs: ProofNeeds = {}): void {
  prove(inside, needs).then(
    (status) => process.exit(status),
    (error: Error) => {
      console.error(error.message);
      process.exit(1);
    },
  );
}
