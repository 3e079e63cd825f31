/** The HTTP server: limits, dispatch, answers, draining. What it serves is in `protocols/`. */
import * as http from 'node:http';
import type * as https from 'node:https';
import type { Socket } from 'node:net';
import { SlipwayError } from '../../lib/model/error';
import { readRegularFile } from '../../lib/model/files/read-file';
import { type HandlerSettings, KEEP_ALIVE_SECONDS } from '../../lib/model/instance/handler-settings';
import { MIB } from '../../lib/model/units';
import { Connections } from './connections';
import { type Endpoint, type EndpointOptions, endpointsOf, type MemberOptions } from './endpoint';
import { belowBase } from './http/base-path';
import { BodyReader } from './http/body';
import { compressed } from './http/content-coding';
import { preflightAnswer, withHeaders } from './http/cross-origin';
import { ClientGoneError, type ErrorForm, errorAnswer, HttpError, OVERLOADED } from './http/http-answer';
import { NodeRequest } from './http/node-request';
import { PlainHttp } from './http/plain/plain-http';
import type { AnswerableRequest, AnswerHeaders, RequestHead } from './http/request';
import { logRequest, requestId, traceFields } from './http/request-log';
import { Stages } from './http/stages';
import { errorFields, type Log } from './log/log';
import { asHttpError } from './protocols/client-errors';
import { type HeldBack, isProbe, type Metrics } from './protocols/operations';

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

const UNKNOWN_ROUTE = 'unknown';
const CLIENT_GONE = 499;

/** @throws SlipwayError E_FILE when the certificate or its key cannot be used */
export function createInferenceServer(options: InferenceServerOptions): InferenceServer {
  const { settings, members = [] } = options;
  const { registry } = options.telemetry;
  const metrics = options.metrics ?? { contentType: registry.contentType, read: () => registry.metrics() };
  let draining = false;
  const heldBack = (): HeldBack | undefined => (draining ? 'draining' : options.heldBack?.());
  const bodies = new BodyReader(settings.maximumBodyBytes, settings.queueBytes);
  const endpointOf = endpointsOf(options, members, metrics, heldBack);

  const handle = async (request: AnswerableRequest, socket: Socket): Promise<void> => {
    const startedAt = performance.now();
    const cameAt = connections.cameAt(socket, startedAt);
    const endpoint = endpointOf(request);
    const { router, telemetry, access, origins, tracer, logged, watched, basePath } = endpoint;
    telemetry.began();
    let label = UNKNOWN_ROUTE;
    let open = false;
    const { method } = request;
    const url = basePath === undefined ? request.url : belowBase(request.url, basePath);
    let form: ErrorForm = url.startsWith('/v2') ? 'open-inference' : 'problem';
    let code: number;
    let caller: string | undefined;
    const id = logged ? requestId(request.headers) : undefined;
    const headers = id === undefined ? undefined : { 'x-request-id': id };
    const crossing = origins?.headersFor(request);
    const preflight = origins?.preflight(request);
    const stages = watched ? new Stages() : undefined;
    try {
      const { route, parameters, query } = router.match(preflight ?? method, url);
      label = route.path;
      form = route.errors ?? 'problem';
      open = route.open === true || preflight !== undefined; // a browser asks without a key
      if (preflight === undefined && route.takes?.(parameters, cameAt, request) === false) throw OVERLOADED;
      if (access !== undefined && !open) {
        const checked = access.check(request.headers);
        caller = typeof checked === 'string' ? checked : await checked;
      }
      const answer =
        preflight === undefined
          ? await route.handle({ request, startedAt, cameAt, stages, parameters, query, id })
          : preflightAnswer(request, preflight);
      const smaller = compressed(answer, request);
      const sent = smaller === undefined ? answer : await smaller;
      request.answer(crossing === undefined ? sent : withHeaders(sent, crossing), headers);
      code = answer.status;
    } catch (error) {
      code = refuse(error, request, form, endpoint, crossing === undefined ? headers : { ...headers, ...crossing });
    }
    const endedAt = performance.now();
    const milliseconds = endedAt - startedAt;
    telemetry.answered(label, code, milliseconds / 1000);
    if (code === 200 && isProbe(label, request)) telemetry.probed();
    if (stages !== undefined) telemetry.passed(stages, endedAt);
    if (tracer !== undefined) {
      const traced = { method, route: label, status: code, startedAt, endedAt };
      tracer.record(request.headers, traced, stages!);
    }
    // health is asked by the second, and nobody has to say who asks
    if (id !== undefined && !open)
      logRequest(endpoint.log, request, { id, route: label, status: code, milliseconds, caller });
  };

  const refuse = (
    error: unknown,
    request: AnswerableRequest,
    form: ErrorForm,
    { telemetry, log }: Endpoint,
    headers?: AnswerHeaders,
  ): number => {
    if (error instanceof ClientGoneError || request.gone) return CLIENT_GONE;
    const known = asHttpError(error) ?? internalError(error, request, log);
    telemetry.refusedFor(known.refusal);
    request.answer(errorAnswer(known, form), headers);
    return known.status;
  };

  const server = createServer(settings.tls);
  const plain = settings.tls
    ? undefined
    : new PlainHttp(server, {
        bodies,
        draining: () => draining,
        serve: (request) => void handle(request, request.socket),
      });
  const mostConnections = options.mostConnections ?? Math.max(LEAST_CONNECTIONS, settings.queueRows);
  const connections = new Connections(server, plain, mostConnections);
  server.keepAliveTimeout = KEEP_ALIVE_SECONDS * 1000;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.timeout = KEEP_ALIVE_SECONDS * 1000; // else a client that does not read its answer would keep it in memory for ever
  server.maxHeadersCount = 0; // a head is bounded in bytes; of one cut by count it would not be known who asks
  const onRequest = (request: http.IncomingMessage, response: http.ServerResponse) => {
    void handle(new NodeRequest(request, response, bodies, () => draining), request.socket);
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

/** A fault of ours: the client gets an id, the log gets the rest. */
function internalError(error: unknown, request: RequestHead, log: Log): HttpError {
  const id = requestId(request.headers);
  log('error', 'request failed', {
    requestId: id,
    ...traceFields(request.headers),
    method: request.method,
    path: request.url.split('?')[0],
    ...errorFields(error),
  });
  return new HttpError(500, 'internal', `the server failed to answer; the log has the reason under request id ${id}`, {
    headers: { 'x-request-id': id },
  });
}
