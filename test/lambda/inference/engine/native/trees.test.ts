/** Random ensembles on the tree kernel, held against ONNX Runtime; and ensembles that contradict themselves. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { createEngine } from '../../../../../lambda/inference/engine';
import type { Tree, WeightedTree } from '../../../../../lib/packaging/graph-parts/tree';
import { leafIndex, leafSums } from '../../../../../lib/packaging/graph-parts/tree-ensemble';
import { GraphBuilder, type OnnxAttribute, serializeModel, type Value } from '../../../../../lib/packaging/onnx';
import { temporaryFolder } from '../../../../../testing/temporary-folder';
import { expectSameAnswers } from '../both-engines';

const COLUMNS = 3;
const folder = temporaryFolder();
const path = join(folder, 'model.onnx');

jest.setTimeout(30_000); // many small models, on a machine that may be busy

const owner = { file: 'test', damaged: (what: string) => new Error(what) };

function write(build: (graph: GraphBuilder, x: Value<'float64'>) => Value<'float64'>): void {
  const graph = new GraphBuilder('test');
  graph.output('predict', build(graph, graph.input('input', 'float64', COLUMNS)), 2);
  writeFileSync(path, serializeModel(graph.finish()));
}

async function compare(numbers: readonly number[]): Promise<void> {
  const rows = numbers.length / COLUMNS;
  const [native, other] = [
    await createEngine(path, { engine: 'native' }),
    await createEngine(path, { engine: 'onnxruntime' }),
  ];
  const inputs = { input: { type: 'float64', shape: [rows, COLUMNS], data: Float64Array.from(numbers) } } as const;
  expectSameAnswers(await native.run(inputs, ['predict']), await other.run(inputs, ['predict']), `${numbers}`);
  await other.close();
}

/** Few different numbers, so that many are just what a tree compares with. */
const threshold = fc.constantFrom(-2, -1, -0.5, 0, 0.1, 1, 2, 1e30);
const feature = fc.oneof(
  threshold,
  fc.constantFrom(Number.NaN, -0, 3, 3.5, 0.1 + 2 ** -56, -1e300, Number.POSITIVE_INFINITY),
);

/** Sets of categories. Who asks for them has made integers of the column first: ONNX Runtime takes -0.5 for a 0. */
const memberSet = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 4 });
const category = fc.oneof(fc.integer({ min: -2, max: 45 }), fc.constantFrom(Number.NaN, 63, 64, 100));

/** Grown node by node: each answer says which leaf splits next, by what. */
const treeWith = (set: fc.Arbitrary<number[] | null>): fc.Arbitrary<Tree> =>
  fc
    .array(
      fc.record({
        leaf: fc.nat(),
        column: fc.nat(COLUMNS - 1),
        threshold,
        missingLeft: fc.boolean(),
        members: set,
      }),
      { maxLength: 12 },
    )
    .map((splits) => {
      const nodes: {
        left: number;
        right: number;
        column: number;
        threshold: number;
        missing: number;
        members?: number[];
      }[] = [];
      const grow = () => nodes.push({ left: -1, right: -1, column: -2, threshold: -2, missing: 0 }) - 1;
      grow();
      for (const split of splits) {
        const leaves = nodes.flatMap(({ left }, i) => (left === -1 ? [i] : []));
        const node = nodes[leaves[split.leaf % leaves.length]!]!;
        Object.assign(node, { column: split.column, threshold: split.threshold, missing: Number(split.missingLeft) });
        if (split.members) node.members = split.members;
        node.left = grow();
        node.right = grow();
      }
      return {
        left: Float64Array.from(nodes, ({ left }) => left),
        right: Float64Array.from(nodes, ({ right }) => right),
        feature: Float64Array.from(nodes, ({ column }) => column),
        threshold: Float64Array.from(nodes, (node) => node.threshold),
        missingLeft: Float64Array.from(nodes, ({ missing }) => missing),
        members: nodes.map(({ members }) => members),
      };
    });

const tree = treeWith(fc.constant(null));

/** Trees with the rows to evaluate. */
const problem = (one: fc.Arbitrary<Tree>, field: fc.Arbitrary<number>) =>
  fc.tuple(
    fc.array(one, { minLength: 1, maxLength: 20 }),
    fc
      .integer({ min: 1, max: 20 })
      .chain((count) => fc.array(field, { minLength: count * COLUMNS, maxLength: count * COLUMNS })),
  );
const anyProblem = fc.oneof(problem(tree, feature), problem(treeWith(fc.option(memberSet)), category));

/** What node `i` of tree `t` says: numbers that a float32 does not hold. */
const said = (t: number, i: number) => Math.sin(t * 31 + i) * 10;

test('sums of leaves, for one target and for several', async () => {
  await fc.assert(
    fc.asyncProperty(anyProblem, fc.integer({ min: 1, max: 3 }), async ([trees, numbers], targets) => {
      const weighted: WeightedTree[] = trees.map((one, t) => ({
        ...one,
        target: t % targets,
        weights: Float64Array.from(one.left, (_, i) => said(t, i)),
      }));
      write((graph, x) => leafSums(graph, owner, weighted, { value: x, width: COLUMNS, targets }));
      await compare(numbers);
    }),
    { numRuns: 25 },
  );
});

test('rows of a table by the leaves, added up over the trees', async () => {
  await fc.assert(
    fc.asyncProperty(anyProblem, fc.integer({ min: 1, max: 3 }), async ([trees, numbers], width) => {
      write((graph, x) => {
        const leaf = leafIndex(graph, owner, trees, { value: x, width: COLUMNS });
        const table = graph.doubles(
          Float64Array.from({ length: leaf.count * width }, (_, i) => said(1, i)),
          [leaf.count, width],
        );
        return graph.divide(graph.sum(graph.gather(table, leaf.value), 1, false), graph.doubles([trees.length]));
      });
      await compare(numbers);
    }),
    { numRuns: 15 },
  );
});

test('sums that are rounded to float32 at every tree, in groups', async () => {
  await fc.assert(
    fc.asyncProperty(anyProblem, fc.integer({ min: 1, max: 3 }), async ([trees, numbers], groups) => {
      const all = Array.from({ length: groups }, () => trees).flat();
      const weighted = all.map((one, t) => ({
        ...one,
        target: t,
        weights: Float64Array.from(one.left, (_, i) => said(t, i)),
      }));
      write((graph, x) => {
        const sums = graph.cast(
          leafSums(graph, owner, weighted, { value: x, width: COLUMNS, targets: all.length }),
          'float32',
        );
        const grouped = graph.reshape(sums, [-1, groups, trees.length]);
        const running = graph.node('CumSum', [grouped, graph.integers([2], [])], 'float32');
        const last = graph.node('Gather', [running, graph.integers([trees.length - 1], [])], 'float32', { axis: 2 });
        return graph.cast(last, 'float64');
      });
      await compare(numbers);
    }),
    { numRuns: 15 },
  );
});

test('many rows at once are what they are one by one', async () => {
  const [trees] = fc.sample(fc.array(tree, { minLength: 9, maxLength: 9 }), 1) as [Tree[]];
  write((graph, x) => {
    const weighted = trees.map((one, t) => ({
      ...one,
      target: 0,
      weights: Float64Array.from(one.left, (_, i) => said(t, i)),
    }));
    return leafSums(graph, owner, weighted, { value: x, width: COLUMNS, targets: 1 });
  });
  const engine = await createEngine(path, { engine: 'native' });
  const numbers = Float64Array.from({ length: 500 * COLUMNS }, (_, i) => Math.sin(i) * 3);
  const run = async (data: Float64Array): Promise<unknown[]> => {
    const inputs = { input: { type: 'float64', shape: [data.length / COLUMNS, COLUMNS], data } } as const;
    return Array.from((await engine.run(inputs, ['predict'])).predict!.data as Float64Array);
  };
  const together = await run(numbers);
  for (let row = 0; row < 500; row += 7) {
    expect(await run(numbers.slice(row * COLUMNS, (row + 1) * COLUMNS))).toEqual([together[row]]);
  }
});

describe('an ensemble that contradicts itself is refused, before any engine runs it:', () => {
  const doubles = (numbers: readonly number[]) => ({
    type: 'float64' as const,
    shape: [numbers.length],
    bytes: new Uint8Array(Float64Array.from(numbers).buffer),
  });
  /** Two nodes and three leaves. */
  const sound: Record<string, OnnxAttribute> = {
    leaf_targetids: [0, 0, 0],
    leaf_weights: doubles([1, 2, 3]),
    n_targets: 1,
    nodes_falseleafs: [0, 1],
    nodes_falsenodeids: [1, 2],
    nodes_featureids: [0, 1],
    nodes_missing_value_tracks_true: [0, 0],
    nodes_modes: { type: 'uint8', shape: [2], bytes: Uint8Array.of(0, 0) },
    nodes_splits: doubles([0, 1]),
    nodes_trueleafs: [1, 1],
    nodes_truenodeids: [0, 1],
    tree_roots: [0],
  };
  const engineOf = (changes: Record<string, OnnxAttribute>) => {
    write((graph, x) => graph.mlNode('TreeEnsemble', [x], 'float64', { ...sound, ...changes }));
    return createEngine(path);
  };

  test('and one that does not is not', async () => {
    expect((await engineOf({})).name).toMatch(/^native/);
  });

  test.each<[string, Record<string, OnnxAttribute>, string]>([
    ['a cycle', { nodes_falsenodeids: [0, 2] }, 'two ways lead to node 0'],
    ['a child that is not there', { nodes_falsenodeids: [7, 2] }, 'leads to node 7 of 2'],
    ['a negative child', { nodes_falsenodeids: [-1, 2] }, 'leads to node -1 of 2'],
    ['a leaf that is not there', { nodes_truenodeids: [99, 1] }, 'leads to leaf 99 of 3'],
    ['a root that is not there', { tree_roots: [2] }, 'leads to node 2 of 2'],
    ['a root twice', { tree_roots: [0, 0] }, 'two ways lead to node 0'],
    ['a column that is not there', { nodes_featureids: [0, 2 ** 31 - 1] }, 'asks for column 2147483647 of 3'],
    ['a negative column', { nodes_featureids: [0, -1] }, 'asks for column -1 of 3'],
    ['lists of different lengths', { nodes_featureids: [0] }, 'there are 1 nodes of trees, and 2 of their'],
    ['a leaf for a sum that is not there', { leaf_targetids: [0, 1, 0] }, 'a leaf adds to sum 1 of 1'],
    ['leaves without numbers', { leaf_weights: doubles([1, 2]) }, 'has wrong leaves'],
    [
      'members that are missing',
      { nodes_modes: { type: 'uint8', shape: [2], bytes: Uint8Array.of(6, 0) }, membership_values: doubles([1]) },
      'the members that a node asks for are missing',
    ],
  ])('%s', async (_, changes, message) => {
    await expect(engineOf(changes)).rejects.toMatchObject({
      code: 'E_PACKAGE',
      message: expect.stringContaining(message),
    });
    await expect(engineOf(changes)).rejects.toThrow(`${path}: is damaged`);
  });
});
