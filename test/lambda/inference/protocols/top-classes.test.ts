/** The most probable classes of a row: in the order of numpy, and as the example of a recommendation answers them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { greatest } from '../../../../lambda/inference/protocols/top-classes';
import { readModelPackage } from '../../../../lib/model/package/model-package';
import { send } from '../http-client';
import { type Serving, startServing, stopServings } from '../serving';

interface Case {
  readonly rows: readonly (readonly (number | null)[])[];
  readonly order: readonly (readonly number[])[];
}

const { cases } = JSON.parse(
  readFileSync(join(__dirname, '../../../fixtures/serving/top-classes/top.json'), 'utf8'),
) as { readonly cases: readonly Case[] };

test.each(cases.map((one, i) => [i, one] as const))(
  'rows %d are in the order of numpy, of equal ones the first first',
  (_, one) => {
    one.rows.forEach((row, r) => {
      const values = [9, ...row.map((value) => value ?? Number.NaN)];
      for (const count of new Set([1, 2, 3, row.length].filter((each) => each <= row.length))) {
        expect(greatest(values, 1, row.length, count)).toEqual(one.order[r]!.slice(0, count));
      }
    });
  },
);

test('the cases have equal values and missing ones', () => {
  const rows = cases.flatMap((one) => one.rows);
  expect(rows.filter((row) => new Set(row).size < row.length).length).toBeGreaterThan(20);
  expect(rows.some((row) => row.includes(null))).toBe(true);
});

afterAll(stopServings);

describe('of the example of a recommendation', () => {
  const folder = join(__dirname, '../../../../examples/recommendation/model');
  const package_ = readModelPackage(folder);
  const { classes } = package_.manifest.signature;
  const golden = package_.golden!;
  let serving: Serving;
  beforeAll(async () => {
    serving = await startServing({ package_ });
  });
  const post = (path: string, body: unknown, headers = {}) => send(serving.base, path, { body, headers });

  interface Ranked {
    readonly labels: readonly string[];
    readonly probabilities: readonly number[];
  }

  test('the three most probable classes come first to last, and the first is the prediction', async () => {
    const { status, json } = await post('/predict?top=3', golden.inputs);
    expect(status).toBe(200);
    const { result } = json as { readonly result: readonly Ranked[] };
    expect(result.map(({ labels }) => labels[0])).toEqual(golden.predict);
    result.forEach(({ labels, probabilities }, row) => {
      const recorded = golden.predict_proba![row]! as readonly number[];
      const sorted = [...recorded].sort((a, b) => b - a).slice(0, 3);
      probabilities.forEach((value, i) => {
        expect(value).toBeCloseTo(sorted[i]!, 10);
        expect(recorded[classes!.indexOf(labels[i]!)]).toBeCloseTo(value, 10);
      });
      expect(labels).toHaveLength(3);
    });
  });

  test('clients of SageMaker and MLflow, and those of CSV, get them too', async () => {
    const [first] = golden.inputs;
    const whole = await post('/predict?top=2', [first]);
    const { result } = whole.json as { readonly result: readonly [Ranked] };
    expect((await post('/invocations?top=2', { instances: [first] })).json).toEqual({ predictions: result });
    const [{ labels, probabilities }] = result;
    const csv = await post('/predict?top=2', [first], { accept: 'text/csv' });
    expect(csv.text).toBe(`${labels.map((label, i) => `${label},${probabilities[i]}`).join(',')}\n`);
  });

  test.each(['true', 'false'])('?proba=%s beside top changes nothing, as its schema allows', async (proba) => {
    const [one] = golden.inputs;
    const { json } = await post(`/predict?top=2&proba=${proba}`, [one]);
    expect(json).toEqual((await post('/predict?top=2', [one])).json);
  });

  test.each([
    ['top=0', 'from 1 to 5, the number of classes, got "0"'],
    ['top=6', 'from 1 to 5, the number of classes, got "6"'],
    ['top=2.5', 'got "2.5"'],
    ['top=', 'got ""'],
    ['top=2&top=3', 'names a parameter twice'],
    ['top=2&k=3', 'the query "k=3" is not known'],
    ['top=2&proba=yes', 'the query "proba=yes" is not known'],
    ['k=3', 'the query "k=3" is not known; allowed is proba=true, proba=false, and top=3'],
  ])('?%s is refused', async (query, message) => {
    const { status, json } = await post(`/predict?${query}`, [golden.inputs[0]]);
    expect(status).toBe(400);
    expect((json as { detail: string }).detail).toContain(message);
  });

  test('OpenAPI says how many there are', async () => {
    const { json } = await send(serving.base, '/openapi.json');
    const { parameters } = (
      json as { paths: Record<string, { post: { parameters: { name: string; schema: object }[] } }> }
    ).paths['/predict']!.post;
    expect(parameters.find(({ name }) => name === 'top')!.schema).toMatchObject({
      type: 'integer',
      minimum: 1,
      maximum: 5,
    });
  });
});

test('a model without probabilities of classes says so', async () => {
  const package_ = readModelPackage(join(__dirname, '../../../../examples/demand-forecast/model'));
  const { base } = await startServing({ package_ });
  const { status, json } = await send(base, '/predict?top=1', { body: [package_.golden!.inputs[0]] });
  expect([status, (json as { detail: string }).detail]).toEqual([400, expect.stringContaining('this one does not')]);
});
