import type { Tree } from '../../../lib/packaging/graph-parts/tree';
import { leafIndex } from '../../../lib/packaging/graph-parts/tree-ensemble';
import type { GraphBuilder, Value } from '../../../lib/packaging/onnx';
import { evaluate } from '../evaluate';

test('computes in double precision', async () => {
  const sum = await evaluate(
    (graph, x) => graph.sum(graph.add(x, graph.doubles([1e-16, 0])), 1, false),
    [[1e-16, 1e-17]],
  );
  expect(sum.data[0]).toBeCloseTo(2.1e-16, 30);
});

test('takes the first of equal maxima, as numpy does', async () => {
  const index = await evaluate(
    (graph, x) => graph.argmax(x),
    [
      [1, 3, 3],
      [2, 2, 2],
      [0, 1, 2],
    ],
  );
  expect([...index.data]).toEqual([1n, 0n, 2n]);
});

test('looks up text, including text beyond ASCII', async () => {
  const labels = await evaluate(
    (graph, x) => graph.gather(graph.texts(['nein', 'jä', '']), graph.argmax(x)),
    [
      [0, 1, 0],
      [0, 0, 1],
    ],
  );
  expect(labels).toEqual({ type: 'string', shape: [2], data: ['jä', ''] });
});

describe('trees', () => {
  const tree = (
    nodes: { left: number; right?: number; feature?: number; threshold?: number; missing?: boolean }[],
  ): Tree => ({
    left: Float64Array.from(nodes, (node) => node.left),
    right: Float64Array.from(nodes, (node) => node.right ?? -1),
    feature: Float64Array.from(nodes, (node) => node.feature ?? -2),
    threshold: Float64Array.from(nodes, (node) => node.threshold ?? -2),
    missingLeft: Float64Array.from(nodes, (node) => Number(node.missing ?? false)),
  });
  const leaf = { left: -1 };
  const owner = { file: 'm.joblib', damaged: (what: string) => new Error(what) };
  const build = (trees: Tree[], width: number) => (graph: GraphBuilder, x: Value<'float64'>) =>
    leafIndex(graph, owner, trees, { value: x, width }).value;

  /** Leaf 0 for x0 <= 0.1; otherwise leaf 1 for x1 <= infinity, with NaN to leaf 2. Leaf 3 is a tree of its own. */
  const trees = [
    tree([
      { left: 1, right: 2, feature: 0, threshold: 0.1, missing: true },
      leaf,
      { left: 3, right: 4, feature: 1, threshold: Infinity },
      leaf,
      leaf,
    ]),
    tree([leaf]),
  ];

  test('lead each row to its leaf, after rounding it to float32', async () => {
    const rounded = Math.fround(0.1); // above 0.1
    const rows = [
      [0.09, 0],
      [0.1, 0],
      [rounded, 0],
      [Number.NaN, 0],
      [1, 1e300],
      [1, Number.NaN],
    ];
    const leaves = await evaluate(build(trees, 2), rows, 2);
    expect(leaves.shape).toEqual([6, 2]);
    expect([...leaves.data]).toEqual([0n, 3n, 1n, 3n, 1n, 3n, 0n, 3n, 1n, 3n, 2n, 3n]);
  });

  /** Node 0, 2, 4, ... split on x0 <= 0, 1, 2, ...; the left child of each is a leaf. */
  const chain = (depth: number) =>
    tree([
      ...Array.from({ length: depth }, (_, i) => [
        { left: 2 * i + 1, right: 2 * i + 2, feature: 0, threshold: i },
        leaf,
      ]).flat(),
      leaf,
    ]);

  test('may be as deep as the limit, and no deeper', async () => {
    const leaves = await evaluate(build([chain(4096)], 1), [[-1], [4095], [5000]]);
    expect([...leaves.data]).toEqual([0n, 4095n, 4096n]);
    await expect(evaluate(build([chain(4097)], 1), [[0]])).rejects.toThrow('has a tree that is too deep');
  });

  test.each([
    ['no nodes', [], 'has no nodes'],
    ['a child beyond its end', [{ left: 1, right: 9, feature: 0 }, leaf], 'node 0 of a tree has a wrong child'],
    ['one child twice', [{ left: 1, right: 1, feature: 0 }, leaf], 'node 0 of a tree has a wrong child'],
    ['a parent that comes later', [{ left: 0, right: 1, feature: 0 }, leaf], 'node 0 of a tree has a wrong child'],
    ['a node of nobody', [leaf, leaf], 'node 1 of a tree belongs to no other'],
    [
      'a column that is not there',
      [{ left: 1, right: 2, feature: 5 }, leaf, leaf],
      'splits on column 5, and there are 1',
    ],
    ['no threshold', [{ left: 1, right: 2, feature: 0, threshold: Number.NaN }, leaf, leaf], 'has no threshold'],
  ])('with %s are refused', async (_what, nodes, message) => {
    await expect(evaluate(build([tree(nodes)], 1), [[0]])).rejects.toThrow(message);
  });
});
