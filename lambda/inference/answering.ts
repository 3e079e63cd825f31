/** What becomes of a request, however it came: dispatch, access, the answer or why there is none, and what is counted of it. */
import type { Endpoint } from './endpoint';
import { belowBase } from './http/base-path';
import { compressed } from './http/content-coding';
import { preflightAnswer, withHeaders } from './http/cross-origin';
import { ClientGoneError, type ErrorForm, errorAnswer, HttpError, OVERLOADED } from './http/http-answer';
import type { AnswerableRequest, AnswerHeaders, RequestHead } from './http/request';
import { logRequest, requestId, traceFields } from './http/request-log';
import { Stages } from './http/stages';
import { errorFields, type Log } from './log/log';
import { asHttpError } from './protocols/client-errors';
import { isProbe } from './protocols/operations';

const UNKNOWN_ROUTE = 'unknown';
const CLIENT_GONE = 499;

/**
 * Answers a request, and never throws.
 *
 * @param startedAt when it began to be looked at, and `cameAt` when it can have come at the earliest, as of `performance.now()`
 */
export type Answering = (request: AnswerableRequest, startedAt: number, cameAt: number) => Promise<void>;

export function answering(endpointOf: (request: RequestHead) => Endpoint): Answering {
  const handle = async (request: AnswerableRequest, startedAt: number, cameAt: number): Promise<void> => {
    const endpoint = endpointOf(request);
    const { router, telemetry, access, origins, tracer, logged, watched, basePath, versions } = endpoint;
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
    const version = method === 'POST' ? versions?.answering(request) : undefined; // what else is asked of one is no prediction
    if (version !== undefined) telemetry.versionAnswered(version.version, code, milliseconds / 1000);
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

  return handle;
}

function refuse(
  error: unknown,
  request: AnswerableRequest,
  form: ErrorForm,
  { telemetry, log }: Endpoint,
  headers?: AnswerHeaders,
): number {
  if (error instanceof ClientGoneError || request.gone) return CLIENT_GONE;
  const known = asHttpError(error) ?? internalError(error, request, log);
  telemetry.refusedFor(known.refusal);
  request.answer(errorAnswer(known, form), headers);
  return known.status;
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
