/** What GitHub, GitLab and Bitbucket answer, with all that their descriptions require of it. */
import type { Failure, KeptComment } from './double';

export interface Form {
  /** Query parameter for how many comments a page has. */
  readonly pageSize: string;
  /** How many it has without. */
  readonly usualPage: number;
  readonly me: (root: string, id: number) => object;
  readonly comment: (root: string, comment: KeptComment) => object;
  readonly page: (comments: readonly object[], next: string | undefined) => Failure;
  /** Of the body of a request. */
  readonly text: (body: unknown) => string;
  readonly problem: (message: string) => object;
}

const TIME = '2026-11-30T12:00:00Z';

const githubUser = (root: string, id: number, type: string) => {
  const url = `${root}/users/${id}`;
  const of = (name: string) => `${url}/${name}`;
  return {
    ...{ login: `user-${id}`, id, node_id: 'MDQ6VXNlcjE=', gravatar_id: '', type, site_admin: false },
    ...{ url, html_url: url, avatar_url: of('avatar'), followers_url: of('followers'), gists_url: of('gists') },
    ...{ following_url: of('following'), starred_url: of('starred'), subscriptions_url: of('subscriptions') },
    ...{ organizations_url: of('orgs'), repos_url: of('repos'), events_url: of('events') },
    received_events_url: of('received_events'),
  };
};

const linked = (body: readonly object[], next: string | undefined): Failure => ({
  status: 200,
  headers: next === undefined ? {} : { link: `<${next}&of=first>; rel="first", <${next}>; rel="next"` },
  body,
});

const textOf = (body: unknown) => (body as { readonly body: string }).body;

export const FORMS = {
  github: {
    pageSize: 'per_page',
    usualPage: 30,
    me: (root, id) => ({
      ...githubUser(root, id, 'User'),
      ...{ name: null, company: null, blog: null, location: null, email: null, hireable: null, bio: null },
      ...{ public_repos: 0, public_gists: 0, followers: 0, following: 0, created_at: TIME, updated_at: TIME },
    }),
    comment: (root, { id, text, user, bot }) => ({
      ...{ id, node_id: 'MDEyOklzc3VlQ29tbWVudDE=', html_url: `${root}/${id}` },
      url: `${root}/repos/acme/models/issues/comments/${id}`,
      ...{ body: text, user: githubUser(root, user, bot ? 'Bot' : 'User'), created_at: TIME, updated_at: TIME },
      ...{ issue_url: `${root}/issues/12`, author_association: 'NONE' },
    }),
    page: linked,
    text: textOf,
    problem: (message) => ({ message, documentation_url: 'https://docs.github.com/rest', status: '404' }),
  },
  gitlab: {
    pageSize: 'per_page',
    usualPage: 20,
    me: (root, id) => ({ id, username: `user-${id}`, name: 'project bot', state: 'active', web_url: `${root}/${id}` }),
    comment: (root, { id, text, user }) => ({
      ...{ id, type: null, body: text, attachment: null, created_at: TIME, updated_at: TIME, system: false },
      ...{ noteable_id: 377, noteable_type: 'MergeRequest', project_id: 88, resolvable: false, confidential: false },
      ...{ internal: false, noteable_iid: 12, commands_changes: {} },
      author: { id: user, username: `user-${user}`, name: 'a name', state: 'active', web_url: `${root}/${user}` },
    }),
    page: linked,
    text: textOf,
    problem: (message) => ({ message: `404 ${message}` }),
  },
  bitbucket: {
    pageSize: 'pagelen',
    usualPage: 10,
    me: (_root, id) => ({ type: 'user', uuid: `{${id}}`, display_name: `user ${id}` }),
    comment: (root, { id, text, user, bot }) => ({
      ...{ type: 'pullrequest_comment', id, created_on: TIME, updated_on: TIME, deleted: false, pending: false },
      content: { raw: text, markup: 'markdown', html: '' },
      user: { type: bot ? 'app_user' : 'user', uuid: `{${user}}`, display_name: `user ${user}` },
      links: { self: { href: `${root}/repositories/acme/models/pullrequests/12/comments/${id}` } },
    }),
    page: (values, next) => ({
      status: 200,
      body: { values, pagelen: values.length, page: 1, ...(next !== undefined && { next }) },
    }),
    text: (body) => (body as { readonly content: { readonly raw: string } }).content.raw,
    problem: (message) => ({ type: 'error', error: { message } }),
  },
} satisfies Readonly<Record<string, Form>>;

export type SystemName = keyof typeof FORMS;
