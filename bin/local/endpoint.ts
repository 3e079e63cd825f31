/** Serves a model package on this machine, from the very bundle that an instance would run. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { ADMIN_HOST } from '../../lambda/inference/admin';
import { HandlerProcess, statusOf } from '../../lib/artifacts/handler-process';
import { SlipwayError } from '../../lib/model/error';
import { toEnvironment } from '../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS, type HandlerSettings } from '../../lib/model/instance/handler-settings';
import type { ModelPackage } from '../../lib/model/package/model-package';
import { undoAtEnd, whenInterrupted } from '../../lib/model/process/interruption';
import { progress } from '../terminal/output';
import { type CertificateFiles, localCertificate } from './certificate';
import { buildLocalHandler } from './handler';
import { HandlerLog } from './handler-log';

/** Settings of the handler, and where it is from and listens. */
export interface LocalEndpointOptions
  extends Partial<Omit<HandlerSettings, 'model' | 'otherModels' | 'host' | 'port' | 'tls'>> {
  readonly port: number;
  /** Plain HTTP in place of HTTPS, for this machine alone. @default false */
  readonly http?: boolean;
  /** Further models, which are asked by their names. */
  readonly others?: readonly ModelPackage[];
  /** Folder for the bundle and the certificate. */
  readonly workspace: string;
}

export interface LocalEndpoint {
  readonly url: URL;
  /** File of the certificate. @default - it speaks plain HTTP */
  readonly certificate?: string;
  /** Resolves with the exit status when the handler has ended, by itself or by a signal. */
  readonly ended: Promise<number>;
  /** Stops it as systemd would: SIGTERM, and it finishes what it has begun. */
  stop(): Promise<number>;
}

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
 * Build the bundle, start it and wait until it is ready. It ends with this process, however that ends.
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
  const tls = options.http ? undefined : await localCertificate(join(options.workspace, 'tls'));
  const env = { ...process.env, ...environmentOf(modelPackage, options, tls) };
  const handler = new HandlerProcess({ file, env, leash: true });
  const log = new HandlerLog(handler.log);
  const release = undoAtEnd(() => handler.signal('SIGKILL'));
  const ended = handler.closed.then((end) => {
    release();
    return statusOf(end);
  });
  const endpoint: LocalEndpoint = {
    url: new URL(`${tls ? 'https' : 'http'}://localhost:${options.port}`),
    ...(tls && { certificate: tls.certificate }),
    ended,
    stop: () => {
      handler.signal('SIGTERM');
      return ended;
    },
  };
  try {
    const certificate = tls && readFileSync(tls.certificate);
    await handler.untilReady(endpoint.url.origin, { ...(certificate && { certificate }), failure: () => log.failure });
  } catch (error) {
    await endpoint.stop();
    throw error;
  }
  return endpoint;
}

/** Waits for Ctrl-C (or SIGTERM), then lets the handler finish what it has begun; who asks twice does not wait for that. */
export async function untilStopped(endpoint: LocalEndpoint): Promise<number> {
  whenInterrupted(() => {
    progress('stopping');
    void endpoint.stop();
  });
  return endpoint.ended;
}

async function checkAdminPort(adminPort: number, port: number): Promise<void> {
  if (adminPort === port) {
    throw new SlipwayError('E_PORT', `--port and --admin-port are both ${port}; they must be two ports`);
  }
  await checkPort(adminPort, ADMIN_HOST, '--admin-port');
}

function environmentOf(
  modelPackage: ModelPackage,
  { others = [], http: _, ...settings }: LocalEndpointOptions,
  tls: CertificateFiles | undefined,
): Record<string, string> {
  return toEnvironment({
    ...DEFAULT_HANDLER_SETTINGS,
    ...settings,
    model: resolve(modelPackage.directory),
    otherModels: others.map(({ directory }) => resolve(directory)),
    host: 'localhost',
    ...(tls && { tls: { certificate: resolve(tls.certificate), key: resolve(tls.key) } }),
  });
}
