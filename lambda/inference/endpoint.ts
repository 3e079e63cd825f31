/** An endpoint of the process: what it answers, who may ask it, and what is counted of it. A process has one, or one for each of several models. */
import type { HandlerSettings } from '../../lib/model/instance/handler-settings';
import { version } from '../../package.json';
import type { Access } from './access/access';
import { type Address, Addresses } from './http/base-path';
import { Origins } from './http/cross-origin';
import { HttpError, unavailable } from './http/http-answer';
import type { RequestHead } from './http/request';
import { Router } from './http/router';
import type { Log } from './log/log';
import { documentationRoutes } from './openapi/documentation';
import type { EndpointRoute } from './openapi/route';
import { openInferenceRoutes } from './protocols/open-inference/routes';
import { type HeldBack, type Metrics, operationRoutes } from './protocols/operations';
import { predictRoutes } from './protocols/predict';
import { Predictors } from './protocols/predictor';
import { problemRoutes } from './protocols/problem-pages';
import type { ServedModels } from './serving/served-models';
import type { VersionChoice } from './serving/version-choice';
import type { Shadow } from './shadow/shadow';
import type { Telemetry } from './telemetry/telemetry';
import type { Tracer } from './tracing/tracer';

/** Of several endpoints each has its own. */
export interface EndpointOptions {
  readonly settings: Pick<
    HandlerSettings,
    | 'maximumBodyBytes'
    | 'queueRows'
    | 'deadlineMs'
    | 'defaultAccept'
    | 'origins'
    | 'requestLog'
    | 'publicMetrics'
    | 'basePath'
  >;
  readonly models: ServedModels;
  readonly telemetry: Telemetry;
  readonly log: Log;
  /** @default - no spans */
  readonly tracer?: Tracer | undefined;
  /** @default - anybody may ask */
  readonly access?: Access | undefined;
  /** A model that is run beside one of them. @default - none */
  readonly shadow?: Shadow | undefined;
}

export interface Endpoint extends Address {
  readonly router: Pick<Router<EndpointRoute>, 'match'>;
  readonly telemetry: Telemetry;
  readonly log: Log;
  readonly tracer: Tracer | undefined;
  readonly access: Access | undefined;
  /** Sites whose pages may call it. @default - none but its own */
  readonly origins: Origins | undefined;
  /** Which of several versions answers. @default - there is one */
  readonly versions: VersionChoice | undefined;
  /** Whether there is a line in the log for each request. */
  readonly logged: boolean;
  /** Whether the stages of each request are measured. */
  readonly watched: boolean;
}

/** One that is told from others by its address. */
export interface MemberOptions extends EndpointOptions {
  /** @default - it is told by the base path of its settings */
  readonly host?: string | undefined;
}

function endpoint(options: MemberOptions, router: Endpoint['router']): Endpoint {
  const { settings, telemetry, log, access, tracer, host } = options;
  return {
    router,
    ...{ telemetry, log, tracer, access, host },
    versions: options.models.choice,
    basePath: settings.basePath,
    origins: settings.origins && new Origins(settings.origins),
    logged: access?.logsRequests ?? settings.requestLog === true,
    watched: telemetry.stages || tracer !== undefined,
  };
}

/** One with all routes of an endpoint. */
function modelEndpoint(options: MemberOptions, metrics: Metrics, heldBack: () => HeldBack | undefined): Endpoint {
  const { settings, models, access } = options;
  const { queueRows, deadlineMs, defaultAccept, publicMetrics } = settings;
  const predictors = new Predictors({ queueRows, deadlineMs }, options.shadow);
  const routes: EndpointRoute[] = [
    ...predictRoutes(models, predictors, defaultAccept),
    ...problemRoutes(),
    ...operationRoutes(models, metrics, heldBack, () => routes, publicMetrics),
    ...documentationRoutes(models, settings, () => routes, access !== undefined),
    ...openInferenceRoutes(models, predictors, () => heldBack() !== undefined, version),
  ];
  return endpoint(options, new Router(routes));
}

/**
 * What several endpoints share: it is asked by load balancers, and on the instance. A load balancer sends here what is for a
 * model that has come to its fleet and not to this instance yet, or has left it.
 */
function lobby(options: EndpointOptions, metrics: Metrics, heldBack: () => HeldBack | undefined): Endpoint {
  const routes = operationRoutes(options.models, metrics, heldBack, () => routes);
  const router = new Router(routes);
  return endpoint(options, {
    match: (method, target) => {
      try {
        return router.match(method, target);
      } catch (error) {
        if (!(error instanceof HttpError) || error.status !== 404) throw error;
        throw unavailable('not_ready', `no model of this path or name is here yet: ${target.slice(0, 100)}`);
      }
    },
  });
}

/** @returns which endpoint a request is for */
export function endpointsOf(
  options: EndpointOptions,
  members: readonly MemberOptions[],
  metrics: Metrics,
  heldBack: () => HeldBack | undefined,
): (request: RequestHead) => Endpoint {
  if (members.length === 0) {
    const only = modelEndpoint(options, metrics, heldBack);
    return () => only;
  }
  const shared = lobby(options, metrics, heldBack);
  const addresses = new Addresses(members.map((member) => modelEndpoint(member, metrics, heldBack)));
  return (request) => addresses.of(request) ?? shared;
}
