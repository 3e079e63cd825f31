/** Several models in one handler, loaded and unloaded while others are served; and the handler as a SageMaker container. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../../../../lib/model/formats/digest';
import { toEnvironment } from '../../../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS, type HandlerSettings } from '../../../../lib/model/instance/handler-settings';
import { readModelPackage } from '../../../../lib/model/package/model-package';
import { bundledHandler } from '../../../../testing/bundled-handler';
import { LoggedHandler } from '../../../../testing/handler-process';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../../../example';
import { send } from '../http-client';
import { labels, rows } from '../serving';

jest.setTimeout(120_000); // it starts processes, on a machine that may be busy

const MODELS = dirname(EXAMPLE_MODEL);
const folder = temporaryFolder();
let bundle: string;
const repository = join(folder, 'models');
beforeAll(() => {
  bundle = bundledHandler();
  for (const name of ['breast-cancer', 'loan']) cpSync(join(MODELS, name), join(repository, name), { recursive: true });
});
afterAll(() => LoggedHandler.killAll());

const loan = readModelPackage(join(MODELS, 'loan'));
const loanRows = { data: loan.golden!.inputs };
const loanLabels = loan.golden!.predict;

const start = (settings: Partial<HandlerSettings>) =>
  new LoggedHandler(
    bundle,
    toEnvironment({
      ...DEFAULT_HANDLER_SETTINGS,
      model: join(repository, 'breast-cancer'),
      host: '127.0.0.1',
      port: 0,
      ...settings,
    }),
  );

const columns = (data: readonly unknown[]) =>
  ['age', 'income', 'purpose'].map((name) => ({
    name,
    shape: [data.length],
    datatype: name === 'purpose' ? 'BYTES' : 'FP64',
    data: data.map((row) => (row as Record<string, unknown>)[name]),
  }));
const inferLoan = (base: string) =>
  send(base, '/v2/models/loan/infer', { body: { inputs: columns(loanRows.data), outputs: [{ name: 'predict' }] } });
const predicted = ({ json }: { json: unknown }) => (json as { outputs?: { data: unknown }[] }).outputs?.[0]?.data;

test('models are asked by their names; the first is the default', async () => {
  const handler = start({ otherModels: [join(repository, 'loan')] });
  await handler.event('ready', 2);
  const base = await handler.base();
  expect((await send(base, '/predict', { body: rows })).json).toEqual({ result: labels });
  expect(predicted(await inferLoan(base))).toEqual(loanLabels);
  const { json } = await send(base, '/v2/repository/index', { method: 'POST' });
  expect(json).toEqual([
    expect.objectContaining({ name: 'breast-cancer', state: 'READY' }),
    { name: 'loan', version: loan.digest.slice(0, 12), state: 'READY', reason: '' },
  ]);
  expect((await send(base, `/v2/models/loan/versions/${loan.digest}/ready`)).status).toBe(200);
  expect((await send(base, `/v2/models/loan/versions/${loan.digest.slice(0, 11)}/ready`)).status).toBe(404);
  expect((await send(base, '/metrics')).text).toContain('slipway_model_info{model="loan"');
  expect((await send(base, '/v2/repository/models/loan/load', { method: 'POST' })).status).toBe(404); // not for everybody
  handler.signal('SIGTERM');
  expect(await handler.exited).toBe(0);
});

test('two models of one name are refused', async () => {
  const handler = start({ otherModels: [join(MODELS, 'breast-cancer')] });
  expect(await handler.exited).toBe(2);
  expect(await handler.event('failed')).toMatchObject({
    code: 'E_PACKAGE',
    error: expect.stringContaining('are both'),
  });
});

test('models come and go while requests are answered, and a model that is wrong changes nothing', async () => {
  const handler = start({ workers: 2, adminPort: 0 });
  const base = await handler.base();
  await handler.untilReady(base);
  const admin = `http://127.0.0.1:${(await handler.event('admin listening')).port}`;
  const ask = (method: string, path: string, headers = {}) => send(admin, path, { method, headers });

  const statuses: number[] = [];
  let asking = true;
  const load = async () => {
    while (asking) statuses.push((await send(base, '/predict', { body: rows })).status);
  };
  const clients = [load()];

  expect((await inferLoan(base)).status).toBe(404);
  expect((await ask('GET', '/v2/repository/index')).json).toEqual([
    expect.objectContaining({ name: 'breast-cancer', state: 'READY' }),
    { name: 'loan', version: '', state: 'UNAVAILABLE', reason: 'not loaded' },
  ]);
  const loaded = await ask('POST', '/v2/repository/models/loan/load');
  expect([loaded.status, loaded.json]).toEqual([
    200,
    { name: 'loan', version: loan.digest.slice(0, 12), state: 'READY', reason: '' },
  ]);
  for (let i = 0; i < 4; i++) expect(predicted(await inferLoan(base))).toEqual(loanLabels); // every worker has it

  // golden rows that do not hold: found when a worker loads it, and all stays as it was
  const wrong = join(repository, 'wrong');
  cpSync(join(MODELS, 'loan'), wrong, { recursive: true });
  const golden = JSON.stringify({ ...loan.golden, predict: loanLabels.map(() => 'review') });
  const { manifest } = loan;
  writeFileSync(join(wrong, 'golden.json'), golden);
  const changed = { ...manifest.golden!, sha256: sha256(golden), bytes: golden.length };
  writeFileSync(join(wrong, 'manifest.json'), JSON.stringify({ ...manifest, name: 'wrong', golden: changed }));
  const refused = await ask('POST', '/v2/repository/models/wrong');
  expect([refused.status, refused.json]).toEqual([
    400,
    { error: '"wrong" is not changed: wrong: golden rows differ; what was served before is served still' },
  ]);
  expect(predicted(await inferLoan(base))).toEqual(loanLabels);

  for (const [method, path, headers, status, message] of [
    ['POST', '/v2/repository/models/none', {}, 404, /there is no model "none" here; there is "breast-cancer", "loan"/],
    ['POST', '/v2/repository/models/..%2Floan', {}, 404, /there is no model/],
    ['DELETE', '/v2/repository/models/breast-cancer', {}, 400, /is the default model/],
    ['DELETE', '/v2/repository/models/loan', { origin: 'http://example.com' }, 400, /by no web page/],
    ['DELETE', '/v2/repository/models/loan', { host: 'example.com' }, 400, /by no web page/],
    ['GET', '/v2/repository/models/loan', {}, 405, /allowed: POST, DELETE/],
  ] as const) {
    const reply = await ask(method, path, headers);
    expect([reply.status, reply.json]).toEqual([status, { error: expect.stringMatching(message) }]);
  }

  expect((await ask('DELETE', '/v2/repository/models/loan')).json).toMatchObject({ state: 'UNAVAILABLE' });
  for (let i = 0; i < 4; i++) expect((await inferLoan(base)).status).toBe(404);
  asking = false;
  await Promise.all(clients);
  expect(statuses.length).toBeGreaterThan(10);
  expect(new Set(statuses)).toEqual(new Set([200])); // none was lost
  expect(handler.events.filter(({ event }) => event === 'worker died')).toEqual([]);
  handler.signal('SIGTERM');
  expect(await handler.exited).toBe(0);
});

describe('as a SageMaker container', () => {
  const base = join(folder, 'ml');
  const container = (environment: Record<string, string>, parameters = ['serve']) =>
    new LoggedHandler(bundle, { SAGEMAKER_BASE_DIR: base, ...environment }, parameters);

  test('it serves the model in its folder, on the port and in the form that it is told', async () => {
    mkdirSync(base);
    cpSync(join(MODELS, 'loan'), join(base, 'model'), { recursive: true });
    const handler = container({
      SLIPWAY_PORT: '0', // in a container SAGEMAKER_BIND_TO_PORT says which; here one that is free
      SAGEMAKER_MODEL_SERVER_WORKERS: '1',
      SAGEMAKER_MAX_PAYLOAD_IN_MB: '1',
      SAGEMAKER_MODEL_SERVER_TIMEOUT: '60',
      SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT: 'text/csv',
    });
    await handler.event('ready');
    const url = await handler.base();
    const ping = await send(url, '/ping');
    expect([ping.status, ping.text]).toEqual([200, '']);
    const headers = { 'X-Amzn-SageMaker-Custom-Attributes': 'x', accept: '*/*' };
    const reply = await send(url, '/invocations', { body: { instances: loan.golden!.inputs }, headers });
    expect(reply.text).toBe(`${loanLabels.join('\n')}\n`);
    const json = await send(url, '/invocations', {
      body: { instances: loan.golden!.inputs },
      headers: { accept: 'application/json' },
    });
    expect(json.json).toEqual({ predictions: loanLabels });
    expect((await send(url, '/invocations', { body: Buffer.alloc(1024 * 1024 + 1, ' ') })).status).toBe(413);
    handler.signal('SIGTERM');
    expect(await handler.exited).toBe(0);
  });

  test.each<[string, Record<string, string>, string[], RegExp]>([
    [
      'a port that is none',
      { SAGEMAKER_BIND_TO_PORT: 'x' },
      ['serve'],
      /SAGEMAKER_BIND_TO_PORT must be a whole number from 1, got "x"/,
    ],
    ['a mode with several models', { SAGEMAKER_MULTI_MODEL: 'true' }, ['serve'], /serves one model/],
    ['another argument', {}, ['train'], /the only argument is serve, for SageMaker, got "train"/],
  ])('%s is told', async (_, environment, parameters, message) => {
    const handler = container(environment, parameters);
    expect(await handler.exited).toBe(2);
    const { code, error, problems } = await handler.event('failed');
    expect(code).toBe('E_USAGE');
    expect(`${error} ${problems}`).toMatch(message);
  });

  test('the image of the documentation starts it as SageMaker does', () => {
    const dockerfile = readFileSync(join(__dirname, '../../../../examples/sagemaker/Dockerfile'), 'utf8');
    expect(dockerfile).toMatch(/^ENTRYPOINT \["node", "\/opt\/slipway\/handler\.cjs"\]$/m);
    expect(dockerfile).toMatch(/^CMD \["serve"\]$/m);
    const page = readFileSync(join(__dirname, '../../../../docs/guide/sagemaker.md'), 'utf8');
    expect(page).toContain(dockerfile);
  });
});
