/**
 * Requests as invocations of one version of a function, by the events that an HTTP API sends (payload format 2.0). Nobody else
 * gets to a version that has no alias.
 *
 * The API is one signed POST (AWS Lambda API reference, "Invoke"), which needs no client of the SDK.
 */
import { SignatureV4 } from '@smithy/signature-v4';
import { SlipwayError } from '../../lib/model/error';
import { isRecord } from '../../lib/model/formats/json';
import type { Through } from './https-client';

/** What every client of the SDK knows: whose request it is, and where it goes. */
export interface Signing {
  readonly region: () => Promise<string>;
  readonly credentials: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
  readonly sha256: ConstructorParameters<typeof SignatureV4>[0]['sha256'];
}

/** As long as an HTTP API waits for a function. */
const TIMEOUT_MS = 30_000;

/** Of an error of the function, in a message. */
const QUOTED_CHARACTERS = 300;

/** @param version its ARN */
export function invoking(version: string, { region, credentials, sha256 }: Signing): Through {
  return async ({ method, url, headers, body }) => {
    const [, partition, , home] = version.split(':');
    const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    const origin =
      process.env.AWS_ENDPOINT_URL_LAMBDA ?? process.env.AWS_ENDPOINT_URL ?? `https://lambda.${home}.${suffix}`;
    const api = new URL(`/2015-03-31/functions/${encodeURIComponent(version)}/invocations`, origin);
    const signer = new SignatureV4({ service: 'lambda', region: await region(), credentials, sha256 });
    const event = JSON.stringify(eventOf({ method, url, headers, ...(body && { body }) }));
    const signed = await signer.sign({
      method: 'POST',
      protocol: api.protocol,
      hostname: api.hostname,
      ...(api.port && { port: Number(api.port) }),
      path: api.pathname,
      query: {},
      headers: { host: api.host, 'content-type': 'application/json' },
      body: event,
    });
    const { host: _, ...sent } = signed.headers; // fetch gives it by itself
    const failed = (why: string, cause?: unknown) =>
      new SlipwayError('E_UNREACHABLE', `${version} is not invoked: ${why}`, { cause });
    const answer = await fetch(api, {
      method: 'POST',
      headers: sent,
      body: event,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: Error) => {
      throw failed(cause.message, cause);
    });
    const text = await answer.text();
    if (!answer.ok) throw failed(`Lambda answered ${answer.status}: ${text.slice(0, QUOTED_CHARACTERS)}`);
    if (answer.headers.has('x-amz-function-error')) throw new SlipwayError('E_PARITY', functionError(text));
    return resultOf(text);
  };
}

function eventOf({ method, url, headers, body }: Parameters<Through>[0]) {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: decodeURI(url.pathname),
    rawQueryString: url.search.slice(1),
    headers: { host: url.host, ...headers },
    requestContext: {
      http: { method, path: url.pathname, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'slipway' },
      routeKey: '$default',
      stage: '$default',
    },
    ...(body && { body: body.toString('utf8') }),
    isBase64Encoded: false,
  };
}

/** Of code that ended without an answer; golden rows that do not hold while it starts are such an error. */
function functionError(text: string): string {
  const said = parsed(text);
  const { errorType, errorMessage } = isRecord(said) ? said : {};
  const what = [errorType, errorMessage].filter((part) => typeof part === 'string' && part !== '').join(': ');
  return `the function fails: ${(what || text).slice(0, QUOTED_CHARACTERS)}; its log has more`;
}

function resultOf(text: string): Awaited<ReturnType<Through>> {
  const result = parsed(text);
  if (!isRecord(result) || typeof result.statusCode !== 'number' || typeof result.body !== 'string') {
    throw new SlipwayError(
      'E_PARITY',
      `the function gives back no answer of HTTP: ${text.slice(0, QUOTED_CHARACTERS)}`,
    );
  }
  const body = result.isBase64Encoded === true ? Buffer.from(result.body, 'base64').toString('utf8') : result.body;
  return { status: result.statusCode, text: body };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
