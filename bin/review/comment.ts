/** The one comment of a pull request: found by its first line, made or brought up to date. */
import { ask } from './ask';
import type { CommentApi } from './systems';

const MOST_PAGES = 50;

/**
 * A definition that nothing refers to: no Markdown shows it, also where HTML comments are shown.
 *
 * @param config path of slipway.yaml: a repository may have several
 * @param stage where the review is of one alone, so that each stage keeps a comment of its own
 */
export function markerOf(config: string, stage?: string): string {
  const of = [config, ...(stage === undefined ? [] : [stage])].map((part) => part.replace(/[^\w./-]/g, '-'));
  return `[slipway-review]: # (${of.join(' ')})`;
}

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
  const own = api.author && api.authorOf((await ask(api, 'GET', api.author)).document);
  let page: string | undefined = api.first;
  for (let pages = 0; page !== undefined && pages < MOST_PAGES; pages++) {
    const answer = await ask(api, 'GET', page);
    for (const comment of api.comments(answer.document)) {
      // whoever copies the first line has not written ours
      const isOurs = api.author ? comment.author === own : !comment.byPerson;
      if (comment.text.startsWith(marker) && isOurs) return comment;
    }
    page = api.next(answer, page);
  }
  return undefined;
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
