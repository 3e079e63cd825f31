/** Serves a model package on this machine, from the very bundle that an instance would run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { SlipwayError } from '../../lib/model/error';
import { DEFAULT_HANDLER_SETTINGS, READY_PATH, toEnvironment } from '../../lib/model/handler-settings';
import type { ModelPackage } from '../../lib/model/package';
import { type CertificateFiles, localCertificate } from './certificate';
import { buildLocalHandler } from './handler';
import { getStatus } from './status';

export interface LocalEndpointOptions {
  readonly port: number;
  /** Further models, which are asked by their names. */
  readonly others?: readonly ModelPackage[];
  /** Port of the admin listener. @default - none */
  readonly adminPort?: number;
  readonly workers?: number;
  readonly threadsPerWorker?: number;
  readonly rowsPerRun?: number;
  readonly queueRows?: number;
  readonly queueBytes?: number;
  readonly deadlineMs?: number;
  /** Lines of API keys. @default - anybody may ask */
  readonly keysFile?: string;
  /** Folder for the bundle and the certificate. */
  readonly workspace: string;
}

export interface LocalEndpoint {
  readonly url: URL;
  readonly certificate: string;
  /** Resolves with the exit status when the handler has ended, by itself or by a signal. */
  readonly ended: Promise<number>;
  /** Stops it as systemd would: SIGTERM, and it finishes what it has begun. */
  stop(): Promise<number>;
}

/** A handler that is not ready after this long is stopped; the example needs well under a second. */
const READY_TIMEOUT_MS = 60_000;

/**
 * @throws SlipwayError E_PORT when the port cannot be listened on
 */
export async function checkPort(port: number): Promise<void> {
  await new Promise<void>((resolvePort, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used (${error.code})`;
      reject(new SlipwayError('E_PORT', `port ${port} ${reason}; choose another with --port, e.g. --port ${port + 1}`));
    });
    probe.listen(port, 'localhost', () => probe.close(() => resolvePort()));
  });
}

/**
 * Build the bundle, start it over HTTPS and wait until it is ready.
 *
 * @throws SlipwayError E_PORT, E_PLATFORM, or E_UNREACHABLE when it does not become ready
 */
export async function startLocalEndpoint(
  modelPackage: ModelPackage,
  options: LocalEndpointOptions,
): Promise<LocalEndpoint> {
  await checkPort(options.port);
  const file = buildLocalHandler(options.workspace);
  const tls = await localCertificate(join(options.workspace, 'tls'));
  const child = spawnHandler(file, modelPackage, options, tls);
  const ended = new Promise<number>((resolveEnd) => {
    child.once('exit', (code, signal) => resolveEnd(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));
  });
  const endpoint: LocalEndpoint = {
    url: new URL(`https://localhost:${options.port}`),
    certificate: tls.certificate,
    ended,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
  try {
    await ready(endpoint, ended);
  } catch (error) {
    await endpoint.stop();
    throw error;
  }
  return endpoint;
}

function spawnHandler(
  file: string,
  modelPackage: ModelPackage,
  options: LocalEndpointOptions,
  tls: CertificateFiles,
): ChildProcess {
  const environment = toEnvironment({
    ...DEFAULT_HANDLER_SETTINGS,
    model: resolve(modelPackage.directory),
    ...(options.others && { otherModels: options.others.map(({ directory }) => resolve(directory)) }),
    ...(options.adminPort !== undefined && { adminPort: options.adminPort }),
    host: 'localhost',
    port: options.port,
    workers: options.workers ?? DEFAULT_HANDLER_SETTINGS.workers,
    threadsPerWorker: options.threadsPerWorker ?? DEFAULT_HANDLER_SETTINGS.threadsPerWorker,
    ...(options.rowsPerRun !== undefined && { rowsPerRun: options.rowsPerRun }),
    queueRows: options.queueRows ?? DEFAULT_HANDLER_SETTINGS.queueRows,
    queueBytes: options.queueBytes ?? DEFAULT_HANDLER_SETTINGS.queueBytes,
    deadlineMs: options.deadlineMs ?? DEFAULT_HANDLER_SETTINGS.deadlineMs,
    tls: { certificate: resolve(tls.certificate), key: resolve(tls.key) },
    ...(options.keysFile !== undefined && { access: { keysFile: resolve(options.keysFile) } }),
  });
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  // however this process ends, the handler must not stay behind
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

async function ready(endpoint: LocalEndpoint, ended: Promise<number>): Promise<void> {
  let gone: number | undefined;
  ended.then((status) => {
    gone = status;
  });
  const url = new URL(READY_PATH, endpoint.url);
  for (const deadline = Date.now() + READY_TIMEOUT_MS; Date.now() < deadline; ) {
    if (gone !== undefined) {
      throw new SlipwayError(
        'E_UNREACHABLE',
        `the handler ended with status ${gone} before it was ready; its log above says why`,
      );
    }
    if ((await getStatus(url, endpoint.certificate)) === 200) return;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new SlipwayError(
    'E_UNREACHABLE',
    `${url.href}: not ready after ${READY_TIMEOUT_MS / 1000} s; the handler's log above says why`,
  );
}
