/** The examples of docs/reference/handler.md, against the handler with the models that the page names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toEnvironment } from '../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS } from '../../lib/model/instance/handler-settings';
import { bundledHandler } from '../../testing/bundled-handler';
import { curlExamples, parsedNear } from '../../testing/curl-examples';
import { LoggedHandler } from '../../testing/handler-process';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../example';
import { send } from '../lambda/inference/http-client';

jest.setTimeout(60_000); // it starts processes, on a machine that may be busy

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/reference/handler.md'), 'utf8');

const examples = curlExamples(page);

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
    if (form === 'json') expect(parsedNear(reply.text)).toEqual(parsedNear(answer));
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
