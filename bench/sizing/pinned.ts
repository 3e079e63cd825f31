/** A server pinned to the first cores of this machine, and open load on it from whatever cores are left. */
import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { READY_PATH } from '../../lib/model/instance/handler-settings';
import type { Load, LoadResult } from '../handler/load-client';

export const PORT = 18_473;
const CONNECTIONS = 64;
const TRIES = 300;
const TRY_MS = 100;

/** Whether a core is left for the client. */
export const isAlone = (cores: number) => cpus().length > cores;

/** @returns the server once it answers */
export async function startPinned(
  node: string,
  file: string,
  cores: number,
  environment: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const pinned = ['-c', `0-${cores - 1}`, node, file];
  const server = spawn('taskset', pinned, { env: { ...process.env, ...environment }, stdio: 'ignore' });
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  server.once('exit', () => process.removeListener('exit', kill));
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await fetch(`http://127.0.0.1:${PORT}${READY_PATH}`).catch(() => undefined);
    if (answer?.ok) return server;
    await new Promise((done) => setTimeout(done, TRY_MS));
  }
  throw new Error(`${file} does not become ready`);
}

export async function stop(server: ChildProcess): Promise<void> {
  server.kill('SIGTERM');
  await once(server, 'exit');
}

/** Loads of so many seconds, one after the other, each on connections of its own; @returns what the last one measured */
export async function load(
  script: string,
  cores: number,
  seconds: readonly number[],
  { body, rate }: { readonly body: string; readonly rate: number },
): Promise<LoadResult> {
  const client = fork(script, { execArgv: [] }); // not those of whoever compiles this file
  if (isAlone(cores)) spawnSync('taskset', ['-acp', `${cores}-${cpus().length - 1}`, String(client.pid)]);
  const send = (milliseconds: number) =>
    new Promise<LoadResult>((fulfil, reject) => {
      client.once('message', (message: { result?: LoadResult; error?: string }) =>
        message.result ? fulfil(message.result) : reject(new Error(message.error)),
      );
      const order: Load = {
        port: PORT,
        path: '/predict',
        body,
        connections: CONNECTIONS,
        milliseconds,
        rate,
        poisson: true,
      };
      client.send(order);
    });
  try {
    let last: LoadResult | undefined;
    for (const some of seconds) last = await send(some * 1000);
    return last!;
  } finally {
    client.kill();
  }
}
