/** The OpenAPI 3.1 document of the model that is served. */
import { STATUS_CODES } from 'node:http';
import { ANY_ORIGIN } from '../../../lib/model/stage/origins';
import type { ErrorForm } from '../http/http-answer';
import { PROBLEMS } from '../http/problems';
import type { ServedModels } from '../serving/served-models';
import { components } from './components';
import type { EndpointRoute, OperationAnswer } from './route';
import { reference, type Schema } from './schema';

export interface DocumentLimits {
  /** Before all its paths. @default - nothing */
  readonly basePath?: string | undefined;
  /** Sites whose pages may call it. @default - none but its own */
  readonly origins?: readonly string[] | undefined;
  /** Rows that one request may have. */
  readonly queueRows: number;
  /** Bytes of the largest body. */
  readonly maximumBodyBytes: number;
}

const ERROR_FORMS: Readonly<Record<ErrorForm, { readonly type: string; readonly schema: Schema }>> = {
  problem: { type: 'application/problem+json', schema: reference('Problem') },
  'open-inference': { type: 'application/json', schema: reference('ProtocolError') },
};

const RETRY_AFTER = { 'retry-after': { description: 'Seconds', schema: { type: 'integer', minimum: 0 } } };

/** An API key in either header, or a token in the first. */
const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer' },
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
};

/**
 * Every route that the router has is in the document, as it describes itself.
 *
 * @param locked whether the endpoint wants a key
 */
export function openApiDocument(
  models: ServedModels,
  routes: readonly EndpointRoute[],
  limits: DocumentLimits,
  locked = false,
): object {
  const model = models.default;
  const { manifest } = model.package_;
  const { signature, source } = manifest;
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = (paths[route.path] ??= parametersOf(route.path, models));
    path[route.method.toLowerCase()] = operation(route, locked);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: manifest.name,
      version: model.digits,
      description:
        `${source.estimators.join(' > ') || source.format}, packed from ${source.file}. ` +
        `A request has at most ${limits.queueRows} rows and ${limits.maximumBodyBytes} bytes.${browsers(limits)}`,
    },
    servers: [{ url: limits.basePath ?? '/' }],
    paths,
    components: {
      schemas: components(signature, limits.queueRows),
      ...(locked && { securitySchemes: SECURITY_SCHEMES }),
    },
  };
}

function browsers({ origins }: DocumentLimits): string {
  if (!origins) return '';
  return ` Pages of ${origins.includes(ANY_ORIGIN) ? 'every site' : origins.join(', ')} may call it from a browser (CORS).`;
}

/** The open segments of a path, with the values that each may have. */
function parametersOf(path: string, { default: model, choice }: ServedModels): Record<string, unknown> {
  const values: Readonly<Record<string, readonly string[]>> = {
    model: [model.name],
    version: choice ? choice.versions.map((each) => each.model.version) : [model.version],
    problem: Object.keys(PROBLEMS),
  };
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name: name!,
    in: 'path',
    required: true,
    schema: values[name!] === undefined ? { type: 'string' } : { enum: values[name!] },
  }));
  return parameters.length > 0 ? { parameters } : {};
}

function operation(route: EndpointRoute, locked: boolean): object {
  const { tag, body, query = {}, answers, errors = [] } = route.describe();
  const wantsKey = locked && !route.open;
  const errorForm = ERROR_FORMS[route.errors ?? 'problem'];
  const responses: Record<string, unknown> = {};
  for (const [status, answer] of Object.entries(answers)) responses[status] = response(answer);
  for (const status of [...(wantsKey ? [401, 403] : []), ...errors, 500]) {
    responses[status] ??= {
      description: STATUS_CODES[status],
      ...(status === 503 && { headers: RETRY_AFTER }),
      content: { [errorForm.type]: { schema: errorForm.schema } },
    };
  }
  const parameters = Object.entries(query).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    description,
    schema,
  }));
  return {
    operationId: operationId(route),
    summary: route.purpose,
    ...(wantsKey && { security: Object.keys(SECURITY_SCHEMES).map((scheme) => ({ [scheme]: [] })) }),
    tags: [tag],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: body.schema, ...(body.example !== undefined && { example: body.example }) },
        },
      },
    }),
    responses,
  };
}

function response({ description, type, bytes, schema, example }: OperationAnswer): object {
  const content = { [type]: { schema, ...(example !== undefined && { example }) }, ...(bytes && { [bytes]: {} }) };
  return { description, content };
}

/** `GET /v2/models/{model}/ready` as `get_v2_models_model_ready`. */
function operationId({ method, path }: EndpointRoute): string {
  const words = path.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_|_$/g, '');
  const root = path === '/' ? 'routes' : path.endsWith('/') ? `${words}_slash` : words;
  return `${method.toLowerCase()}_${root}`;
}
