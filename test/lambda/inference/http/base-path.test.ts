/** An endpoint below a path of a name that it shares with others. */
import fc from 'fast-check';
import { belowBase } from '../../../../lambda/inference/http/base-path';
import { HANDLER_PATHS, isHandlerPath } from '../../../../lib/model/instance/handler-paths';
import { METHODS } from '../../../../lib/model/rows/signature';
import { runs } from '../../../runs';
import { send } from '../http-client';
import { modelPackage, rows, type Serving, startServing, stopServings } from '../serving';

let serving: Serving;

beforeAll(async () => {
  serving = await startServing({ settings: { basePath: '/titanic' } });
});
afterAll(stopServings);

const body = JSON.stringify({ instances: [rows[0]] });
const json = { 'content-type': 'application/json' };

test('a request is answered below the path as without it', async () => {
  const below = await send(serving.base, '/titanic/predict', { method: 'POST', headers: json, body });
  const plain = await send(serving.base, '/predict', { method: 'POST', headers: json, body });
  expect(below.status).toBe(200);
  expect(below.json).toEqual(plain.json);
});

test('an open inference client has the path in its address', async () => {
  const { name } = modelPackage.manifest;
  expect((await send(serving.base, `/titanic/v2/models/${name}`)).json).toMatchObject({ name });
  expect((await send(serving.base, '/titanic/v2/models/none')).json).toHaveProperty('error'); // in the form of that protocol
});

test('the path itself is the page that lists the routes', async () => {
  const { json: index } = await send(serving.base, '/titanic');
  expect(index).toEqual((await send(serving.base, '/')).json);
  expect((await send(serving.base, '/titanic/docs')).status).toBe(200);
});

test('the health check of a load balancer has no path', async () => {
  expect((await send(serving.base, '/readyz')).status).toBe(200);
});

test('another path that begins alike is not the endpoint', async () => {
  expect((await send(serving.base, '/titanic2/predict', { method: 'POST', headers: json, body })).status).toBe(404);
});

test('OpenAPI names the path, by which programs find the routes', async () => {
  expect((await send(serving.base, '/titanic/openapi.json')).json).toMatchObject({ servers: [{ url: '/titanic' }] });
});

test('what is below the path is what stands after it, whatever that is', () => {
  fc.assert(
    fc.property(fc.webPath(), (path) => {
      expect(belowBase(`/titanic${path}`, '/titanic')).toBe(path === '' ? '/' : path);
    }),
    { numRuns: runs(100) },
  );
  expect(belowBase('/titanic?a=b', '/titanic')).toBe('/?a=b');
});

test('a model has no path of which the first segment is that of a route', async () => {
  const { routes } = (await send(serving.base, '/')).json as { routes: readonly { route: string }[] };
  const first = routes.map(({ route }) => route.split(' ')[1]!.split('/')[1]!).filter((segment) => segment !== '');
  expect(HANDLER_PATHS).toEqual(expect.arrayContaining([...new Set(first)]));
  const shown = new Set<string>([...first, ...METHODS]);
  expect(HANDLER_PATHS.filter((path) => !shown.has(path))).toEqual([]);
  expect(isHandlerPath('/docs/a')).toBe(true);
  expect(isHandlerPath('/titanic')).toBe(false);
});
