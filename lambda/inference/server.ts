/** The HTTP server: limits, connections, draining. What becomes of a request is in `answering.ts`. */
import * as http from 'node:http';
import type * as https from 'node:https';
import type { Socket } from 'node:net';
import { SlipwayError } from '../../lib/model/error';
import { readRegularFile } from '../../lib/model/files/read-file';
import { type HandlerSettings, KEEP_ALIVE_SECONDS } from '../../lib/model/instance/handler-settings';
import { MIB } from '../../lib/model/units';
import { answering } from './answering';
import { Connections } from './connections';
import { type EndpointOptions, endpointsOf, type MemberOptions } from './endpoint';
import { BodyReader } from './http/body';
import { NodeRequest } from './http/node-request';
import { PlainHttp } from './http/plain/plain-http';
import type { AnswerableRequest } from './http/request';
import type { HeldBack, Metrics } from './protocols/operations';

/** Bytes of a certificate with its chain at most. */
const LONGEST_PEM = 4 * MIB;

export interface InferenceServerOptions extends EndpointOptions {
  readonly settings: EndpointOptions['settings'] & Pick<HandlerSettings, 'queueBytes' | 'tls'>;
  /** Endpoints of their own, each with its models; then `models` are all of them. @default - the server is one endpoint */
  readonly members?: readonly MemberOptions[];
  /** @default - those of this process */
  readonly metrics?: Metrics;
  /** Connections that are kept open, idle ones among them. @default 4096, and one for each row that may wait */
  readonly mostConnections?: number;
  /** Whether `/readyz` must wait although the model is ready. @default - it need not */
  readonly heldBack?: () => HeldBack | undefined;
}

export interface InferenceServer {
  /** Not listening yet. */
  readonly server: http.Server | https.Server;
  /**
   * Stop: take no new connections, answer what has begun, close idle connections.
   *
   * @param milliseconds after which connections are cut, answered or not
   * @returns whether everything that had begun was answered
   */
  close(milliseconds: number): Promise<boolean>;
}

/** Longer than the keep-alive, else Node.js may close a connection in the moment the load balancer uses it. */
const HEADERS_TIMEOUT_MS = (KEEP_ALIVE_SECONDS + 5) * 1000;

/** Time to send a whole request. */
const REQUEST_TIMEOUT_MS = HEADERS_TIMEOUT_MS + 30_000;

/** Connections at the least that a worker keeps open; a request that waits has one. What is idle beyond it is closed. */
const LEAST_CONNECTIONS = 4096;

/** Time that a TLS handshake may take. */
const HANDSHAKE_MS = 10_000;

/** @throws SlipwayError E_FILE when the certificate or its key cannot be used */
export function createInferenceServer(options: InferenceServerOptions): InferenceServer {
  const { settings, members = [] } = options;
  const { registry } = options.telemetry;
  const metrics = options.metrics ?? { contentType: registry.contentType, read: () => registry.metrics() };
  let draining = false;
  const heldBack = (): HeldBack | undefined => (draining ? 'draining' : options.heldBack?.());
  const bodies = new BodyReader(settings.maximumBodyBytes, settings.queueBytes);
  const answer = answering(endpointsOf(options, members, metrics, heldBack));
  const handle = (request: AnswerableRequest, socket: Socket) => {
    const startedAt = performance.now();
    void answer(request, startedAt, connections.cameAt(socket, startedAt));
  };

  const server = createServer(settings.tls);
  const plain = settings.tls
    ? undefined
    : new PlainHttp(server, {
        bodies,
        draining: () => draining,
        serve: (request) => handle(request, request.socket),
      });
  const mostConnections = options.mostConnections ?? Math.max(LEAST_CONNECTIONS, settings.queueRows);
  const connections = new Connections(server, plain, mostConnections);
  server.keepAliveTimeout = KEEP_ALIVE_SECONDS * 1000;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.timeout = KEEP_ALIVE_SECONDS * 1000; // else a client that does not read its answer would keep it in memory for ever
  server.maxHeadersCount = 0; // a head is bounded in bytes; of one cut by count it would not be known who asks
  const onRequest = (request: http.IncomingMessage, response: http.ServerResponse) => {
    handle(new NodeRequest(request, response, bodies, () => draining), request.socket);
  };
  server.on('request', onRequest);
  // without this Node.js asks for the body before it is known whether it is wanted
  server.on('checkContinue', onRequest);

  return {
    server,
    close: (milliseconds) => {
      draining = true;
      return connections.drain(milliseconds);
    },
  };
}

function createServer(tls: HandlerSettings['tls']): http.Server | https.Server {
  if (!tls) return http.createServer();
  try {
    const [cert, key] = [tls.certificate, tls.key].map((path) => readRegularFile(path, LONGEST_PEM));
    const { createServer } = require('node:https') as typeof https; // loaded when it is needed: behind a load balancer it is not
    return createServer({ cert, key, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_MS });
  } catch (cause) {
    throw new SlipwayError(
      'E_FILE',
      `${tls.certificate} and ${tls.key} are not a usable certificate and key (${(cause as Error).message})`,
      { cause },
    );
  }
}
