import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Access } from '../../../../lambda/inference/access/access';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { type Reply, send } from '../http-client';
import { labels, rows, type Serving, type ServingOptions, startServing, stopServings } from '../serving';

const APP = 'https://app.example.com';
const KEY = 'slipway_first';

let access: Access | undefined;
afterEach(stopServings);
afterEach(() => access?.close());

const keyed: Pick<ServingOptions, 'access'> = {
  access: (log) => {
    const path = join(temporaryFolder(), 'keys');
    writeFileSync(path, `app sha256:${createHash('sha256').update(KEY).digest('hex')}\n`);
    access = new Access({ apiKeys: path }, log);
    return access;
  },
};

/** What a page gets to see: as https://fetch.spec.whatwg.org/#http-cors-protocol has it, for requests without cookies. */
async function fromPage(
  serving: Serving,
  origin: string,
  path: string,
  { method = 'POST', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: unknown },
): Promise<Reply | 'network error'> {
  const allows = ({ headers: { 'access-control-allow-origin': allowed } }: Reply) =>
    allowed === '*' || allowed === origin;
  const unsafe = Object.entries({ ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) });
  if (unsafe.length > 0 || !['GET', 'HEAD', 'POST'].includes(method)) {
    const wanted = unsafe.map(([name]) => name).sort();
    const asked = await send(serving.base, path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': wanted.join(','),
      },
    });
    const list = (name: string) => String(asked.headers[name] ?? '').split(/ *, */);
    const taken = list('access-control-allow-headers');
    const methods = list('access-control-allow-methods');
    const ok = asked.status >= 200 && asked.status <= 299 && allows(asked);
    if (!ok || !(methods.includes(method) || ['GET', 'HEAD', 'POST'].includes(method))) return 'network error';
    if (!wanted.every((name) => taken.includes(name))) return 'network error';
  }
  const reply = await send(serving.base, path, {
    method,
    headers: { ...headers, origin },
    ...(body !== undefined && { body }),
  });
  return allows(reply) ? reply : 'network error';
}

const body = { data: rows.slice(0, 1) };
const bearer = { authorization: `Bearer ${KEY}` };

describe('with sites that may call', () => {
  const start = (options: ServingOptions = {}) => startServing({ ...options, settings: { origins: [APP] } });

  test('a page of theirs gets predictions, and one of another site nothing', async () => {
    const serving = await start();
    const reply = await fromPage(serving, APP, '/predict', { body });
    expect(reply).toMatchObject({ status: 200, json: { result: labels.slice(0, 1) } });
    expect(await fromPage(serving, 'https://other.example.com', '/predict', { body })).toBe('network error');
    expect(await fromPage(serving, APP.replace('https', 'http'), '/predict', { body })).toBe('network error');
    expect(await fromPage(serving, 'null', '/readyz', { method: 'GET' })).toBe('network error');
  });

  test('a page sends its key, and sees that it has none', async () => {
    const serving = await start(keyed);
    expect(await fromPage(serving, APP, '/predict', { body, headers: bearer })).toMatchObject({ status: 200 });
    expect(await fromPage(serving, APP, '/predict', { body, headers: { 'x-api-key': KEY } })).toMatchObject({
      status: 200,
    });
    expect(await fromPage(serving, APP, '/predict', { body })).toMatchObject({
      status: 401,
      headers: { 'access-control-expose-headers': expect.stringContaining('www-authenticate') },
    });
    expect(serving.events.filter(({ event }) => event === 'request')).toHaveLength(3); // preflights are none
  });

  test('a page sees errors: of a route, of values, of a fault', async () => {
    let broken = false;
    const serving = await start({
      wrap: (engine) => ({
        name: 'faulty',
        close: () => engine.close(),
        run: (...words) => (broken ? Promise.reject(new Error('a fault')) : engine.run(...words)),
      }),
    });
    expect(await fromPage(serving, APP, '/predict', { body: { data: [[1]] } })).toMatchObject({ status: 422 });
    expect(await fromPage(serving, APP, '/none', { method: 'GET' })).toMatchObject({ status: 404 });
    expect(await fromPage(serving, APP, '/predict', { method: 'PUT' })).toBe('network error'); // nothing was asked for
    broken = true;
    expect(await fromPage(serving, APP, '/predict', { body })).toMatchObject({ status: 500 });
  });

  test('a page sees that the endpoint is not ready', async () => {
    let load = () => {};
    const serving = await start({ beforeLoading: () => new Promise((resolve) => (load = () => resolve())) });
    const reply = await fromPage(serving, APP, '/predict', { body });
    expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': expect.anything() } });
    load();
    await serving.loaded;
  });

  test('caches keep answers apart by site', async () => {
    const serving = await start();
    const { headers } = await send(serving.base, '/openapi.json', { headers: { 'accept-encoding': 'gzip' } });
    expect(headers.vary).toBe('accept-encoding, origin');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    const asked = { origin: APP, 'access-control-request-method': 'POST' };
    const preflight = await send(serving.base, '/predict', { method: 'OPTIONS', headers: asked });
    expect([preflight.status, preflight.text]).toEqual([200, '']);
    expect(preflight.headers).toMatchObject({
      'access-control-max-age': '7200',
      vary: expect.stringContaining('origin'),
    });
    expect(preflight.headers).not.toHaveProperty('access-control-allow-headers');
  });

  test('OPTIONS that is no preflight is a method like any other', async () => {
    const serving = await start();
    expect(await send(serving.base, '/predict', { method: 'OPTIONS' })).toMatchObject({ status: 405 });
    const strange = { origin: APP, 'access-control-request-method': 'BREW' };
    expect(await send(serving.base, '/predict', { method: 'OPTIONS', headers: strange })).toMatchObject({
      status: 405,
    });
  });

  test('OpenAPI says which', async () => {
    const { text } = await send((await start()).base, '/openapi.json');
    expect(text).toContain(`Pages of ${APP} may call it from a browser (CORS).`);
  });
});

test('every site, where it is "*"', async () => {
  const serving = await startServing({ settings: { origins: ['*'] } });
  const reply = await fromPage(serving, 'https://any.example', '/predict', { body });
  expect(reply).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': '*' } });
  expect(reply).not.toMatchObject({ headers: { vary: expect.anything() } });
});

test('without it no page but its own', async () => {
  expect(await fromPage(await startServing(), APP, '/predict', { body })).toBe('network error');
});
