/**
 * What each system says of its API, as OpenAPI. GitHub's own description comes with a package. The other two are excerpts: of
 * GitLab what its server declares, of Bitbucket what Atlassian's description has. They are stricter in one thing: what a request
 * has beside what they name is refused.
 */
import type { SystemName } from '../../testing/pull-requests/forms';

type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const whole = { type: 'integer' };
const object = (properties: Schema, required: readonly string[] = []) => ({ type: 'object', required, properties });
const only = (properties: Schema, required: readonly string[] = []) => ({
  ...object(properties, required),
  additionalProperties: false,
});
const json = (schema: Schema) => ({ content: { 'application/json': { schema } } });
const answer = (status: number, schema: Schema) => ({
  [status]: { description: 'what was asked for', ...json(schema) },
});
const inPath = (...names: readonly string[]) =>
  names.map((name) => ({ name, in: 'path', required: true, schema: /slug|workspace|^id$/.test(name) ? text : whole }));
const inQuery = (schemas: Schema) => Object.entries(schemas).map(([name, schema]) => ({ name, in: 'query', schema }));

/** GitLab (gitlabhq/gitlabhq 017a6c12), API::Notes, API::Entities::Note and UserBasic; read 2026-11-30. */
const gitlabUser = object({ id: whole, username: text, name: text, state: text, web_url: text }, [
  'id',
  'username',
  'name',
  'state',
]);
const note = object(
  {
    ...{ id: whole, type: { ...text, nullable: true }, body: text, author: gitlabUser, system: { type: 'boolean' } },
    ...{ created_at: text, updated_at: text, noteable_id: whole, noteable_type: text, noteable_iid: whole },
  },
  ['id', 'body', 'author', 'created_at', 'updated_at', 'system', 'noteable_id', 'noteable_type', 'noteable_iid'],
);
const notes = '/api/v4/projects/{id}/merge_requests/{noteable_id}/notes';
const gitlab = {
  security: [{ token: [] }],
  components: { securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'PRIVATE-TOKEN' } } },
  paths: {
    '/api/v4/user': { get: { responses: answer(200, gitlabUser) } },
    [notes]: {
      parameters: inPath('id', 'noteable_id'),
      get: {
        parameters: inQuery({
          order_by: { ...text, enum: ['created_at', 'updated_at'] },
          sort: { ...text, enum: ['asc', 'desc'] },
          activity_filter: { ...text, enum: ['all_notes', 'only_comments', 'only_activity'] },
          page: { ...whole, minimum: 1 },
          per_page: { ...whole, minimum: 1, maximum: 100 },
        }),
        responses: answer(200, { type: 'array', items: note }),
      },
      post: {
        requestBody: {
          required: true,
          ...json(
            only({ body: text, internal: { type: 'boolean' }, created_at: text, merge_request_diff_head_sha: text }, [
              'body',
            ]),
          ),
        },
        responses: answer(201, note),
      },
    },
    [`${notes}/{note_id}`]: {
      parameters: inPath('id', 'noteable_id', 'note_id'),
      // that body is optional is for an attribute that is deprecated
      put: {
        requestBody: { required: true, ...json(only({ body: { ...text, minLength: 1 } }, ['body'])) },
        responses: answer(200, note),
      },
    },
  },
};

/**
 * Atlassian's swagger of Bitbucket Cloud, as MunifTanjim/node-bitbucket f50483ed has it in `specification` (2024-05-18):
 * `pullrequest_comment` and what it is made of. A request of its examples has `content.raw` alone, without the discriminator
 * `type`, which each answer has.
 */
const content = only({ raw: text, markup: { ...text, enum: ['markdown', 'creole', 'plaintext'] }, html: text });
const commentParts = {
  ...{
    id: whole,
    created_on: text,
    updated_on: text,
    content,
    deleted: { type: 'boolean' },
    pending: { type: 'boolean' },
  },
  user: object({ type: text, uuid: text, display_name: text }, ['type']),
  links: object({ self: object({ href: text }) }),
};
const pullRequestComment = object({ type: text, ...commentParts }, ['type']);
const asked = {
  required: true,
  ...json(only({ type: text, content: { ...content, required: ['raw'] } }, ['content'])),
};
const comments = '/repositories/{workspace}/{repo_slug}/pullrequests/{pull_request_id}/comments';
const bitbucket = {
  security: [{ token: [] }],
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  paths: {
    [comments]: {
      parameters: inPath('workspace', 'repo_slug', 'pull_request_id'),
      get: {
        // of all collections: pages, filters and order (Bitbucket, "Filter and sort API objects", "Pagination")
        parameters: inQuery({
          ...{ pagelen: { ...whole, minimum: 10, maximum: 100 }, page: { ...whole, minimum: 1 }, q: text, sort: text },
        }),
        responses: answer(
          200,
          only(
            {
              values: { type: 'array', items: pullRequestComment },
              next: text,
              previous: text,
              page: whole,
              pagelen: whole,
              size: whole,
            },
            ['values'],
          ),
        ),
      },
      post: { requestBody: asked, responses: answer(201, pullRequestComment) },
    },
    [`${comments}/{comment_id}`]: {
      parameters: inPath('workspace', 'repo_slug', 'pull_request_id', 'comment_id'),
      put: { requestBody: asked, responses: answer(200, pullRequestComment) },
    },
  },
};

export interface Description {
  readonly openapi?: string;
  readonly info?: object;
  readonly servers?: readonly object[];
  readonly security?: readonly object[];
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Of the whole of GitHub the paths that have to do with comments, and what they refer to. */
function githubPart(whole: Description): Description {
  const paths = Object.fromEntries(
    [
      '/user',
      '/repos/{owner}/{repo}/issues/{issue_number}/comments',
      '/repos/{owner}/{repo}/issues/comments/{comment_id}',
    ].map((path) => [path, whole.paths[path]]),
  );
  const components: Record<string, Record<string, unknown>> = {};
  const keep = (value: unknown): void => {
    for (const [, kind, name] of JSON.stringify(value).matchAll(/"\$ref":"#\/components\/([^/"]+)\/([^/"]+)"/g)) {
      components[kind!] ??= {};
      if (components[kind!]![name!] !== undefined) continue;
      components[kind!]![name!] = whole.components[kind!]![name!];
      keep(components[kind!]![name!]);
    }
  };
  keep(paths);
  return { paths, components };
}

/** @param github that of all of GitHub */
export function descriptionOf(system: SystemName, github: Description): Description {
  const part = { github: () => githubPart(github), gitlab: () => gitlab, bitbucket: () => bitbucket }[system]();
  return { openapi: '3.0.3', info: { title: system, version: '1' }, servers: [{ url: '/' }], ...part };
}

interface Parameter {
  readonly $ref?: string;
  readonly name?: string;
  readonly in?: string;
}

/** Names of all parameters of queries; the proxy lets others by. */
export function queriesOf({ paths, components }: Description): ReadonlySet<string> {
  const operations = Object.values(paths).flatMap((path) => Object.values(path as Record<string, object>));
  const parameters = operations.flatMap((operation) =>
    'parameters' in operation ? (operation.parameters as readonly Parameter[]) : [],
  );
  const resolved = parameters.map((one) =>
    one.$ref === undefined ? one : (components.parameters![one.$ref.split('/').at(-1)!] as Parameter),
  );
  return new Set(resolved.flatMap((one) => (one.in === 'query' ? [one.name!] : [])));
}
