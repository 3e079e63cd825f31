/**
 * The admin listener: models are loaded and unloaded while others are served, with the verbs of Triton's model
 * repository extension. It listens on the loopback address alone and knows no keys: who can reach it is on this machine.
 */
import * as http from 'node:http';
import { type ModelRepository, RepositoryError } from './cluster/model-repository';
import { BodyReader } from './http/body';
import { errorAnswer, HttpError, jsonAnswer, unavailable } from './http/http-answer';
import { NodeRequest } from './http/node-request';
import type { RequestHead } from './http/request';
import { type Route, Router } from './http/router';
import { errorFields, type Log } from './log/log';

export const ADMIN_HOST = '127.0.0.1';

/** Names of this machine, with or without a port. */
const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/** A web page that is open on this machine could send requests too, under a name of its own or with its origin. */
function checkSender({ headers }: RequestHead): void {
  if (LOCAL_HOST.test(headers.host ?? '') && headers.origin === undefined) return;
  throw new HttpError(400, 'input', 'the admin listener is asked from this machine, as localhost, and by no web page');
}

/** Whoever loads models asks a few times a day: what takes longer, or is more, is none of them. */
const LIMITS: http.ServerOptions = {
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  connectionsCheckingInterval: 5000,
};
const MOST_CONNECTIONS = 64;

const NO_BODIES = new BodyReader(0, 0);

function adminRoutes(models: ModelRepository): Route[] {
  const index = () => jsonAnswer(models.index());
  const load: Route['handle'] = async ({ parameters: [name] }) => jsonAnswer(await models.load(name!));
  const unload: Route['handle'] = async ({ parameters: [name] }) => jsonAnswer(await models.unload(name!));
  return [
    {
      method: 'GET',
      path: '/v2/repository/index',
      purpose: 'the models that are served and those that could be',
      handle: index,
    },
    { method: 'POST', path: '/v2/repository/index', purpose: "the same, in Triton's way", handle: index },
    {
      method: 'POST',
      path: '/v2/repository/models/{model}',
      purpose: 'serve a model, as it now lies in its folder',
      handle: load,
    },
    { method: 'DELETE', path: '/v2/repository/models/{model}', purpose: 'serve it no more', handle: unload },
    {
      method: 'POST',
      path: '/v2/repository/models/{model}/load',
      purpose: "serve it, in Triton's way",
      handle: load,
    },
    {
      method: 'POST',
      path: '/v2/repository/models/{model}/unload',
      purpose: "serve it no more, in Triton's way",
      handle: unload,
    },
  ];
}

/** What whoever changes models is to blame for, or has to wait for. */
function asHttpError(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  if (!(error instanceof RepositoryError)) return undefined;
  const { reason, message } = error;
  if (reason === 'busy') return unavailable('not_ready', message);
  return reason === 'unknown' ? new HttpError(404, 'route', message) : new HttpError(400, 'input', message);
}

export function createAdminServer(models: ModelRepository, log: Log): http.Server {
  const router = new Router(adminRoutes(models));
  const server = http.createServer(LIMITS, (message, response) => {
    message.resume(); // what Triton's client says in a body is meant for Triton
    const request = new NodeRequest(message, response, NO_BODIES, () => false);
    const answer = async () => {
      checkSender(request);
      const { route, parameters, query } = router.match(request.method, request.url);
      const startedAt = performance.now();
      return route.handle({ request, parameters, query, startedAt, cameAt: startedAt });
    };
    void answer()
      .catch((error: unknown) => {
        const known = asHttpError(error);
        if (known) return errorAnswer(known, 'open-inference');
        log('error', 'admin request failed', { path: request.url, ...errorFields(error) });
        return errorAnswer(
          new HttpError(500, 'internal', 'the models cannot be changed; the log says why'),
          'open-inference',
        );
      })
      .then((answer) => {
        log('info', 'admin', { method: request.method, path: request.url.slice(0, 200), status: answer.status });
        request.answer(answer);
      });
  });
  server.maxHeadersCount = 0; // none is dropped that tells of a web page
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}
