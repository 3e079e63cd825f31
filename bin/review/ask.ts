/** A request to the API of GitHub, GitLab or Bitbucket: what it answers, or one error that says what to do. */
import { setTimeout as delay } from 'node:timers/promises';
import { SlipwayError } from '../../lib/model/error';
import { isRecord } from '../../lib/model/formats/json';
import { excerpt } from '../../lib/model/text/quote';
import type { CommentApi } from './systems';

const TIMEOUT_MS = 20_000;
const MOST_TRIES = 4;
/** A job does not wait for longer. */
const LONGEST_WAIT_SECONDS = 60;
/** Where a system says "later", and not when. */
const USUAL_WAIT_SECONDS = 5;

export interface Answer {
  readonly document: unknown;
  /** The header `Link`, which names the pages before and after. */
  readonly link?: string;
}

interface Response {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * What is refused for being one request too many, or because a server is away, is asked again.
 *
 * @throws SlipwayError E_UNREACHABLE with what the system answered
 */
export async function ask(api: CommentApi, method: string, url: string, body?: object): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const response = await request(api, method, url, body);
    const seconds = secondsToWait(response, method);
    if (seconds !== undefined && seconds <= LONGEST_WAIT_SECONDS && tries < MOST_TRIES) {
      await delay(1000 * seconds);
      continue;
    }
    const document = parsed(response.text);
    if (response.status < 200 || response.status > 299 || document === undefined) {
      throw new SlipwayError('E_UNREACHABLE', refusal(api, `${method} ${new URL(url).pathname}`, response, document));
    }
    const link = response.headers.get('link');
    return { document, ...(link !== null && { link }) };
  }
}

async function request(api: CommentApi, method: string, url: string, body?: object): Promise<Response> {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        ...api.headers,
        accept: 'application/json',
        'user-agent': 'slipway',
        ...(body && { 'content-type': 'application/json' }),
      },
      redirect: 'manual', // which would take the token to wherever it leads, and make a GET of a POST
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (cause) {
    const { host, pathname } = new URL(url);
    throw new SlipwayError('E_UNREACHABLE', `${host} does not answer ${method} ${pathname}`, { cause });
  }
}

const number = (text: string | null) => (text !== null && /^\d+$/.test(text) ? Number(text) : undefined);

/** GitHub says 403 of a limit, too. */
const isLimit = ({ status, headers }: Response) =>
  status === 429 || (status === 403 && (headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0'));

/** @returns undefined where the same request would be answered the same */
function secondsToWait(response: Response, method: string): number | undefined {
  const { status, headers } = response;
  // a comment that was made all the same would be there twice
  const isAway = [502, 503, 504].includes(status) && method !== 'POST';
  if (!isLimit(response) && !isAway) return undefined;
  const after = number(headers.get('retry-after'));
  const until = number(headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset')); // seconds since 1970
  return after ?? (until === undefined ? USUAL_WAIT_SECONDS : Math.max(0, Math.ceil(until - Date.now() / 1000)));
}

function refusal(api: CommentApi, asked: string, response: Response, document: unknown): string {
  const { status, headers, text } = response;
  const why = excerpt(messageOf(document) ?? text, 200);
  return `${api.host} answers ${asked} with ${status}${why && ` ${why}`}${remedy()}`;

  function remedy(): string {
    if (isLimit(response)) return '; the token has asked too often, run the job again later';
    const place = headers.get('location');
    if (status >= 300 && status < 400 && place !== null) return `; it has moved to ${place.split('?')[0]}`;
    if (status === 401) return `; the token is not valid, or no longer: ${api.needs}`;
    return status === 403 || status === 404 ? `; ${api.needs}` : '';
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of GitHub `message` and `errors`, of GitLab `message`, or `error` and `error_description`, of Bitbucket `error.message`. */
function messageOf(document: unknown): string | undefined {
  if (!isRecord(document)) return undefined;
  const { message, error, errors, error_description } = document;
  const said = [message, isRecord(error) ? error.message : error, error_description, errors];
  const texts = said.flatMap((one) => (one === undefined ? [] : [typeof one === 'string' ? one : JSON.stringify(one)]));
  return texts.length > 0 ? texts.join(': ') : undefined;
}
