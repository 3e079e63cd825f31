/**
 * Requests of pages of other sites, as browsers ask for them (https://fetch.spec.whatwg.org/#http-cors-protocol). A browser
 * sends what is no plain form only after a preflight, and shows a page no answer, an error neither, that does not name its
 * site. Who may call is not decided here: whoever is no browser sends what it likes.
 */
import { ANY_ORIGIN } from '../../../lib/model/stage/origins';
import type { Answer } from './http-answer';
import type { RequestHead } from './request';

/** Headers of answers that a page may read, beside those that it always may. */
const SHOWN = 'allow, retry-after, www-authenticate, x-model-version, x-request-id';

/** Chromium keeps a preflight for two hours at most, others for longer. */
const KEPT_SECONDS = 7200;

/** Names of headers, as a preflight lists them. */
const NAMES = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*,[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+)*$/;
const LONGEST_NAMES = 1024;

type Headers = Readonly<Record<string, string>>;

const NONE: Headers = {};
const VARIES: Headers = { vary: 'origin' };

export class Origins {
  private readonly any: boolean;
  private readonly listed: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.any = origins.includes(ANY_ORIGIN);
    this.listed = new Set(origins);
  }

  /** What every answer to the request has, an error too. */
  headersFor({ headers: { origin } }: RequestHead): Headers {
    const unlisted = this.any ? NONE : VARIES;
    if (origin === undefined || !(this.any || this.listed.has(origin))) return unlisted;
    return {
      'access-control-allow-origin': this.any ? ANY_ORIGIN : origin,
      'access-control-expose-headers': SHOWN,
      ...unlisted,
    };
  }

  /** The method that a page of a site that may asks for before it sends; undefined for what is no preflight. */
  preflight({ method, headers }: RequestHead): string | undefined {
    const { origin, 'access-control-request-method': wanted } = headers;
    if (method !== 'OPTIONS' || origin === undefined || typeof wanted !== 'string') return undefined;
    return this.any || this.listed.has(origin) ? wanted : undefined;
  }
}

/** The answer to a preflight: a page may send the headers that it wants to, a key among them. */
export function preflightAnswer({ headers }: RequestHead, method: string): Answer {
  const wanted = headers['access-control-request-headers'];
  const known = typeof wanted === 'string' && wanted.length <= LONGEST_NAMES && NAMES.test(wanted);
  return {
    status: 200, // an answer 204 has no length, and some proxies wait for its end
    type: 'text/plain',
    body: '',
    headers: {
      'access-control-allow-methods': method,
      ...(known && { 'access-control-allow-headers': wanted }),
      'access-control-max-age': String(KEPT_SECONDS),
      vary: 'access-control-request-method, access-control-request-headers',
    },
  };
}

/** An answer with further headers, one of which it may have already: `vary` is a list. */
export function withHeaders(answer: Answer, headers: Headers): Answer {
  const vary = [answer.headers?.vary, headers.vary].filter((each) => each !== undefined).join(', ');
  return { ...answer, headers: { ...answer.headers, ...headers, ...(vary !== '' && { vary }) } };
}
