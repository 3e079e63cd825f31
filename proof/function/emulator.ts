/** AWS's own runtime interface emulator and its client for Node.js, which run the function as AWS Lambda does. */
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { nodeBinary, runnableArchitecture } from '../../lib/artifacts/node-binary';
import { fetchNodeRuntime } from '../../lib/artifacts/node-runtime';
import type { Invoke } from '../../testing/function/http-api';
import { ProofProblem } from '../problem';
import { run, serve } from '../process';

/** Ignored by git. */
const FOLDER = resolve('.slipway/lambda');

const CLIENT = 'aws-lambda-ric@4.0.2';

/** The emulator has no releases among Go's modules: a commit of October 2026. */
const EMULATOR =
  'github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@v0.0.0-20261030222936-bef5c4ba774d';

export interface Emulator {
  /** Node.js as the runtime `nodejs24.x` has it. */
  readonly node: string;
  readonly client: string;
  readonly emulator: string;
}

async function made(file: string, command: readonly string[], env: NodeJS.ProcessEnv, needs: string): Promise<string> {
  if (existsSync(file)) return file;
  const { code, output } = await run(command, { env: { ...process.env, ...env } }).catch((error: Error) => ({
    code: 1,
    output: error.message,
  }));
  if (code === 0 && existsSync(file)) return file;
  throw new ProofProblem(`${needs}: ${output.trim().slice(-500)}`);
}

/** @throws ProofProblem where Go, or what compiles C++, is not there */
export async function fetchEmulator(say: (line: string) => void): Promise<Emulator> {
  const architecture = runnableArchitecture();
  if (!architecture) throw new ProofProblem('needs Linux: the client of AWS Lambda runs nowhere else');
  const node = nodeBinary(await fetchNodeRuntime(architecture, say));
  const bin = join(FOLDER, 'bin');
  say('the emulator, with Go');
  const emulator = await made(join(bin, 'aws-lambda-rie'), ['go', 'install', EMULATOR], { GOBIN: bin }, 'needs Go');
  say('the client, with CMake and a compiler of C++');
  const PATH = `${join(node, '..')}${delimiter}${process.env.PATH}`; // it wants Node.js 22
  const install = ['npm', 'install', '--prefix', FOLDER, '--no-save', '--ignore-scripts=false', CLIENT];
  const client = join(FOLDER, 'node_modules', 'aws-lambda-ric');
  await made(join(client, 'rapid-client.node'), install, { PATH }, 'needs CMake, make and a compiler of C++');
  return { node, emulator, client: join(client, 'index.mjs') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

export interface Emulated {
  readonly invoke: Invoke;
  stop(): void;
}

/** @param folder of the bundle, @param log file for what the emulator and the function write */
export async function emulate({ node, client, emulator }: Emulator, folder: string, log: string): Promise<Emulated> {
  const [calls, api] = [await freePort(), await freePort()];
  const addresses = [
    '--runtime-interface-emulator-address',
    `127.0.0.1:${calls}`,
    '--runtime-api-address',
    `127.0.0.1:${api}`,
  ];
  const child = serve([emulator, ...addresses, node, client, 'index.handler'], log, {
    cwd: folder,
    env: { PATH: process.env.PATH, LAMBDA_TASK_ROOT: folder, AWS_LAMBDA_FUNCTION_TIMEOUT: '10' },
  });
  const url = `http://127.0.0.1:${calls}/2015-03-31/functions/function/invocations`;
  const invoke: Invoke = async (event) => {
    const answer = await asked(url, JSON.stringify(event));
    const result = (await answer.json()) as Awaited<ReturnType<Invoke>>;
    if (typeof result.statusCode !== 'number') throw new Error(JSON.stringify(result));
    return result;
  };
  return { invoke, stop: () => void child.kill('SIGKILL') };
}

/** It listens a moment after it was started. */
async function asked(url: string, body: string): Promise<Response> {
  for (let patience = 100; ; patience--) {
    try {
      return await fetch(url, { method: 'POST', body });
    } catch (error) {
      if (patience === 0) throw error;
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }
}
