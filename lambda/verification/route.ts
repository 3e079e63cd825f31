/** Routes of an endpoint, and answers of theirs that nobody can use. */
import { SlipwayError } from '../../lib/model/error';
import { isRecord } from '../../lib/model/formats/json';
import { shownUrl } from './endpoint-url';

/** Of an answer that is none, in a message. */
const QUOTED_CHARACTERS = 300;

/** A route below the URL of an endpoint, which may have a path of its own. */
export function within(url: URL, route: string): URL {
  return new URL(route, url.href.endsWith('/') ? url.href : `${url.href}/`);
}

/** @param wanted what should have come, e.g. `16 predictions` */
export function unexpected(url: URL, status: number, wanted: string, body: unknown): SlipwayError {
  const document = isRecord(body) ? body : {};
  const reason = document.detail ?? document.error ?? body;
  const text = typeof reason === 'string' ? reason : JSON.stringify(reason);
  return new SlipwayError(
    'E_UNREACHABLE',
    `${shownUrl(url)}: answered ${status} instead of ${wanted}: ${text.slice(0, QUOTED_CHARACTERS)}`,
  );
}
