import { valueSchema, valuesSchema } from '../../../../lambda/inference/openapi/rows';
import type { Column } from '../../../../lib/model/rows/signature';
import { COLUMNS, SIGNATURE } from '../../../model/sample';
import { send } from '../http-client';
import { modelPackage, type Serving, startServing, stopServings } from '../serving';

interface Operation {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly requestBody?: { readonly content: Record<string, { readonly example?: unknown }> };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly example?: unknown }> }>;
}

interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, { readonly maxItems?: number }> };
}

let serving: Serving;
let document: Document;

beforeAll(async () => {
  serving = await startServing();
  document = (await send(serving.base, '/openapi.json')).json as Document;
});
afterAll(stopServings);

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== 'parameters')
      .map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );

test('names the model and the version that is served', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(document.info).toMatchObject({ title: 'breast-cancer', version: modelPackage.digest.slice(0, 12) });
});

test('has every route that the router has, and no other, each with what it answers', async () => {
  const { routes } = (await send(serving.base, '/')).json as { routes: readonly { route: string }[] };
  expect(
    operations()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(routes.map(({ route }) => route).sort());
  const undescribed = operations().filter(({ operation }) => !operation.tags);
  expect(undescribed.map(({ name }) => name)).toEqual([]);
});

test('no two operations share an id', () => {
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(['/predict', '/predict_proba', '/v2/models/breast-cancer/infer'])(
  'the example of %s is answered as the document says',
  async (path) => {
    const template = path.replace('breast-cancer', '{model}');
    const { requestBody, responses } = document.paths[template]!.post!;
    const reply = await send(serving.base, path, { body: requestBody!.content['application/json']!.example });
    expect(reply.status).toBe(200);
    const expected = responses['200']!.content!['application/json']!.example;
    if (expected !== undefined) {
      const { result } = reply.json as { result: unknown };
      expect({ result: JSON.parse(JSON.stringify(result), near) }).toEqual(JSON.parse(JSON.stringify(expected), near));
    }
  },
);

/** To the 12th decimal, as the golden rows hold. */
function near(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1e12) / 1e12 : value;
}

test('says how many rows a request may have, as the queue is bounded', () => {
  expect(document.components.schemas.Rows!.maxItems).toBe(4096);
});

test('is the same text each time', async () => {
  const [one, two] = await Promise.all([send(serving.base, '/openapi.json'), send(serving.base, '/openapi.json')]);
  expect(one.text).toBe(two.text);
});

const column = (properties: Partial<Column>): Column => ({
  name: 'c',
  type: 'float64',
  missing: false,
  ...properties,
});

test.each<[string, Column, object]>([
  ['a number', column({}), { type: ['number', 'boolean'] }],
  ['a number that may be missing', column({ missing: true }), { type: ['number', 'boolean', 'null'] }],
  ['a bound of magnitude', column({ maximum: 10 }), { type: ['number', 'boolean'], minimum: -10, maximum: 10 }],
  [
    'a number above 0, which false is not',
    column({ above: 0 }),
    { anyOf: [{ type: 'number', exclusiveMinimum: 0 }, { enum: [true] }] },
  ],
  ['a number that is not negative', column({ above: -Number.MIN_VALUE }), { type: ['number', 'boolean'], minimum: 0 }],
  ['a number other than -1', column({ except: -1 }), { type: ['number', 'boolean'], not: { const: -1 } }],
  ['numbers with a list', column({ categories: [1, 2] }), { enum: [1, 2, true] }],
  ['text with a list', column({ type: 'string', missing: true, categories: ['a', 'b'] }), { enum: ['a', 'b', null] }],
  ['a truth value', column({ type: 'bool' }), { enum: [false, true, 0, 1] }],
  ['a column that the model does not look at', column({ unused: true }), {}],
])('describes %s', (_name, of, expected) => {
  const { description: _, ...schema } = valueSchema(of) as Record<string, unknown>;
  expect(schema).toEqual(expected);
});

test('an array of unlike columns is described column by column', () => {
  expect(valuesSchema(SIGNATURE)).toMatchObject({ minItems: COLUMNS.length, maxItems: COLUMNS.length, items: false });
});
