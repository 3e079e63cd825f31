/** The most probable classes of a row: in the order of numpy, and as the example of a recommendation answers them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { greatest } from '../../../../lambda/inference/protocols/greatest';
import { topTensors } from '../../../../lambda/inference/protocols/top-classes';
import { readModelPackage } from '../../../../lib/model/package/model-package';
import { valueIn } from '../../../../lib/model/rows/row';
import { send } from '../http-client';
import { labels, rows, type Serving, startServing, stopServings } from '../serving';

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

test.each(['ascending', 'descending', 'equal'])('%s values of 4,000 classes are looked at few times each', (order) => {
  const width = 4000;
  let looks = 0;
  const values = Array.from({ length: width }, (_, i) => ({ ascending: i, descending: -i, equal: 1 })[order]!);
  const counted = new Proxy(values, {
    get(target, name) {
      looks++;
      return target[Number(name)];
    },
  });
  for (const count of [1, 10, width]) {
    looks = 0;
    const best = order === 'ascending' ? width - 1 : 0;
    expect(greatest(counted, 0, width, count)[0]).toBe(best);
    expect(looks).toBeLessThan(10 * width * Math.log2(count + 1));
  }
});

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

  describe('by the Open Inference Protocol', () => {
    const name = package_.manifest.name;
    const inputs = package_.manifest.signature.columns.map((column, c) => ({
      name: column.name,
      shape: [golden.inputs.length],
      datatype: column.type === 'string' ? 'BYTES' : 'FP64',
      data: golden.inputs.map((row) => valueIn(row, package_.manifest.signature, c)),
    }));
    const infer = (more: object) => post(`/v2/models/${name}/infer`, { inputs, ...more });

    interface Output {
      readonly name: string;
      readonly datatype: string;
      readonly shape: readonly number[];
      readonly data: readonly unknown[];
    }

    async function outputs(more: object): Promise<readonly Output[]> {
      const { status, json, text } = await infer(more);
      expect([status, text]).toEqual([200, expect.any(String)]);
      return (json as { readonly outputs: readonly Output[] }).outputs;
    }

    async function ranked(top: number): Promise<readonly Ranked[]> {
      const { json } = await post(`/predict?top=${top}`, golden.inputs);
      return (json as { readonly result: readonly Ranked[] }).result;
    }

    test('the parameter top gives labels and probabilities, as ?top does', async () => {
      const expected = await ranked(3);
      const shape = [golden.inputs.length, 3];
      expect(await outputs({ parameters: { top: 3 } })).toEqual([
        { name: 'labels', datatype: 'BYTES', shape, data: expected.flatMap(({ labels }) => labels) },
        { name: 'probabilities', datatype: 'FP64', shape, data: expected.flatMap((row) => row.probabilities) },
      ]);
    });

    test('one of them may be asked for, beside outputs of the model', async () => {
      const found = await outputs({ parameters: { top: 1 }, outputs: [{ name: 'labels' }, { name: 'predict' }] });
      expect(found.map((output) => output.name)).toEqual(['labels', 'predict']);
      expect(found[0]!.data).toEqual(golden.predict);
      expect(found[1]).toMatchObject({ shape: [golden.inputs.length], data: golden.predict });
    });

    test('the classification of Triton gives values, indexes and labels as texts', async () => {
      const expected = await ranked(2);
      const [found] = await outputs({ outputs: [{ name: 'predict_proba', parameters: { classification: 2 } }] });
      expect(found).toEqual({
        name: 'predict_proba',
        datatype: 'BYTES',
        shape: [golden.inputs.length, 2],
        data: expected.flatMap(({ labels, probabilities }) =>
          labels.map((label, i) => `${probabilities[i]}:${classes!.indexOf(label)}:${label}`),
        ),
      });
    });

    const proba = (parameters: object) => ({ outputs: [{ name: 'predict_proba', parameters }] });
    test.each([
      [
        { parameters: { top: 0 } },
        'the parameter top must be a whole number from 1 to 5, the number of classes, got 0',
      ],
      [{ parameters: { top: 6 } }, 'got 6'],
      [{ parameters: { top: 2.5 } }, 'got 2.5'],
      [{ parameters: { top: '2' } }, 'got the string "2"'],
      [{ parameters: { top: 2 }, outputs: [{ name: 'predict' }] }, 'is for the outputs labels and probabilities'],
      [{ outputs: [{ name: 'labels' }] }, '"labels" goes with "parameters": {"top": 3}'],
      [proba({ classification: 6 }), 'output "predict_proba": classification must be a whole number from 1 to 5'],
      [{ outputs: [{ name: 'predict', parameters: { classification: 1 } }] }, 'have a value for each class'],
      [
        { parameters: { top: 2 }, outputs: [{ name: 'labels', parameters: { classification: 1 } }] },
        'output "labels": classification is for outputs that have a value for each class',
      ],
    ])('%j is refused', async (more, message) => {
      const { status, json } = await infer(more);
      expect(status).toBe(400);
      expect((json as { error: string }).error).toContain(message);
    });

    test('null leaves them out, as some clients write it', async () => {
      const more = { parameters: { top: null }, ...proba({ classification: null }) };
      expect((await outputs(more))[0]).toMatchObject({ shape: [golden.inputs.length, 5] });
    });
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
    const { InferRequest } = (json as { components: { schemas: Record<string, object> } }).components.schemas;
    const count = expect.objectContaining({ type: ['integer', 'null'], minimum: 1, maximum: 5 });
    expect(InferRequest).toMatchObject({
      properties: {
        parameters: { properties: { top: count } },
        outputs: {
          items: {
            properties: {
              name: { enum: expect.arrayContaining(['labels', 'probabilities']) },
              parameters: { properties: { classification: count } },
            },
          },
        },
      },
    });
  });
});

test('OpenAPI says that tensors may come as bytes', async () => {
  const { base } = await startServing();
  const { json } = await send(base, '/openapi.json');
  const { paths } = json as { paths: Record<string, { post: { responses: Record<number, { content: object }> } }> };
  const { content } = paths['/v2/models/{model}/infer']!.post.responses[200]!;
  expect(Object.keys(content)).toEqual(['application/json', 'application/octet-stream']);
});

test('a model without probabilities of classes says so', async () => {
  const package_ = readModelPackage(join(__dirname, '../../../../examples/demand-forecast/model'));
  const { base } = await startServing({ package_ });
  const { status, json } = await send(base, '/predict?top=1', { body: [package_.golden!.inputs[0]] });
  expect([status, (json as { detail: string }).detail]).toEqual([400, expect.stringContaining('this one does not')]);
  const schemas = (await send(base, '/openapi.json')).text;
  expect(schemas).not.toMatch(/"top"|"classification"|"labels"/);
});

test('labels are of the type that predict has', async () => {
  const { base } = await startServing();
  const inputs = [{ name: 'input', shape: [rows.length, 30], datatype: 'FP64', data: rows.flat() }];
  const body = { inputs, parameters: { top: 1 }, outputs: [{ name: 'labels' }] };
  const { json } = await send(base, '/v2/models/breast-cancer/infer', { body });
  const [found] = (json as { outputs: readonly object[] }).outputs;
  expect(found).toEqual({ name: 'labels', datatype: 'INT64', shape: [rows.length, 1], data: labels });
});

test.each([
  [[1, 2], 'int64', [2n, 1n]],
  [[1, 2.5], 'float64', [2.5, 1]],
  [[false, true], 'bool', undefined],
  [['no', 'yes'], 'string', ['yes', 'no']],
] as const)('labels %j of a model that gives probabilities alone are %s', async (classes, type, expected) => {
  const signature = { columns: [], namedColumns: false, inputs: [], outputs: [], classes };
  const tensor = { type: 'float64', shape: [1, 2], data: Float64Array.of(0.3, 0.7) } as const;
  const { labels } = await topTensors(tensor, signature, 2);
  expect(labels.type).toBe(type);
  if (expected) expect([...labels.data]).toEqual(expected);
});
