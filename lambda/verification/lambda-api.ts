/**
 * AWS Lambda by signed requests (AWS Lambda API reference: Invoke, GetAlias, UpdateAlias; 2026-11), for which no client of the
 * SDK is needed.
 */
import { SignatureV4 } from '@smithy/signature-v4';
import { SlipwayError } from '../../lib/model/error';

/** What every client of the SDK knows: whose request it is, and where it goes. */
export interface Signing {
  readonly region: () => Promise<string>;
  readonly credentials: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
  readonly sha256: ConstructorParameters<typeof SignatureV4>[0]['sha256'];
  /** Where Lambda is. @default - of the region */
  readonly origin?: string;
}

export interface LambdaRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Behind the date of the API. */
  readonly path: string;
  readonly body?: object;
  /** Whom it is about, as an error has it. */
  readonly what: string;
}

export interface LambdaAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Whether it did what it was asked. */
export const isDone = ({ status }: Pick<LambdaAnswer, 'status'>) => status >= 200 && status <= 299;

export type CallLambda = (request: LambdaRequest) => Promise<LambdaAnswer>;

/** As long as an HTTP API waits for a function. */
const TIMEOUT_MS = 30_000;

/** @returns what sends a request. It throws SlipwayError E_UNREACHABLE where there is no answer */
export function lambdaApi({ region, credentials, sha256, origin: given }: Signing): CallLambda {
  return async ({ method, path, body, what }) => {
    const home = await region();
    const suffix = home.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    const origin =
      given ??
      process.env.AWS_ENDPOINT_URL_LAMBDA ??
      process.env.AWS_ENDPOINT_URL ??
      `https://lambda.${home}.${suffix}`;
    const api = new URL(`/2015-03-31/functions/${path}`, origin);
    const signer = new SignatureV4({ service: 'lambda', region: home, credentials, sha256 });
    const text = body && JSON.stringify(body);
    const signed = await signer.sign({
      method,
      protocol: api.protocol,
      hostname: api.hostname,
      ...(api.port && { port: Number(api.port) }),
      path: api.pathname,
      query: {},
      headers: { host: api.host, ...(text && { 'content-type': 'application/json' }) },
      ...(text && { body: text }),
    });
    const { host: _, ...headers } = signed.headers; // fetch gives it by itself
    const sent = { method, headers, ...(text && { body: text }), signal: AbortSignal.timeout(TIMEOUT_MS) };
    const answer = await fetch(api, sent).catch((cause: Error) => {
      throw new SlipwayError('E_UNREACHABLE', `${what}: ${cause.message}`, { cause });
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
}
