/** Small random graphs, an operator or a few each, evaluated by both engines on rows that hold NaN, zeros and large numbers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { createEngine, type Engine } from '../../../../../lambda/inference/engine';
import { NATIVE_OPERATORS } from '../../../../../lambda/inference/engine/native/plan';
import { GraphBuilder, type OnnxAttribute, serializeModel, type Value } from '../../../../../lib/packaging/onnx';
import { temporaryFolder } from '../../../../../testing/temporary-folder';
import { runs } from '../../../../runs';
import { expectSameAnswers } from '../both-engines';

const COLUMNS = 3;
const ROWS = 5;
const folder = temporaryFolder();

type Doubles = Value<'float64'>;
type Build = (graph: GraphBuilder, x: Doubles, numbers: readonly number[]) => Value<'float64' | 'int64' | 'bool'>;

const constant = (graph: GraphBuilder, numbers: readonly number[]) => graph.doubles(numbers.slice(0, COLUMNS));
const scalar = (graph: GraphBuilder, numbers: readonly number[]) => graph.doubles([numbers[0]!]);
const column = (graph: GraphBuilder, x: Doubles) =>
  graph.node('Gather', [x, graph.integers([1])], 'float64', { axis: 1 });
const small = (graph: GraphBuilder, x: Doubles) => {
  const clipped = graph.node('Clip', [x, graph.doubles([-2], []), graph.doubles([2], [])], 'float64');
  return graph.where(graph.isNaN(clipped), graph.doubles([1]), clipped);
};
/** What an operator with two inputs meets: a row, a constant for each column, one for all, a column. */
const meeting =
  (operator: string, type: 'float64' | 'bool'): Build =>
  (graph, x, numbers) => {
    const others = [
      x,
      constant(graph, numbers),
      scalar(graph, numbers),
      column(graph, x),
      graph.doubles(numbers.slice(0, 3), [1, 3]),
    ];
    const results = others.flatMap((other) => [
      graph.node(operator, [x, other], type),
      graph.node(operator, [other, x], type),
    ]);
    const plain = results.map((result) => (type === 'bool' ? graph.cast(result, 'float64') : (result as Doubles)));
    return graph.concat(plain, 1);
  };
const single = (graph: GraphBuilder, x: Doubles) => graph.cast(x, 'float32');
const one =
  (operator: string, attributes: Readonly<Record<string, OnnxAttribute>> = {}): Build =>
  (graph, x) =>
    graph.node(operator, [x], 'float64', attributes);
const rowShape = (graph: GraphBuilder, x: Doubles) => graph.reshape(x, [-1, COLUMNS, 1]);
const encoded = (graph: GraphBuilder, x: Doubles, keys: readonly number[], values: readonly number[]) => {
  const tensor = (numbers: readonly number[]) => ({
    type: 'float64' as const,
    shape: [numbers.length],
    bytes: new Uint8Array(Float64Array.from(numbers).buffer),
  });
  const attributes = { default_tensor: tensor([-7]), keys_tensor: tensor(keys), values_tensor: tensor(values) };
  return graph.mlNode('LabelEncoder', [x], 'float64', attributes);
};

const CASES: Record<string, Build> = {
  Add: meeting('Add', 'float64'),
  Sub: meeting('Sub', 'float64'),
  Mul: meeting('Mul', 'float64'),
  Div: meeting('Div', 'float64'),
  Min: meeting('Min', 'float64'),
  Max: meeting('Max', 'float64'),
  Equal: meeting('Equal', 'bool'),
  Less: meeting('Less', 'bool'),
  LessOrEqual: meeting('LessOrEqual', 'bool'),
  Greater: meeting('Greater', 'bool'),
  GreaterOrEqual: meeting('GreaterOrEqual', 'bool'),
  Pow: (graph, x) => graph.node('Pow', [graph.abs(small(graph, x)), graph.doubles([2, 0.5, -1.5])], 'float64'),
  And: (graph, x, numbers) =>
    graph.node('And', [graph.greater(x, scalar(graph, numbers)), graph.less(x, constant(graph, numbers))], 'bool'),
  Or: (graph, x, numbers) =>
    graph.node('Or', [graph.greater(x, scalar(graph, numbers)), graph.less(x, constant(graph, numbers))], 'bool'),
  Not: (graph, x, numbers) => graph.node('Not', [graph.greater(x, scalar(graph, numbers))], 'bool'),
  IsNaN: (graph, x) => graph.isNaN(x),
  Identity: one('Identity'),
  Neg: one('Neg'),
  Abs: one('Abs'),
  Sign: one('Sign'),
  Relu: one('Relu'),
  Exp: (graph, x) => graph.exp(small(graph, x)),
  Log: (graph, x) => graph.log(graph.abs(x)),
  Sqrt: (graph, x) => graph.node('Sqrt', [graph.abs(x)], 'float64'),
  Tanh: one('Tanh'),
  Sigmoid: one('Sigmoid'),
  Cast: (graph, x) => graph.cast(graph.cast(single(graph, x), 'float64'), 'bool'),
  'Cast to int64': (graph, x) => graph.cast(small(graph, x), 'int64'),
  'sums, products and quotients in float32': (graph, x, numbers) => {
    const [a, b] = [single(graph, x), graph.cast(constant(graph, numbers), 'float32')];
    const results = ['Add', 'Sub', 'Mul', 'Div', 'Min', 'Max'].map((operator) =>
      graph.cast(graph.node(operator, [a, b], 'float32'), 'float64'),
    );
    return graph.concat(results, 1);
  },
  Clip: (graph, x) => graph.node('Clip', [x, graph.doubles([-1], []), graph.doubles([1], [])], 'float64'),
  Where: (graph, x, numbers) => graph.where(graph.greater(x, scalar(graph, numbers)), x, constant(graph, numbers)),
  Concat: (graph, x) => graph.concat([x, column(graph, x), graph.negate(x)], 1),
  Reshape: (graph, x) => graph.sum(rowShape(graph, x), 1, false),
  Slice: (graph, x) =>
    graph.node('Slice', [x, graph.integers([-2]), graph.integers([9]), graph.integers([1])], 'float64'),
  Pad: (graph, x) => graph.node('Pad', [x, graph.integers([0, 1, 0, 2])], 'float64', { mode: 'constant' }),
  Gather: (graph, x) => graph.node('Gather', [x, graph.integers([2, 0, -1])], 'float64', { axis: 1 }),
  'Gather from a table': (graph, x, numbers) =>
    graph.node(
      'Gather',
      [graph.doubles([...numbers, ...numbers].slice(0, 10), [5, 2]), graph.cast(small(graph, x), 'int64')],
      'float64',
      { axis: 0 },
    ),
  GatherElements: (graph, x) => {
    const index = graph.reshape(graph.argmax(small(graph, x)), [-1, 1]);
    return graph.node('GatherElements', [x, index], 'float64', { axis: 1 });
  },
  MatMul: (graph, x, numbers) =>
    graph.matmul(
      small(graph, x),
      graph.doubles(
        [...numbers, ...numbers, ...numbers].slice(0, 15).map((n) => n % 100),
        [3, 5],
      ),
    ),
  // the sum of large numbers that cancel depends on its order
  ReduceSum: (graph, x) => graph.sum(small(graph, x), 1, true),
  // which of several numbers is the largest when one is NaN depends on the instructions that ONNX Runtime was built for
  ReduceMax: (graph, x) => graph.max(small(graph, x), 1, false),
  ArgMax: (graph, x) => graph.argmax(x),
  'ArgMax, last of equal ones': (graph, x) =>
    graph.node('ArgMax', [x], 'int64', { axis: 1, keepdims: 1, select_last_index: 1 }),
  CumSum: (graph, x) => graph.node('CumSum', [small(graph, x), graph.integers([1], [])], 'float64'),
  'CumSum in float32': (graph, x) =>
    graph.cast(graph.node('CumSum', [single(graph, small(graph, x)), graph.integers([1], [])], 'float32'), 'float64'),
  Softmax: (graph, x) => graph.softmax(x),
  LabelEncoder: (graph, x) => encoded(graph, x, [0, 1, Number.NaN, 2], [10, 11, 12, 13]),
};

const number = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 0.5, 2, 1e30, -1e30, Number.NaN, Number.MIN_VALUE),
  fc.double({ min: -10, max: 10, noNaN: true }),
);
const rows = fc.array(number, { minLength: ROWS * COLUMNS, maxLength: ROWS * COLUMNS });
const NUMBERS = [-1.5, 0, 0.25, 2, -3, 1e-3];

let native: Engine;
let other: Engine;
beforeAll(async () => {
  const graph = new GraphBuilder('test'); // one for all, since it takes a while to load
  const x = graph.input('input', 'float64', COLUMNS);
  for (const [name, build] of Object.entries(CASES)) graph.output(name, build(graph, x, NUMBERS), 2);
  const path = join(folder, 'model.onnx');
  writeFileSync(path, serializeModel(graph.finish()));
  native = await createEngine(path, { engine: 'native' });
  other = await createEngine(path, { engine: 'onnxruntime' });
});
afterAll(() => other.close());

test.each(Object.keys(CASES))('%s', async (name) => {
  await fc.assert(
    fc.asyncProperty(rows, async (batch) => {
      const inputs = { input: { type: 'float64', shape: [ROWS, COLUMNS], data: Float64Array.from(batch) } } as const;
      expectSameAnswers(await native.run(inputs, [name]), await other.run(inputs, [name]), `${batch}`);
    }),
    { numRuns: runs(50) },
  );
});

test('every operator but the trees, which have a test of their own, is among these', () => {
  const named = NATIVE_OPERATORS.map((name) => name.replace('ai.onnx.ml.', '')).filter(
    (name) => name !== 'TreeEnsemble',
  );
  expect(named.filter((name) => !(name in CASES))).toEqual([]);
});
