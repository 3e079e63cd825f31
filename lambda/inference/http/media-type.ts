/**
 * What a request's body is declared to be, and what its sender wants back. negotiator (1.1.0) parses
 * whatever is accepted, which is microseconds of the 17 that a small prediction takes, where one comparison tells most here;
 * content-type (2.1.0) parses, and leaves the checks to us.
 */
import { HttpError } from './http-answer';
import type { RequestHead } from './request';

export type MediaType = 'json' | 'csv' | 'binary';

const PATTERNS: Readonly<Record<MediaType, RegExp>> = {
  json: /^(?:application\/(?:[\w.+-]+\+)?json|text\/json)$/i,
  csv: /^(?:text|application)\/csv$/i,
  binary: /^application\/octet-stream$/i,
};

/** Encodings of text that UTF-8 reads. */
const CHARSET = /^(?:utf-?8|us-ascii|ascii)$/i;

const PARAMETER = /^([\w.+-]+)\s*=\s*(?:"([^"]*)"|([^\s"]*))$/;

/**
 * The type, without the parameters. Those that say nothing to this server are passed over (RFC 6838, section 4.3).
 *
 * @returns undefined for another encoding than UTF-8, and for what is no media type
 */
function essence(type: string): string | undefined {
  const [name = '', ...parameters] = type.split(';').map((part) => part.trim());
  for (const parameter of parameters.filter((part) => part !== '')) {
    const [, key, quoted, plain = ''] = PARAMETER.exec(parameter) ?? [];
    if (key === undefined) return undefined;
    if (key.toLowerCase() === 'charset' && !CHARSET.test(quoted ?? plain)) return undefined;
  }
  return name;
}

const NAMES: Readonly<Record<MediaType, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  binary: 'application/octet-stream',
};

const FORM = 'application/x-www-form-urlencoded';

/**
 * Which of the accepted media types the body is declared to be; JSON where nothing is declared.
 *
 * @param hint what else to say when it is none of them
 * @throws HttpError 415
 */
export function mediaTypeOf(request: RequestHead, accepted: readonly MediaType[], hint = ''): MediaType {
  const type = request.headers['content-type'];
  if (type === undefined || type === 'application/json') return 'json';
  const name = essence(type);
  const found = name === undefined ? undefined : accepted.find((candidate) => PATTERNS[candidate].test(name));
  if (found) return found;
  const names = accepted.map((candidate) => NAMES[candidate]);
  const curl = type.startsWith(FORM) ? " (that is curl's default)" : '';
  throw new HttpError(
    415,
    'media_type',
    `the body is declared to be ${type.slice(0, 80)}${curl}, but only ${names.join(' and ')} in UTF-8 ${names.length > 1 ? 'are' : 'is'} read: send the header, e.g. curl -H 'content-type: ${names[0]}'${hint}`,
    { headers: { accept: names.join(', ') } },
  );
}

/** Whether a CSV body is declared to begin with a line of names; undefined where it is not said. */
export function declaredHeader(request: RequestHead): boolean | undefined {
  const found = /;\s*header\s*=\s*"?(present|absent)/i.exec(request.headers['content-type'] ?? '');
  return found ? found[1]!.toLowerCase() === 'present' : undefined;
}

/** The quality with which `Accept` wants a media type (RFC 9110, section 12.5.1): its own entry before one with a star. */
function quality(accept: string, type: string): number {
  const [family] = type.split('/');
  let best = { precision: -1, quality: 0 };
  for (const part of accept.toLowerCase().split(',')) {
    const [name, ...parameters] = part.split(';').map((piece) => piece.trim());
    const precision = [`*/*`, `${family}/*`, type].indexOf(name!);
    if (precision <= best.precision) continue;
    const q = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    best = { precision, quality: Number.isFinite(q) ? q : 0 };
  }
  return best.quality;
}

/** Whether the sender wants CSV rather than JSON. */
export function wantsCsv(accept: string | undefined): boolean {
  if (accept === undefined || accept === '*/*' || !/csv/i.test(accept)) return false;
  return quality(accept, NAMES.csv) > quality(accept, NAMES.json);
}
