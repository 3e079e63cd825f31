/** A model of text: rows are texts, as scikit-learn's own X is a list of them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toEnvironment } from '../../../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS } from '../../../../lib/model/instance/handler-settings';
import { readModelPackage } from '../../../../lib/model/package/model-package';
import { pack } from '../../../../lib/packaging/pack';
import { bundledHandler } from '../../../../testing/bundled-handler';
import { LoggedHandler } from '../../../../testing/handler-process';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { JSON_HEADERS, send } from '../http-client';

jest.setTimeout(30_000); // it converts a model, bundles the handler and starts it

const FIXTURES = join(__dirname, '../../../fixtures/packaging/sklearn/text/sklearn-1.9.1');
const folder = temporaryFolder();
const directory = join(folder, 'text');
let base: string;
let texts: string[];
let labels: unknown[];

beforeAll(async () => {
  const expected = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8'))['model-logistic.joblib'];
  texts = expected.inputs.flat();
  labels = expected.predict;
  const golden = join(folder, 'golden.json');
  writeFileSync(golden, JSON.stringify({ inputs: texts, predict: labels }));
  await pack({ file: join(FIXTURES, 'model-logistic.joblib'), golden, name: 'text', out: directory });
  const settings = { ...DEFAULT_HANDLER_SETTINGS, model: directory, host: '127.0.0.1', port: 0 };
  const handler = new LoggedHandler(bundledHandler(), toEnvironment(settings));
  await handler.event('ready');
  base = await handler.base();
});
afterAll(() => LoggedHandler.killAll());

const post = async (body: unknown) => (await send(base, '/predict', { body, headers: JSON_HEADERS })).json;

test('texts alone are rows, as are arrays and records of one', async () => {
  const rows = texts.map((text) => [text]);
  const [column] = readModelPackage(directory).manifest.signature.columns;
  const records = texts.map((text) => ({ [column!.name]: text }));
  for (const data of [texts, rows, records]) expect(await post({ data })).toEqual({ result: labels });
  expect(await post(texts)).toEqual({ result: labels });
  expect(await post({ instances: texts })).toEqual({ predictions: labels });
  expect(await post({ inputs: texts })).toEqual({ predictions: labels });
});

test('what is no text among texts is told with its pointer', async () => {
  expect(await post({ instances: ['a', 3] })).toMatchObject({ status: 422, errors: [{ pointer: '/instances/1' }] });
  expect(await post({ instances: [3, 'a'] })).toMatchObject({ status: 400, errors: [{ pointer: '/instances/0' }] });
});

test('golden rows are answered as they were recorded, which is how a deployment is verified', async () => {
  const { golden } = readModelPackage(directory);
  expect(golden!.inputs).toEqual(texts);
  expect(await post({ data: golden!.inputs })).toEqual({ result: golden!.predict });
});

test('the page has room for a text, and fills in the golden ones', async () => {
  const { text } = await send(base, '/docs');
  expect(text).toMatch(/<textarea rows="4" id="c0"/);
  const { examples } = JSON.parse(/<script type="application\/json" id="model">(.*?)<\/script>/s.exec(text)![1]!);
  expect(examples.map((example: object) => Object.values(example))).toEqual(texts.slice(0, 10).map((one) => [one]));
});

test('the OpenAPI document knows texts as rows, and its examples have them', async () => {
  const document = (await send(base, '/openapi.json')).json as {
    components: { schemas: { Rows: { items: { anyOf: unknown[] } } } };
    paths: Record<string, { post: { requestBody: { content: Record<string, { example: unknown }> } } }>;
  };
  expect(document.components.schemas.Rows.items.anyOf).toContainEqual({ $ref: '#/components/schemas/Text' });
  const example = (path: string) => document.paths[path]!.post.requestBody.content['application/json']!.example;
  expect(example('/predict')).toEqual({ data: texts.slice(0, 2) });
  expect(example('/v2/models/{model}/infer')).toMatchObject({
    inputs: [{ datatype: 'BYTES', data: texts.slice(0, 2) }],
  });
});

test('the document refuses the texts that the model refuses', async () => {
  const { components } = (await send(base, '/openapi.json')).json as { components: { schemas: object } };
  const schema = JSON.stringify(components).match(/"pattern":("\^\[\^(?:[^"\\]|\\.)*")/)![1]!;
  const pattern = new RegExp(JSON.parse(schema), 'u');
  const letters = ['a', '\u00e9', '\u4e2d', '\u{1f600}', '\u0560', '\u0588', '\u{10570}', '\u{33479}', '\u{3347a}'];
  for (const letter of letters) {
    const { status } = await send(base, '/predict', { body: [letter], headers: JSON_HEADERS });
    expect([letter, status]).toEqual([letter, pattern.test(letter) ? 200 : 422]);
  }
  expect(letters.filter((letter) => !pattern.test(letter))).toEqual(['\u0560', '\u0588', '\u{10570}', '\u{33479}']);
});
