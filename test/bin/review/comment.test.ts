/** The one comment of a pull request, at doubles of the systems; `proof:pull-requests` holds these against the real ones. */
import { keepComment, markerOf } from '../../../bin/review/comment';
import { commentApi, SYSTEMS, type System } from '../../../bin/review/systems';
import { type Asked, OWN_USER, PullRequestDouble } from '../../../testing/pull-requests/double';

const PATHS = {
  github: ['/repos/acme/models/issues/12/comments', '/repos/acme/models/issues/comments/42'],
  gitlab: ['/projects/88/merge_requests/12/notes', '/projects/88/merge_requests/12/notes/42'],
  bitbucket: [
    '/repositories/acme/models/pullrequests/12/comments',
    '/repositories/acme/models/pullrequests/12/comments/42',
  ],
} as const;

const ENVIRONMENT_OF: Readonly<Record<System, Readonly<Record<string, string>>>> = {
  github: { GITHUB_REPOSITORY: 'acme/models', GITHUB_REF: 'refs/pull/12/merge', GITHUB_TOKEN: 'ghs_secret' },
  gitlab: {
    CI_API_V4_URL: 'https://gitlab.example.com/api/v4',
    ...{ CI_MERGE_REQUEST_PROJECT_ID: '88', CI_MERGE_REQUEST_IID: '12', GITLAB_TOKEN: 'ghs_secret' },
  },
  bitbucket: { BITBUCKET_REPO_FULL_NAME: 'acme/models', BITBUCKET_PR_ID: '12', BITBUCKET_TOKEN: 'ghs_secret' },
};

const URL_VARIABLE = {
  github: 'GITHUB_API_URL',
  gitlab: 'CI_API_V4_URL',
  bitbucket: 'BITBUCKET_API_URL',
} as const;

/** As each writes that something is not allowed. */
const FORBIDDEN: Readonly<Record<System, readonly [body: object, said: string]>> = {
  github: [{ message: 'Resource not accessible by integration' }, 'Resource not accessible by integration'],
  gitlab: [
    { error: 'insufficient_scope', error_description: 'The request requires higher privileges.', scope: 'api' },
    'insufficient_scope: The request requires higher privileges.',
  ],
  bitbucket: [{ type: 'error', error: { message: 'Access denied.' } }, 'Access denied.'],
};

describe.each(SYSTEMS)('the comment on %s', (system) => {
  const double = new PullRequestDouble(system);
  const marker = markerOf('slipway.yaml');
  const text = `${marker}\n\n### Sizing plan\n`;

  beforeAll(() => double.start());
  afterAll(() => double.stop());
  beforeEach(() => double.reset());

  const api = (url = double.url) => commentApi(system, { ...ENVIRONMENT_OF[system], [URL_VARIABLE[system]]: url });
  const keep = (said = text, named = marker) => keepComment(api(), named, said);
  const failing = () => keep().then(String, (error: Error) => error.message);
  const own = (said = marker) => ({ id: 42, text: said, user: OWN_USER, bot: true });
  const others = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ id: i + 100, text: 'hello', user: 3, bot: false }));
  const saidIn = ({ body }: Asked) => {
    const document = JSON.parse(body) as { body?: string; content?: { raw: string } };
    return document.body ?? document.content!.raw;
  };

  test('is created, with the token', async () => {
    expect(await keep()).toBe('created');
    const [asked] = double.written as [Asked];
    expect([asked.method, asked.path, saidIn(asked)]).toEqual(['POST', PATHS[system][0], text]);
    const { authorization, 'private-token': token = authorization } = asked.headers;
    expect(token).toContain('ghs_secret');
    expect(double.comments).toHaveLength(1);
  });

  test('is updated, on whatever page it stands', async () => {
    double.comments = [...others(250), own()];
    expect(await keep()).toBe('updated');
    const [{ method, path }] = double.written as [Asked];
    expect([double.written.length, method, path]).toEqual([1, system === 'github' ? 'PATCH' : 'PUT', PATHS[system][1]]);
    expect(double.comments.at(-1)!.text).toBe(text);
  });

  test('is found behind a page with comments that the token may not see', async () => {
    double.comments = [...others(100), own()];
    double.hidden = new Set([100, 101]);
    expect([await keep(), double.comments.length]).toEqual(['updated', 101]);
  });

  test('stays as it is when nothing changes', async () => {
    double.comments = [own(text.trimEnd())];
    expect([await keep(), double.written]).toEqual(['unchanged', []]);
  });

  test('is not that of a person who copied its first line', async () => {
    double.comments = [{ id: 9, text: `${marker} mine`, user: 3, bot: false }];
    expect(await keep()).toBe('created');
  });

  test('is one of each stage, where a job reviews one alone', async () => {
    const of = (stage: string) => markerOf('slipway.yaml', stage);
    double.comments = [own(text), own(`${of('dev')}\n\n### Sizing plan\n`)];
    expect(await keep(`${of('prod')}\n`, of('prod'))).toBe('created');
  });

  test('is as long as it may be, and closes what it opened', async () => {
    const long = `${text}<details>\n\n\`\`\`diff\n${'+ a line of the difference\n'.repeat(50_000)}\`\`\`\n</details>\n`;
    await keep(long);
    const said = saidIn(double.written[0]!);
    expect(said.length).toBeLessThanOrEqual(api().longest);
    expect(said).toMatch(/\n\+ a line of the difference\n```\n<\/details>\n\nThe rest does not fit here/);
  });

  test.each([401, 403, 404])('an answer %i says what is missing, and not the token', async (status) => {
    const [body, said] = FORBIDDEN[system];
    double.failures = [{ status, body, ofWrites: true }];
    const message = await failing();
    expect(message).toMatch(
      new RegExp(`^127\\.0\\.0\\.1:\\d+ answers POST /\\S+ with ${status} ${said}; .*(need|must)`),
    );
    expect(message).not.toContain('ghs_secret');
    expect(double.comments).toEqual([]);
  });

  test.each([
    ['429', { status: 429, headers: { 'retry-after': '0' } }],
    [
      'its limit in the form of GitHub',
      { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' } },
    ],
  ])('%s is asked again', async (_, failure) => {
    double.failures = [{ ...failure, ofWrites: true }];
    expect([await keep(), double.written.length, double.comments.length]).toEqual(['created', 2, 1]);
  });

  test('a limit for an hour fails at once, and says nothing of permissions', async () => {
    double.failures = [{ status: 429, headers: { 'retry-after': '3600' }, body: { message: 'slow down' } }];
    expect(await failing()).toMatch(/ with 429 slow down; the token has asked too often, run the job again later$/);
    expect(double.asked).toHaveLength(1);
  });

  test('a server that is away is asked again, but not to make a comment twice', async () => {
    const away = { status: 502, headers: { 'retry-after': '0' } };
    double.failures = [away, { ...away, ofWrites: true }];
    expect(await failing()).toMatch(/ answers POST \/\S+ with 502/);
    double.comments = [own()];
    double.failures = [{ ...away, ofWrites: true }];
    expect(await keep()).toBe('updated');
  });

  test('a redirection is not followed, which would take the token elsewhere', async () => {
    double.failures = [{ status: 301, headers: { location: 'https://elsewhere.example.com/api?page=1' } }];
    expect(await failing()).toMatch(/ with 301.*; it has moved to https:\/\/elsewhere\.example\.com\/api$/);
  });

  test.each(Object.keys(ENVIRONMENT_OF[system]))('%s has to be set', (name) => {
    expect(() => commentApi(system, { ...ENVIRONMENT_OF[system], [name]: '' })).toThrow(`${name} is not set: `);
  });
});

test('the next page is asked where the first one was, whatever address a proxy has', () => {
  const { first, next } = commentApi('gitlab', ENVIRONMENT_OF.gitlab);
  const link =
    '<http://inside:8080/api/v4/x?page=1>; rel="prev", <http://inside:8080/api/v4/x?page=3&sort=asc>; rel="next"';
  expect(next({ document: [], link }, first)).toBe(
    'https://gitlab.example.com/api/v4/projects/88/merge_requests/12/notes?page=3&sort=asc',
  );
  expect(next({ document: [], link: '<https://x/?page=1>; rel="first", <https://x/?page=9>; rel="last"' }, first)).toBe(
    undefined,
  );
});
