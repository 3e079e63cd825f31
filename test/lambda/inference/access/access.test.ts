import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { Access } from '../../../../lambda/inference/access/access';
import { parseApiKeys } from '../../../../lib/model/formats/api-keys';
import { fromEnvironment, toEnvironment } from '../../../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS } from '../../../../lib/model/instance/handler-settings';
import type { HandlerAccess } from '../../../../lib/model/stage/access';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { open, send, untilClosed } from '../http-client';
import { labels, rows, type Serving, startServing, stopServings } from '../serving';

const folder = temporaryFolder();
afterEach(stopServings);

const KEY = 'slipway_first';
const OTHER = 'slipway_second';
const line = (name: string, key: string) => `${name} sha256:${createHash('sha256').update(key).digest('hex')}\n`;

let files = 0;
function file(text: string): string {
  const path = join(folder, String(files++));
  writeFileSync(path, text);
  return path;
}

let access: Access;
afterEach(() => access?.close());

async function start(settings: HandlerAccess): Promise<Serving> {
  return startServing({
    access: (log) => {
      access = new Access(settings, log);
      return access;
    },
  });
}

const predict = (serving: Serving, headers: Record<string, string> = {}, path = '/predict') =>
  send(serving.base, path, { body: { data: rows.slice(0, 1) }, headers });

const requests = (serving: Serving) => serving.events.filter(({ event }) => event === 'request');

describe('with API keys', () => {
  test.each([
    ['authorization', { authorization: `Bearer ${KEY}` }],
    ['authorization in lower case', { authorization: `bearer ${KEY}` }],
    ['x-api-key', { 'x-api-key': KEY }],
  ])('answers who sends the key as %s', async (_name, headers) => {
    const serving = await start({ apiKeys: file(line('app', KEY)) });
    const reply = await predict(serving, headers);
    expect(reply.json).toEqual({ result: labels.slice(0, 1) });
  });

  test.each<[string, Record<string, string>, string]>([
    ['no key', {}, 'Bearer realm="slipway"'],
    ['another key', { authorization: `Bearer ${OTHER}` }, 'Bearer realm="slipway", error="invalid_token"'],
    [
      'the hash of the key',
      { 'x-api-key': line('app', KEY).slice(11, -1) },
      'Bearer realm="slipway", error="invalid_token"',
    ],
    ['no scheme', { authorization: KEY }, 'Bearer realm="slipway"'],
    ['another scheme', { authorization: `Basic ${KEY}` }, 'Bearer realm="slipway"'],
    ['an empty key', { 'x-api-key': '' }, 'Bearer realm="slipway", error="invalid_token"'],
    ['a key without end', { 'x-api-key': 'a'.repeat(9000) }, 'Bearer realm="slipway", error="invalid_token"'],
  ])('refuses %s with 401 and a challenge', async (_name, headers, challenge) => {
    const serving = await start({ apiKeys: file(line('app', KEY)) });
    const reply = await predict(serving, headers);
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toBe(challenge);
    expect(reply.json).toMatchObject({ type: '/problems/access', status: 401 });
  });

  test('the Open Inference Protocol is told in its own form', async () => {
    const serving = await start({ apiKeys: file(line('app', KEY)) });
    const reply = await predict(serving, {}, '/v2/models/breast-cancer/infer');
    expect(reply.status).toBe(401);
    expect(reply.json).toEqual({ error: expect.stringMatching(/^this endpoint wants an API key/) });
  });

  test('health, the problems and the page stay open, and tell nothing of the model; nothing else is open', async () => {
    const serving = await start({ apiKeys: file(line('app', KEY)) });
    const { json } = await send(serving.base, '/', { headers: { 'x-api-key': KEY } });
    const routes = (json as { routes: { route: string }[] }).routes.map(
      ({ route }) => route.split(' ') as [string, string],
    );
    const open: string[] = [];
    for (const [method, path] of routes) {
      const reply = await send(serving.base, path.replaceAll(/\{\w+\}/g, 'input'), {
        method,
        ...(method === 'POST' && { body: {} }),
      });
      if (reply.status !== 401) open.push(path);
      expect(reply.text).not.toMatch(/mean radius|breast-cancer/);
    }
    expect(open.sort()).toEqual([
      '/docs',
      '/livez',
      '/ping',
      '/probes', // a number, asked by the boot script, which has no key
      '/problems',
      '/problems/{problem}',
      '/readyz',
      '/v2/health/live',
      '/v2/health/ready',
    ]);
  });

  test('the form of the page comes with the key', async () => {
    const serving = await start({ apiKeys: file(line('app', KEY)) });
    const reply = await send(serving.base, '/docs/form', { headers: { authorization: `Bearer ${KEY}` } });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain('<label for="c0">mean radius</label>');
  });

  test('a client changes its key while both are good, and then the old one is not', async () => {
    const path = file(line('app', KEY));
    const serving = await start({ apiKeys: path });
    const status = async (key: string) => (await predict(serving, { 'x-api-key': key })).status;
    expect([await status(KEY), await status(OTHER)]).toEqual([200, 401]);
    writeFileSync(path, line('app', KEY) + line('app', OTHER));
    access.look();
    expect([await status(KEY), await status(OTHER)]).toEqual([200, 200]);
    writeFileSync(path, line('app', OTHER));
    access.look();
    expect([await status(KEY), await status(OTHER)]).toEqual([401, 200]);
  });

  test('a file that is damaged while it serves leaves the keys in force, and the log says so', async () => {
    const path = file(line('app', KEY));
    const serving = await start({ apiKeys: path });
    writeFileSync(path, 'app sha256:short');
    access.look();
    rmSync(path);
    access.look();
    expect((await predict(serving, { 'x-api-key': KEY })).status).toBe(200);
    expect(serving.events.filter(({ event }) => event === 'access not read')).toHaveLength(2);
  });

  test('who asked is in the log, and no key is', async () => {
    const serving = await start({ apiKeys: file(line('app', KEY)) });
    const trace = 'Root=1-67891233-abcdef012345678912345678';
    const good = await predict(serving, { 'x-api-key': KEY, 'x-amzn-trace-id': trace, 'x-request-id': 'mine-1' });
    await send(serving.base, '/livez');
    await predict(serving, { 'x-api-key': OTHER, 'x-request-id': 'not safe to "show"' });
    expect(good.headers['x-request-id']).toBe('mine-1');
    expect(requests(serving)).toEqual([
      expect.objectContaining({ requestId: 'mine-1', trace, route: '/predict', status: 200, caller: 'key:app' }),
      expect.objectContaining({ requestId: expect.stringMatching(/^[\w-]{36}$/), route: '/predict', status: 401 }),
    ]);
    expect(JSON.stringify(serving.events)).not.toMatch(/slipway_/);
  });

  test('a file that is wrong from the start is refused, with the line and without showing it', () => {
    const path = file('# keys\nslipway_secret\n');
    expect(() => new Access({ apiKeys: path }, () => {})).toThrow(
      `${path}: is not usable for access control (line 2 is not "name sha256:HEX"; "slipway key NAME" makes such a line)`,
    );
    expect(() => parseApiKeys('slipway_secret')).not.toThrow(/secret/);
  });
});

test('without access control there is no line for each request, and no id', async () => {
  const serving = await startServing();
  const reply = await predict(serving);
  expect(reply.headers['x-request-id']).toBeUndefined();
  expect(requests(serving)).toEqual([]);
});

test('without access control there are lines for requests where they are asked for', async () => {
  const asked = { ...DEFAULT_HANDLER_SETTINGS, model: 'm', requestLog: true };
  expect(fromEnvironment(toEnvironment(asked))).toEqual(asked);
  const serving = await startServing({ settings: { requestLog: true } });
  const reply = await predict(serving, { 'x-request-id': 'mine-2' });
  expect(reply.headers['x-request-id']).toBe('mine-2');
  expect(requests(serving)).toEqual([expect.objectContaining({ requestId: 'mine-2', route: '/predict', status: 200 })]);
  expect(requests(serving)[0]).not.toHaveProperty('caller');
});

test.each(['x-forwarded-for', 'x-amzn-trace-id'])(
  'measurements are not told through a balancer (%s)',
  async (header) => {
    const serving = await startServing();
    expect((await send(serving.base, '/metrics')).status).toBe(200);
    expect((await send(serving.base, '/metrics', { headers: { [header]: 'a' } })).status).toBe(404);
    const socket = await open(serving.base);
    const received = untilClosed(socket);
    const many = 'a:b\r\n'.repeat(3000); // Node.js would drop all fields behind the first 2000
    socket.write(`GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${many}${header}: a\r\n\r\n`);
    expect(await received).toMatch(/^HTTP\/1\.1 404 /);
  },
);

describe('with tokens', () => {
  const ISSUER = 'https://login.example.com/';
  const issued = async (algorithm: string, kid = algorithm) => {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' };
    const sign = (claims: JWTPayload = {}, header = {}) =>
      new SignJWT({ iss: ISSUER, aud: 'screening', sub: 'ada', exp: Math.floor(Date.now() / 1000) + 600, ...claims })
        .setProtectedHeader({ alg: algorithm, kid, ...header })
        .sign(privateKey);
    return { jwk, sign };
  };
  const settings = (keys: object[], scope?: string) => ({
    jwt: {
      issuer: ISSUER,
      audience: 'screening',
      keySet: file(JSON.stringify({ keys })),
      ...(scope !== undefined && { scope }),
    },
  });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  test.each(['RS256', 'ES256', 'EdDSA'])('answers a token signed with %s, and logs its subject', async (algorithm) => {
    const { jwk, sign } = await issued(algorithm);
    const serving = await start(settings([jwk]));
    const token = await sign();
    expect((await predict(serving, bearer(token))).status).toBe(200);
    expect((await predict(serving, bearer(token))).status).toBe(200);
    expect(requests(serving)[1]).toMatchObject({ caller: 'jwt:ada' });
    expect(JSON.stringify(serving.events)).not.toContain(token.split('.')[2]);
  });

  test.each<[string, JWTPayload, RegExp]>([
    ['of another issuer', { iss: 'https://evil.example.com/' }, /"iss"/],
    ['for another audience', { aud: 'other' }, /"aud"/],
    ['that has expired', { exp: 1_700_000_000 }, /expired/],
    ['that never ends', { exp: undefined }, /"exp" of the token is missing/],
    ['that is not yet good', { nbf: Math.floor(Date.now() / 1000) + 600 }, /"nbf"/],
    ['of nobody', { sub: undefined }, /"sub"/],
    ['of a number', { sub: 7 as never }, /"sub" of the token must be a text/],
    ['of nothing', { sub: null as never }, /"sub" of the token must be a text/],
    ['of a list of names', { sub: ['ada'] as never }, /"sub" of the token must be a text/],
    ['of an empty name', { sub: '' }, /"sub" of the token must be a text/],
  ])('refuses a token %s', async (_name, claims, reason) => {
    const { jwk, sign } = await issued('ES256');
    const serving = await start(settings([jwk]));
    const reply = await predict(serving, bearer(await sign(claims)));
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toBe('Bearer realm="slipway", error="invalid_token"');
    expect((reply.json as { detail: string }).detail).toMatch(reason);
  });

  test('refuses a token with another signature, with none, and with the public key as a secret', async () => {
    const { jwk } = await issued('ES256');
    const stranger = await issued('ES256');
    const serving = await start(settings([jwk]));
    const [header, payload] = (await stranger.sign()).split('.');
    const secret = await new SignJWT({ iss: ISSUER, aud: 'screening', sub: 'ada' })
      .setProtectedHeader({ alg: 'HS256', kid: 'ES256' })
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(JSON.stringify(jwk).padEnd(64)));
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.AA`;
    for (const token of [await stranger.sign(), `${header}.${payload}.AAAA`, none, secret]) {
      expect((await predict(serving, bearer(token))).status).toBe(401);
    }
  });

  test('the issuer changes its keys: the new one is good, and tokens of the old one are not', async () => {
    const [one, two] = [await issued('ES256', 'one'), await issued('ES256', 'two')];
    const given = settings([one.jwk]);
    const serving = await start(given);
    const [old, fresh] = [await one.sign(), await two.sign()];
    const statuses = async () => [
      (await predict(serving, bearer(old))).status,
      (await predict(serving, bearer(fresh))).status,
    ];
    expect(await statuses()).toEqual([200, 401]);
    writeFileSync(given.jwt.keySet, JSON.stringify({ keys: [one.jwk, two.jwk] }));
    access.look();
    expect(await statuses()).toEqual([200, 200]);
    writeFileSync(given.jwt.keySet, JSON.stringify({ keys: [two.jwk] }));
    access.look();
    expect(await statuses()).toEqual([401, 200]);
  });

  test('a token that does not name its key is tried with each of the issuer', async () => {
    const [one, two, stranger] = [await issued('ES256', 'one'), await issued('ES256', 'two'), await issued('ES256')];
    const serving = await start(settings([one.jwk, two.jwk]));
    const ask = async (token: string) => (await predict(serving, bearer(token))).status;
    const unnamed = { kid: undefined };
    expect(await ask(await one.sign({}, unnamed))).toBe(200);
    expect(await ask(await two.sign({}, unnamed))).toBe(200);
    expect(await ask(await stranger.sign({}, unnamed))).toBe(401);
    expect(await ask(await two.sign({ aud: 'other' }, unnamed))).toBe(401);
  });

  test('a token without the scope is 403, with what it lacks', async () => {
    const { jwk, sign } = await issued('ES256');
    const serving = await start(settings([jwk], 'predict'));
    const reply = await predict(serving, bearer(await sign({ scope: 'read write' })));
    expect(reply.status).toBe(403);
    expect(reply.headers['www-authenticate']).toBe(
      'Bearer realm="slipway", error="insufficient_scope", scope="predict"',
    );
    expect((await predict(serving, bearer(await sign({ scope: 'read predict' })))).status).toBe(200);
    expect((await predict(serving, bearer(await sign({ scp: ['predict'] })))).status).toBe(200);
  });

  test('keys and tokens may be wanted side by side', async () => {
    const { jwk, sign } = await issued('ES256');
    const serving = await start({ apiKeys: file(line('app', KEY)), ...settings([jwk]) });
    expect((await predict(serving, { 'x-api-key': KEY })).status).toBe(200);
    expect((await predict(serving, bearer(await sign()))).status).toBe(200);
    expect((await predict(serving, bearer(OTHER))).status).toBe(401);
  });
});
