/** A handler that is the shadow of others: it listens to their workers, runs its model on their rows, and tells each what differs. */
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type * as tls from 'node:tls';
import { type HandlerSettings, SHADOW_LISTENS } from '../../../lib/model/instance/handler-settings';
import { comparedOutputs } from '../../../lib/model/package/shadow-fit';
import { listen } from '../http/listen';
import type { Log } from '../log/log';
import type { ServedModel } from '../serving/served-model';
import { Evaluation, type Meter } from './evaluation';
import { messagesOf } from './frames';
import type { FromShadow, ShadowTask } from './messages';

/** Workers of the largest fleet that is planned: 64 instances of 96 vCPUs. */
const MOST_CONNECTIONS = 6144;

const ANNOUNCE_MS = 60_000;

/** A worker that is gone without a word is found out by then. */
const KEEP_ALIVE_MS = 60_000;

export interface ListenerOptions {
  readonly settings: Pick<HandlerSettings, 'host' | 'tls'>;
  /** It is ready. */
  readonly model: ServedModel;
  readonly meter: Meter;
  readonly log: Log;
}

export interface ShadowListener {
  readonly port: number;
  close(): void;
}

/** @throws SlipwayError E_PORT */
export async function listenForRows(port: number, options: ListenerOptions): Promise<ShadowListener> {
  const { settings, log } = options;
  const open = new Set<Socket>();
  const server = serverOf(settings.tls, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('error', () => {}); // the worker knows what it has lost
    answer(socket, options).catch((error: Error) => {
      if (!socket.destroyed) log('warn', 'shadow not asked', { peer: socket.remoteAddress, error: error.message });
      socket.destroy();
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  const found = await listen(server, port, settings.host);
  const announce = () => log('info', SHADOW_LISTENS, { address: `${addressOf(settings.host)}:${found}` });
  announce();
  const timer = setInterval(announce, ANNOUNCE_MS).unref();
  return {
    port: found,
    close: () => {
      clearInterval(timer);
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function serverOf(credentials: HandlerSettings['tls'], connected: (socket: Socket) => void): Server {
  if (!credentials) return createServer(connected);
  const { createServer: createSecure } = require('node:tls') as typeof tls; // most have none
  const [cert, key] = [credentials.certificate, credentials.key].map((path) => readFileSync(path));
  const server = createSecure({ cert, key, minVersion: 'TLSv1.3' }, connected);
  return server.on('tlsClientError', () => {});
}

/** One message after the other: what comes meanwhile waits in its socket, and so with who sends it. */
async function answer(socket: Socket, { model, meter }: ListenerOptions): Promise<void> {
  const tell = (message: FromShadow) => void (socket.writable && socket.write(`${JSON.stringify(message)}\n`));
  let evaluation: Evaluation | undefined;
  for await (const message of messagesOf(socket)) {
    if (!('task' in message)) await evaluation?.take(message);
    else {
      const refusal = refusalOf(message.task, model);
      evaluation = refusal === undefined ? new Evaluation({ task: message.task, model, meter, tell }) : undefined;
      tell(refusal ?? { ready: { engine: model.engineName! } });
    }
  }
}

/** While a deployment runs, both have other packages than they will have. */
function refusalOf({ version, served }: ShadowTask, { version: own, signature }: ServedModel): FromShadow | undefined {
  if (version !== own) return { other: own };
  if (comparedOutputs(served, signature).length > 0) return undefined;
  return { unfit: 'no output can be compared' };
}

function addressOf(host: string): string {
  if (host !== '0.0.0.0') return host;
  const outside = Object.values(networkInterfaces()).flatMap((all = []) => all.filter(({ internal }) => !internal));
  return outside.find(({ family }) => family === 'IPv4')?.address ?? '127.0.0.1';
}
