/** What load balancers, monitoring and curious people ask: is it alive, is it ready, how is it doing, what is it. */
import { READY_PATH } from '../../../lib/model/instance/handler-settings';
import { type Answer, HttpError, jsonAnswer } from '../http/http-answer';
import type { Route } from '../http/router';
import type { ServedModels } from '../serving/served-models';

export interface Metrics {
  readonly contentType: string;
  read(): Promise<string>;
}

/** Why the process is not ready although its model is: it stops, or waits for its siblings. */
export type HeldBack = 'draining' | 'waiting for the other workers';

/** Headers that an Application Load Balancer adds to every request; other proxies add the first. */
const THROUGH_A_BALANCER = ['x-forwarded-for', 'x-amzn-trace-id'] as const;

export function operationRoutes(
  models: ServedModels,
  metrics: Metrics,
  heldBack: () => HeldBack | undefined,
  routes: () => readonly Route[],
): Route[] {
  const readiness = (): Answer => {
    const held = heldBack();
    const model = models.all.find(({ ready }) => !ready) ?? models.default;
    if (model.ready && held === undefined) return jsonAnswer({ ready: true, stage: model.stage });
    const stage = model.ready || held === 'draining' ? held : model.stage;
    return jsonAnswer(
      { ready: false, stage, ...(model.differences.length > 0 && { goldenRowsThatDiffer: model.differences.length }) },
      503,
    );
  };
  const get = (path: string, purpose: string, handle: Route['handle']): Route => ({
    path,
    method: 'GET',
    errors: 'problem',
    purpose,
    handle,
  });
  return [
    get('/', 'this page', () =>
      jsonAnswer({
        server: 'slipway',
        model: models.default.name,
        version: models.default.version,
        ...(models.default.engineName !== undefined && { engine: models.default.engineName }),
        ...(models.all.length > 1 && { models: models.all.map(({ name, version }) => ({ name, version })) }),
        routes: routes().map((route) => ({ route: `${route.method} ${route.path}`, purpose: route.purpose })),
      }),
    ),
    get('/ping', `as ${READY_PATH} without a body, for SageMaker`, () => ({
      status: models.ready && heldBack() === undefined ? 200 : 503,
      type: 'text/plain',
      body: '',
    })),
    get('/livez', 'whether the process answers', () => jsonAnswer({ live: true })),
    get(READY_PATH, 'whether it predicts: loaded, warm, golden rows hold', readiness),
    get('/metrics', 'measurements for Prometheus, inside of the network', async ({ request }) => {
      if (THROUGH_A_BALANCER.some((header) => request.headers[header] !== undefined)) {
        throw new HttpError(
          404,
          'route',
          'measurements are not told through a load balancer or proxy; ask the instance',
        );
      }
      return {
        status: 200,
        type: metrics.contentType,
        body: await metrics.read(),
      };
    }),
  ];
}
