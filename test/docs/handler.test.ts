/** The examples of docs/reference/handler.md, against the handler with the models that the page names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toEnvironment } from '../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS } from '../../lib/model/instance/handler-settings';
import { bundledHandler } from '../../testing/bundled-handler';
import { LoggedHandler } from '../../testing/handler-process';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../example';
import { send } from '../lambda/inference/http-client';

jest.setTimeout(60_000); // it starts processes, on a machine that may be busy

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/reference/handler.md'), 'utf8');

interface Example {
  readonly method: string;
  /** With `$ENDPOINT` or the admin listener as its origin. */
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly answer: string;
  readonly form: string;
}

/** The words of a command line, quoted with either mark. */
function words(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare!,
  );
}

function example(command: string, form: string, answer: string): Example {
  const [curl, ...rest] = words(command);
  expect(curl).toBe('curl');
  const headers: Record<string, string> = {};
  let [method, url, body]: [string | undefined, string, string | undefined] = [undefined, '', undefined];
  while (rest.length > 0) {
    const word = rest.shift()!;
    if (word === '-X') method = rest.shift();
    else if (word === '-d' || word === '--data-binary') body = rest.shift();
    else if (word === '-H') {
      const [name, value] = rest.shift()!.split(': ');
      headers[name!] = value!;
    } else url = word;
  }
  return {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    url,
    headers,
    ...(body !== undefined && { body }),
    form,
    answer,
  };
}

const examples = [...page.matchAll(/```sh\n(curl [\s\S]*?)\n```\n```(json|text)\n([\s\S]*?)```/g)].map(
  ([, command, form, answer]) => example(command!, form!, answer!),
);

/** Numbers to the 12th decimal, as golden rows hold: the last digits differ between processors. */
const near = (_key: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 1e12) / 1e12 : value);
const parsed = (text: string): unknown => JSON.parse(text, near);

let handler: LoggedHandler;
let endpoint: string;
let admin: string;

beforeAll(async () => {
  handler = new LoggedHandler(
    bundledHandler(),
    toEnvironment({
      ...DEFAULT_HANDLER_SETTINGS,
      model: LOAN_MODEL,
      otherModels: [EXAMPLE_MODEL],
      host: '127.0.0.1',
      port: 0,
      adminPort: 0,
    }),
  );
  endpoint = await handler.base();
  await handler.untilReady(endpoint);
  admin = `http://127.0.0.1:${(await handler.event('admin listening')).port}`;
});
afterAll(async () => {
  handler.signal('SIGTERM');
  await handler.exited;
  LoggedHandler.killAll();
});

test('the page has examples', () => {
  expect(examples.length).toBeGreaterThan(20);
});

test.each(examples.map((each) => [`${each.method} ${each.url} ${each.body ?? ''}`, each] as const))(
  '%s',
  async (_, { method, url, headers, body, form, answer }) => {
    const path = url.replace('$ENDPOINT', '').replace('http://localhost:9000', '');
    const base = url.startsWith('$ENDPOINT') ? endpoint : admin;
    const reply = await send(base, path, { method, headers, ...(body !== undefined && { body }) });
    if (form === 'json') expect(parsed(reply.text)).toEqual(parsed(answer));
    else expect(reply.text).toBe(answer);
  },
);

test('every route is on the page', async () => {
  expect(page).toContain('`/versions/{version}`'); // of paths with a model, said once
  const { routes } = (await send(endpoint, '/')).json as { routes: readonly { route: string }[] };
  const asked = new Set(
    examples.map(({ method, url }) => `${method} ${url.replace('$ENDPOINT', '').replace(/\/versions\/\w+/, '')}`),
  );
  for (const { route } of routes) {
    const [method, path] = route.split(' ') as [string, string];
    const unversioned = path.replace('/versions/{version}', '').replaceAll(/\{\w+\}/g, '[^/]+');
    const pattern = new RegExp(`^${method} ${unversioned}$`);
    const described = page.includes(`\`${route}\``) || page.includes(`\`${path}\``);
    expect([route, described || [...asked].some((each) => pattern.test(each))]).toEqual([route, true]);
  }
});
