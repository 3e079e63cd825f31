/** Serves a model package on this machine, from the very bundle that an instance would run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { ADMIN_HOST } from '../../lambda/inference/admin';
import { SlipwayError } from '../../lib/model/error';
import {
  DEFAULT_HANDLER_SETTINGS,
  type HandlerSettings,
  READY_PATH,
  toEnvironment,
} from '../../lib/model/instance/handler-settings';
import type { ModelPackage } from '../../lib/model/package/model-package';
import { undoAtEnd } from '../../lib/model/process/interruption';
import { leashed } from '../../lib/model/process/leash';
import { type CertificateFiles, localCertificate } from './certificate';
import { buildLocalHandler } from './handler';
import { HandlerLog } from './handler-log';
import { getStatus } from './status';

/** Settings of the handler, and where it is from and listens. */
export interface LocalEndpointOptions
  extends Partial<Omit<HandlerSettings, 'model' | 'otherModels' | 'host' | 'port' | 'tls'>> {
  readonly port: number;
  /** Further models, which are asked by their names. */
  readonly others?: readonly ModelPackage[];
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

/** Until a handler is given up that is not ready and says nothing: what loading may take it knows itself, and ends. */
const READY_TIMEOUT_MS = 900_000;

/**
 * @param option by which another can be chosen
 * @throws SlipwayError E_PORT when the port cannot be listened on
 */
export async function checkPort(port: number, host = 'localhost', option = '--port'): Promise<void> {
  await new Promise<void>((resolvePort, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used (${error.code})`;
      const other = port < 65535 ? port + 1 : port - 1;
      reject(
        new SlipwayError('E_PORT', `port ${port} ${reason}; choose another with ${option}, e.g. ${option} ${other}`),
      );
    });
    probe.listen(port, host, () => probe.close(() => resolvePort()));
  });
}

/**
 * Build the bundle, start it over HTTPS and wait until it is ready. It ends with this process, however that ends.
 *
 * @throws SlipwayError E_PORT, E_PLATFORM; what the handler itself says that it cannot serve with; E_PARITY when its golden
 *   rows do not hold; or E_UNREACHABLE when it does not become ready and does not say why
 */
export async function startLocalEndpoint(
  modelPackage: ModelPackage,
  options: LocalEndpointOptions,
): Promise<LocalEndpoint> {
  await checkPort(options.port);
  if (options.adminPort !== undefined) await checkAdminPort(options.adminPort, options.port);
  const file = buildLocalHandler(options.workspace);
  const tls = await localCertificate(join(options.workspace, 'tls'));
  const child = spawnHandler(file, modelPackage, options, tls);
  const log = new HandlerLog(child.stdout!);
  const release = undoAtEnd(() => child.kill('SIGKILL'));
  const ended = new Promise<number>((resolveEnd) => {
    // not before all that it has said is read, and its workers are gone
    child.once('close', (code, signal) => {
      release();
      resolveEnd(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1));
    });
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
    await ready(endpoint, log);
  } catch (error) {
    await endpoint.stop();
    throw error;
  }
  return endpoint;
}

async function checkAdminPort(adminPort: number, port: number): Promise<void> {
  if (adminPort === port) {
    throw new SlipwayError('E_PORT', `--port and --admin-port are both ${port}; they must be two ports`);
  }
  await checkPort(adminPort, ADMIN_HOST, '--admin-port');
}

function spawnHandler(
  file: string,
  modelPackage: ModelPackage,
  { others = [], ...settings }: LocalEndpointOptions,
  tls: CertificateFiles,
): ChildProcess {
  const environment = toEnvironment({
    ...DEFAULT_HANDLER_SETTINGS,
    ...settings,
    model: resolve(modelPackage.directory),
    otherModels: others.map(({ directory }) => resolve(directory)),
    host: 'localhost',
    tls: { certificate: resolve(tls.certificate), key: resolve(tls.key) },
  });
  const { execArgv, env, stdin } = leashed();
  return spawn(process.execPath, [...execArgv, file], {
    env: { ...process.env, ...environment, ...env },
    stdio: [stdin, 'pipe', 'inherit'],
  });
}

async function ready(endpoint: LocalEndpoint, log: HandlerLog): Promise<void> {
  let gone: number | undefined;
  endpoint.ended.then((status) => {
    gone = status;
  });
  const url = new URL(READY_PATH, endpoint.url);
  for (const deadline = Date.now() + READY_TIMEOUT_MS; Date.now() < deadline; ) {
    if (log.failure) throw log.failure;
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
