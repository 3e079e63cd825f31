/**
 * Requests as invocations of one version of a function, by the events that an HTTP API sends (payload format 2.0). Nobody else
 * gets to a version that has no alias.
 */
import { SlipwayError } from '../../lib/model/error';
import { isRecord } from '../../lib/model/formats/json';
import type { Through } from './https-client';
import { type CallLambda, isDone } from './lambda-api';

/** Of an error of the function, in a message. */
const QUOTED_CHARACTERS = 300;

/** @param version its ARN */
export function invoking(version: string, call: CallLambda): Through {
  return async ({ method, url, headers, body }) => {
    const what = `${version} is not invoked`;
    const answer = await call({
      method: 'POST',
      path: `${encodeURIComponent(version)}/invocations`,
      body: eventOf({ method, url, headers, ...(body && { body }) }),
      what,
    });
    const { status, text } = answer;
    if (!isDone(answer)) {
      const said = `Lambda answered ${status}: ${text.slice(0, QUOTED_CHARACTERS)}`;
      throw new SlipwayError('E_UNREACHABLE', `${what}: ${said}`);
    }
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
