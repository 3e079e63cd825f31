/** How GitHub, GitLab and Bitbucket keep the comments of a pull request, and where their pipelines say which it is. */
import { SlipwayError } from '../../lib/model/error';
import { isRecord } from '../../lib/model/formats/json';
import type { Answer } from './ask';

export interface Comment {
  readonly id: string;
  readonly text: string;
  /** Id of who wrote it. */
  readonly author: string;
  /** Whether a person wrote it, as far as the system says. */
  readonly byPerson: boolean;
}

export interface CommentApi {
  /** Of the system, for messages. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Who has the token. @default - the system does not say it of such a token */
  readonly author?: string;
  readonly authorOf: (document: unknown) => string;
  /** URL of the first page of comments. */
  readonly first: string;
  readonly comments: (page: unknown) => readonly Comment[];
  readonly next: (page: Answer, url: string) => string | undefined;
  readonly create: string;
  readonly update: { readonly method: 'PATCH' | 'PUT'; readonly url: (id: string) => string };
  readonly body: (text: string) => object;
  /** Characters of a comment. */
  readonly longest: number;
  /** Whether Markdown may have HTML, so that a part can be folded. */
  readonly folds: boolean;
  /** What the token must be allowed, to end a message with. */
  readonly needs: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const SYSTEMS = ['github', 'gitlab', 'bitbucket'] as const;
export type System = (typeof SYSTEMS)[number];

/** Names of the variables that a token is taken from. */
const TOKENS: Readonly<Record<System, string>> = {
  github: 'GITHUB_TOKEN',
  gitlab: 'GITLAB_TOKEN',
  bitbucket: 'BITBUCKET_TOKEN',
};

/** @throws SlipwayError E_USAGE when a variable is missing */
export function commentApi(system: System, environment: Environment): CommentApi {
  const value = (name: string): string => {
    const found = environment[name];
    if (found) return found;
    const why =
      name === TOKENS[system]
        ? 'the token that may write the comment; a pull request of a fork has none'
        : `which ${system} sets in a pipeline of a pull request`;
    throw new SlipwayError('E_USAGE', `${name} is not set: ${why}`);
  };
  return { github, gitlab, bitbucket }[system](value, environment, value(TOKENS[system]));
}

type Value = (name: string) => string;

const PAGE = 100;
const list = (document: unknown) => (Array.isArray(document) ? document : []).filter(isRecord);
const text = (value: unknown) => (typeof value === 'string' ? value : '');
const idOf = (value: unknown) => (isRecord(value) ? String(value.id ?? value.uuid ?? '') : '');

/**
 * The page after, by the header `Link`. Not by how many comments a page has: GitLab leaves out those that the reader may not
 * see. Its address may be another than the one that a proxy has, so that of the link the query alone is taken.
 */
function linked({ link = '' }: Answer, url: string): string | undefined {
  const next = /<([^>]*)>[^,]*\brel="?next\b/.exec(link)?.[1];
  if (next === undefined) return undefined;
  const following = new URL(url);
  following.search = new URL(next, url).search;
  return following.href;
}

function github(value: Value, environment: Environment, token: string): CommentApi {
  const number = /^refs\/pull\/(\d+)\//.exec(value('GITHUB_REF'))?.[1];
  if (number === undefined) {
    throw new SlipwayError('E_USAGE', `GITHUB_REF is ${environment.GITHUB_REF}, and not that of a pull request`);
  }
  const root = `${environment.GITHUB_API_URL ?? 'https://api.github.com'}/repos/${value('GITHUB_REPOSITORY')}`;
  const comments = `${root}/issues/${number}/comments`;
  const isApp = token.startsWith('ghs_'); // that of a workflow, which writes as a bot
  return {
    host: new URL(root).host,
    headers: { authorization: `Bearer ${token}`, 'x-github-api-version': '2022-11-28' },
    ...(!isApp && { author: `${environment.GITHUB_API_URL ?? 'https://api.github.com'}/user` }),
    authorOf: idOf,
    first: `${comments}?per_page=${PAGE}`,
    comments: (page) =>
      list(page).map(({ id, body, user }) => ({
        id: String(id),
        text: text(body),
        author: idOf(user),
        byPerson: !isRecord(user) || user.type !== 'Bot',
      })),
    next: linked,
    create: comments,
    update: { method: 'PATCH', url: (id) => `${root}/issues/comments/${id}` },
    body: (body) => ({ body }),
    longest: 65_536, // "Body is too long (maximum is 65536 characters)"
    folds: true,
    needs: 'the job needs "permissions: pull-requests: write", and a pull request of a fork may not write',
  };
}

function gitlab(value: Value, _environment: Environment, token: string): CommentApi {
  const api = value('CI_API_V4_URL');
  // the project that the change goes to; a fork has another
  const project = encodeURIComponent(value('CI_MERGE_REQUEST_PROJECT_ID'));
  const notes = `${api}/projects/${project}/merge_requests/${value('CI_MERGE_REQUEST_IID')}/notes`;
  return {
    host: new URL(api).host,
    headers: { 'private-token': token },
    author: `${api}/user`,
    authorOf: idOf,
    first: `${notes}?per_page=${PAGE}&sort=asc&order_by=created_at`,
    comments: (page) =>
      list(page).map(({ id, body, author }) => ({
        id: String(id),
        text: text(body),
        author: idOf(author),
        byPerson: true,
      })),
    next: linked,
    create: notes,
    update: { method: 'PUT', url: (id) => `${notes}/${id}` },
    body: (body) => ({ body }),
    longest: 1_000_000, // GitLab, Notes API
    folds: true,
    needs:
      'GITLAB_TOKEN must be of the project, with the scope api and the role Reporter: CI_JOB_TOKEN may not write notes',
  };
}

function bitbucket(value: Value, environment: Environment, token: string): CommentApi {
  const root = environment.BITBUCKET_API_URL ?? 'https://api.bitbucket.org/2.0';
  const comments = `${root}/repositories/${value('BITBUCKET_REPO_FULL_NAME')}/pullrequests/${value('BITBUCKET_PR_ID')}/comments`;
  return {
    host: new URL(root).host,
    headers: { authorization: `Bearer ${token}` },
    authorOf: idOf,
    first: `${comments}?pagelen=${PAGE}`,
    comments: (page) =>
      list(isRecord(page) ? page.values : []).flatMap(({ id, content, user, deleted }) => {
        if (deleted === true) return [];
        const byPerson = isRecord(user) && user.type === 'user'; // an access token writes as an app user
        return [{ id: String(id), text: isRecord(content) ? text(content.raw) : '', author: idOf(user), byPerson }];
      }),
    next: ({ document }, url) => {
      const next = isRecord(document) ? text(document.next) : '';
      return next !== '' && new URL(next).origin === new URL(url).origin ? next : undefined;
    },
    create: comments,
    update: { method: 'PUT', url: (id) => `${comments}/${id}` },
    body: (raw) => ({ content: { raw } }),
    longest: 32_000, // 32,768 are refused by Bitbucket Server; the answer to more in the cloud is a bare 400
    folds: false,
    needs: 'BITBUCKET_TOKEN must be an access token of the repository with the scope pullrequest:write',
  };
}
