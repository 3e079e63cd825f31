/** The one comment of a pull request: found by its first line, made or brought up to date. */
import { SlipwayError } from '../../lib/model/error';
import { isRecord } from '../../lib/model/formats/json';
import { excerpt } from '../../lib/model/text/quote';
import type { CommentApi } from './systems';

const TIMEOUT_MS = 20_000;
const MOST_PAGES = 50;

/**
 * A definition that nothing refers to: no Markdown shows it, also where HTML comments are shown.
 *
 * @param config path of slipway.yaml: a repository may have several
 */
export const markerOf = (config: string): string => `[slipway-review]: # (${config.replace(/[^\w./-]/g, '-')})`;

export type Kept = 'created' | 'updated' | 'unchanged';

/**
 * @param text begins with the marker
 * @throws SlipwayError E_UNREACHABLE with what the system answered
 */
export async function keepComment(api: CommentApi, marker: string, text: string): Promise<Kept> {
  const body = text.length > api.longest ? shortened(text, api.longest) : text;
  const found = await ownComment(api, marker);
  if (found?.text.trimEnd() === body.trimEnd()) return 'unchanged';
  if (found) await ask(api, api.update.method, api.update.url(found.id), api.body(body));
  else await ask(api, 'POST', api.create, api.body(body));
  return found ? 'updated' : 'created';
}

async function ownComment(api: CommentApi, marker: string): Promise<{ id: string; text: string } | undefined> {
  const own = api.author && api.authorOf(await ask(api, 'GET', api.author));
  let page: string | undefined = api.first;
  for (let pages = 0; page !== undefined && pages < MOST_PAGES; pages++) {
    const document: unknown = await ask(api, 'GET', page);
    for (const comment of api.comments(document)) {
      // whoever copies the first line has not written ours
      const isOurs = api.author ? comment.author === own : !comment.byPerson;
      if (comment.text.startsWith(marker) && isOurs) return comment;
    }
    page = api.next(document, page);
  }
  return undefined;
}

async function ask(api: CommentApi, method: string, url: string, body?: object): Promise<unknown> {
  const shown = `${method} ${new URL(url).pathname}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      headers: {
        ...api.headers,
        accept: 'application/json',
        'user-agent': 'slipway',
        'content-type': 'application/json',
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
    text = await response.text();
  } catch (cause) {
    throw new SlipwayError('E_UNREACHABLE', `${new URL(url).host} does not answer ${shown}`, { cause });
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    document = undefined;
  }
  if (response.ok && document !== undefined) return document;
  const why = `${response.status} ${excerpt(messageOf(document) ?? text, 200)}`;
  const remedy = [401, 403, 404].includes(response.status) ? `; ${api.needs}` : '';
  throw new SlipwayError('E_UNREACHABLE', `${new URL(url).host} answers ${shown} with ${why}${remedy}`);
}

function messageOf(document: unknown): string | undefined {
  if (!isRecord(document)) return undefined;
  const { message, error } = document;
  if (message !== undefined) return typeof message === 'string' ? message : JSON.stringify(message);
  return isRecord(error) && typeof error.message === 'string' ? error.message : undefined;
}

/** What a system takes, with what was open closed again. */
function shortened(text: string, longest: number): string {
  const note = '\n\nThe rest does not fit here: it is in the log of the job.\n';
  const room = longest - note.length - 20;
  const kept = text.slice(0, text.lastIndexOf('\n', room));
  const fences = kept.match(/^```/gm)?.length ?? 0;
  const folds = (kept.match(/^<details>/gm)?.length ?? 0) - (kept.match(/^<\/details>/gm)?.length ?? 0);
  return `${kept}${fences % 2 === 1 ? '\n```' : ''}${folds > 0 ? '\n</details>' : ''}${note}`;
}
