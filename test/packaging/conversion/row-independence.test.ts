import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '../../../lambda/inference/engine';
import type { GoldenRows } from '../../../lib/model/package/golden-file';
import { type OnnxAttribute, type OnnxGraph, rawBytes, serializeModel } from '../../../lib/packaging/onnx';
import { type PackOptions, pack } from '../../../lib/packaging/pack';
import { errorOf } from '../../../testing/error-of';
import { temporaryFolder } from '../../../testing/temporary-folder';

let folder: string;

beforeAll(() => {
  folder = temporaryFolder();
});

type Node = readonly [operator: string, inputs: string, output: string, attributes?: Record<string, OnnxAttribute>];

/** A model of three columns that somebody else exported. @param width of its answer, "y" */
function model(nodes: readonly Node[], width = 1): OnnxGraph {
  const integer = (name: string, value: number) =>
    ({ name, type: 'int64', shape: [1], bytes: rawBytes(BigInt64Array.from([BigInt(value)])) }) as const;
  const doubles = (name: string, values: readonly number[], shape: readonly number[]) =>
    ({ name, type: 'float64', shape, bytes: rawBytes(Float64Array.from(values)) }) as const;
  return {
    name: 'model',
    inputs: [{ name: 'x', type: 'float64', shape: [null, 3] }],
    outputs: [{ name: 'y', type: 'float64', shape: [null, width] }],
    constants: [
      integer('0', 0),
      integer('1', 1),
      integer('-1', -1),
      doubles('w', [0.25, -1.5, 2], [3, 1]),
      doubles('0.5', [0.5], [1, 1]),
      doubles('1e-6', [1e-6], [1, 1]),
      doubles('1e3', [1e3], [1, 1]),
      doubles('table', [1, 2, 3, 4, 5, 6, 7], [7, 1]),
    ],
    nodes: nodes.map(([operator, inputs, output, attributes = {}]) => ({
      operator,
      domain: '' as const,
      inputs: inputs.split(' '),
      outputs: output.split(' '),
      attributes,
    })),
  };
}

const SCORE: Node = ['MatMul', 'x w', 's'];

async function packed(graph: OnnxGraph, options: Partial<PackOptions> & { rows?: GoldenRows } = {}) {
  const file = join(folder, 'model.onnx');
  writeFileSync(file, serializeModel(graph));
  const { rows, ...others } = options;
  const golden = join(folder, 'golden.json');
  if (rows) writeFileSync(golden, JSON.stringify(rows));
  return pack({
    file,
    name: 'model',
    out: join(folder, 'out'),
    isolated: false,
    ...(rows && { golden }),
    ...others,
  });
}

const ACROSS: readonly (readonly [string, readonly Node[]])[] = [
  ['a sum over the rows', [SCORE, ['ReduceSum', 's 0', 'y', {}]]],
  ['a mean of all values', [SCORE, ['ReduceMean', 's', 'm', { keepdims: 1 }], ['Sub', 's m', 'y']]],
  ['a softmax over the rows', [SCORE, ['Softmax', 's', 'y', { axis: 0 }]]],
  ['a cumulative sum down the rows', [SCORE, ['CumSum', 's 0', 'y']]],
  ['a sort of the rows', [SCORE, ['Shape', 's', 'n', { start: 0, end: 1 }], ['TopK', 's n', 'y i', { axis: 0 }]]],
  [
    'a normalisation by the batch',
    [
      SCORE,
      ['ReduceMax', 's 0', 'm'],
      ['ReduceMin', 's 0', 'l'],
      ['Sub', 'm l', 'r'],
      ['Sub', 's l', 'd'],
      ['Div', 'd r', 'y'],
    ],
  ],
  [
    'a neighbour seen through a millionth',
    [SCORE, ['ReduceMean', 's 0', 'm'], ['Mul', 'm 1e-6', 't'], ['Add', 's t', 'y']],
  ],
  [
    'the number of the row',
    [SCORE, ['Sub', 's s', 'z'], ['Add', 'z 0.5', 'h'], ['CumSum', 'h 0', 'k'], ['Add', 's k', 'y']],
  ],
  [
    'a neighbour that counts where it is large',
    [
      SCORE,
      ['ReduceMax', 'x 0', 'm'],
      ['ReduceMax', 'm -1', 'mm'],
      ['Greater', 'mm 1e3', 'g'],
      ['Cast', 'g', 'f', { to: 11 }],
      ['Add', 's f', 'y'],
    ],
  ],
];

test.each(ACROSS)('refuses %s, which would mix values of callers', async (_, nodes) => {
  const error = await errorOf(packed(model(nodes)));
  expect(error.message).toMatch(/^model\.onnx: (the answer to a row depends on the rows beside it|gives \d+ answers?)/);
  expect(error.code).toBe('E_UNSUPPORTED');
});

test('refuses it although golden rows that were recorded in one call hold', async () => {
  const rows = {
    inputs: [
      [4, 0, 0],
      [0, 2, 0],
    ],
    predict: [1 - 2, -3 - 2],
  };
  const graph = model([SCORE, ['ReduceSum', 's 0', 'm'], ['Add', 's m', 'y']]);
  const error = await errorOf(packed(graph, { rows }));
  expect(error.message).toMatch(/its operators that can: .*ai\.onnx\.ReduceSum.*--batch whole/);
  const { replay, package: written } = await packed(graph, { rows, batch: 'whole' });
  expect(replay!.differences).toEqual([]);
  expect(written.manifest.batch).toBe('whole');
});

test('packs what looks along the columns alone, and says nothing of batches', async () => {
  const { package: written } = await packed(
    model(
      [
        ['ReduceMean', 'x -1', 'm'],
        ['Softmax', 'x', 'p', { axis: 1 }],
        SCORE,
        ['Mul', 's m', 't'],
        ['Add', 't p', 'y'],
      ],
      3,
    ),
  );
  expect(written.manifest).not.toHaveProperty('batch');
});

test('packs a model that refuses most rows that nobody has recorded', async () => {
  const nodes: Node[] = [
    ['Gather', 'x 0', 'c', { axis: 1 }],
    ['Cast', 'c', 'i', { to: 7 }],
    ['Reshape', 'i -1', 'j'],
    ['Gather', 'table j', 'y', { axis: 0 }],
  ];
  const rows = {
    inputs: [
      [0, 0, 0],
      [6, 0, 0],
      [3, 0, 0],
    ],
    predict: [1, 7, 4],
  };
  const { replay } = await packed(model(nodes), { rows });
  expect(replay!.differences).toEqual([]);
});

describe('an answer that is not one a row', () => {
  test.each<[string, readonly Node[]]>([
    ['a table', [['Identity', 'table', 'y']]],
    [
      'one for all rows',
      [
        ['ReduceSum', 'x 0', 'r'],
        ['MatMul', 'r w', 'y'],
      ],
    ],
  ])('is refused: %s', async (_, nodes) => {
    for (const batch of ['rows', 'whole'] as const) {
      const error = await errorOf(packed(model(nodes), { batch }));
      expect(error.message).toMatch(/gives \d answers? of predict for |depends on the rows beside it/);
    }
  });
});

describe('a graph that draws its answer', () => {
  const bernoulli: Node = ['Bernoulli', 'x', 'b', { dtype: 11 }];
  test('is refused by the operator, also where it would answer the same twice', async () => {
    const error = await errorOf(packed(model([bernoulli, ['MatMul', 'b w', 'y']]), { batch: 'whole' }));
    expect(error.message).toBe(
      'model.onnx: draws random numbers (the operator Bernoulli), so it answers the same row differently each time; export the model for inference, without it',
    );
  });

  test('is refused in a graph within it', async () => {
    const body = (nodes: OnnxGraph['nodes']): OnnxGraph => ({
      name: 'branch',
      inputs: [],
      outputs: [{ name: 'b', type: 'float64' }],
      constants: [],
      nodes,
    });
    const draw = { operator: 'RandomNormalLike', domain: '' as const, inputs: ['x'], outputs: ['b'], attributes: {} };
    const pass = { operator: 'Identity', domain: '' as const, inputs: ['x'], outputs: ['b'], attributes: {} };
    const nodes: Node[] = [
      ['ReduceSum', 'x', 'a', { keepdims: 0 }],
      ['Greater', 'a 1e3', 'c'],
      ['If', 'c', 'b', { then_branch: body([draw]), else_branch: body([pass]) }],
      ['MatMul', 'b w', 'y'],
    ];
    expect((await errorOf(packed(model(nodes)))).message).toMatch(
      /draws random numbers \(the operator RandomNormalLike/,
    );
  });
});

test('what is refused would answer a row by its neighbours in the engine', async () => {
  // the reason for all of this: it is not the graph's builder that tells, but what the engine gives
  const path = join(folder, 'sum.onnx');
  writeFileSync(path, serializeModel({ ...model([SCORE, ['ReduceSum', 's 0', 'm'], ['Add', 's m', 'y']]) }));
  const engine = await createEngine(path);
  const ask = async (...rows: number[][]) => {
    const data = Float64Array.from(rows.flat());
    return [...(await engine.run({ x: { type: 'float64', shape: [rows.length, 3], data } }, ['y'])).y!.data];
  };
  expect(await ask([4, 0, 0])).toEqual([2]);
  expect(await ask([4, 0, 0], [0, 2, 0])).toEqual([-1, -5]);
  await engine.close();
});
