/** What load balancers, monitoring and curious people ask: is it alive, is it ready, how is it doing, what is it. */

import { PROBES_METRIC } from '../../../lib/model/instance/handler-metrics';
import { PROBES_PATH, READY_PATH } from '../../../lib/model/instance/handler-settings';
import { type Answer, HttpError, jsonAnswer } from '../http/http-answer';
import type { RequestHead } from '../http/request';
import { type EndpointRoute, flagOf, jsonOf, TEXT, textOf } from '../openapi/route';
import { arrayOf, objectOf } from '../openapi/schema';
import type { ServedModels } from '../serving/served-models';
import { OPEN_METRICS, openMetrics, wantsOpenMetrics } from '../telemetry/open-metrics';

export interface Metrics {
  readonly contentType: string;
  read(): Promise<string>;
}

/** Why the process is not ready although its model is: it stops, its instance is taken back, or it waits for its siblings. */
export type HeldBack = 'draining' | 'taken back' | 'waiting for the other workers';

/** Headers that an Application Load Balancer adds to every request; other proxies add the first. */
const THROUGH_A_BALANCER = ['x-forwarded-for', 'x-amzn-trace-id'] as const;

/** The counter in the text of all measurements, which are those of all workers. */
const PROBES = new RegExp(`^${PROBES_METRIC} (\\d+)`, 'm');

/** By the name that Elastic Load Balancing gives in its health checks; a client's request through it has more headers. */
export function isProbe(route: string, { headers }: RequestHead): boolean {
  return (
    route === READY_PATH && headers['user-agent']?.startsWith('ELB-HealthChecker/') === true && !isForwarded(headers)
  );
}

const isForwarded = (headers: RequestHead['headers']) =>
  THROUGH_A_BALANCER.some((header) => headers[header] !== undefined);

function requireDirect({ headers }: RequestHead): void {
  if (!isForwarded(headers)) return;
  throw new HttpError(404, 'route', 'measurements are not told through a load balancer or proxy; ask the instance');
}

const INDEX = objectOf(
  {
    server: TEXT,
    model: TEXT,
    version: TEXT,
    engine: TEXT,
    models: arrayOf(objectOf({ name: TEXT, version: TEXT })),
    versions: arrayOf(objectOf({ version: TEXT, package: TEXT, weight: { type: 'number' } })),
    routes: arrayOf(objectOf({ route: TEXT, purpose: TEXT })),
  },
  ['server', 'model', 'version', 'routes'],
);

/** @param publicMetrics whether measurements are told through a load balancer, too */
export function operationRoutes(
  models: ServedModels,
  metrics: Metrics,
  heldBack: () => HeldBack | undefined,
  routes: () => readonly EndpointRoute[],
  publicMetrics = false,
): EndpointRoute[] {
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
  return [
    {
      method: 'GET',
      path: '/',
      purpose: 'this page',
      describe: () => ({ tag: 'Operations', answers: { 200: jsonOf('The model and the routes', INDEX) } }),
      handle: () =>
        jsonAnswer({
          server: 'slipway',
          model: models.default.name,
          version: models.default.digits,
          ...(models.default.engineName !== undefined && { engine: models.default.engineName }),
          ...(models.all.length > 1 &&
            !models.choice && { models: models.all.map(({ name, version }) => ({ name, version })) }),
          ...(models.choice && {
            versions: models.choice.versions.map(({ model: { version, digits }, weight }) => ({
              version,
              package: digits,
              weight,
            })),
          }),
          routes: routes().map((route) => ({ route: `${route.method} ${route.path}`, purpose: route.purpose })),
        }),
    },
    {
      method: 'GET',
      path: '/ping',
      purpose: `as ${READY_PATH} without a body, for SageMaker`,
      open: true,
      describe: () => ({
        tag: 'Operations',
        answers: { 200: textOf('It predicts'), 503: textOf('Not yet, or no more') },
      }),
      handle: () => ({
        status: models.ready && heldBack() === undefined ? 200 : 503,
        type: 'text/plain',
        body: '',
      }),
    },
    {
      method: 'GET',
      path: '/livez',
      purpose: 'whether the process answers',
      open: true,
      describe: () => ({ tag: 'Operations', answers: { 200: flagOf('live', 'The process answers') } }),
      handle: () => jsonAnswer({ live: true }),
    },
    {
      method: 'GET',
      path: READY_PATH,
      purpose: 'whether it predicts: loaded, warm, golden rows hold',
      open: true,
      describe: () => ({
        tag: 'Operations',
        answers: {
          200: flagOf('ready', 'It predicts', { stage: TEXT }),
          503: flagOf('ready', 'Not yet, or no more', { stage: TEXT }),
        },
      }),
      handle: readiness,
    },
    {
      method: 'GET',
      path: '/metrics',
      purpose: publicMetrics ? 'measurements for Prometheus' : 'measurements for Prometheus, inside of the network',
      describe: () => ({
        tag: 'Operations',
        answers: { 200: textOf("Prometheus's text format, or OpenMetrics") },
        ...(!publicMetrics && { errors: [404] }),
      }),
      handle: async ({ request }) => {
        if (!publicMetrics) requireDirect(request);
        const text = await metrics.read();
        return wantsOpenMetrics(request.headers.accept)
          ? { status: 200, type: OPEN_METRICS, body: openMetrics(text) }
          : { status: 200, type: metrics.contentType, body: text };
      },
    },
    {
      method: 'GET',
      path: PROBES_PATH,
      purpose: 'how often a load balancer was told that it predicts, inside of the network',
      open: true,
      describe: () => ({ tag: 'Operations', answers: { 200: textOf('A number') }, errors: [404] }),
      handle: async ({ request }) => {
        requireDirect(request);
        const [, count = '0'] = PROBES.exec(await metrics.read()) ?? [];
        return { status: 200, type: 'text/plain', body: `${count}\n` };
      },
    },
  ];
}
