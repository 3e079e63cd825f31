import { distances } from '../../../lib/packaging/graph-parts/distance';
import { expit } from '../../../lib/packaging/graph-parts/probability';
import type { GraphBuilder, Value } from '../../../lib/packaging/onnx';
import { countTies, numbered } from '../../../lib/packaging/sklearn/neighbours/neighbor-ties';
import { evaluate } from '../evaluate';

/** The elements of the output. */
async function numbers(...given: Parameters<typeof evaluate>): Promise<number[]> {
  return Array.from((await evaluate(...given)).data, Number);
}

/** Halves what is above 1, round after round. */
const halved = (limit: number) => (graph: GraphBuilder, x: Value<'float64'>) => {
  const doubled = graph.add(x, x); // the body uses a value from around it, too
  const half = graph.divide(doubled, graph.doubles([2]));
  return graph.loop(limit, half, (body, value) => {
    const next = body.where(body.greater(value, body.doubles([1])), body.divide(value, body.doubles([2])), value);
    const above = body.cast(
      body.greater(body.max(body.add(next, body.multiply(doubled, body.doubles([0]))), 0, false), body.doubles([1])),
      'float64',
    );
    return { next, again: body.greater(above, body.doubles([0])) };
  });
};

test('loops until no row asks for another round', async () => {
  expect(await numbers(halved(100), [[8], [0.5], [3]], 2)).toEqual([1, 0.5, 0.75]);
});

test('loops no longer than its limit', async () => {
  expect(await numbers(halved(2), [[8], [0.5], [3]], 2)).toEqual([2, 0.5, 0.75]);
});

test('finds the smallest of a row, the first of equal ones first', async () => {
  const rows = [
    [3, 1, 2, 1],
    [5, 5, 5, 4],
  ];
  expect(await numbers((graph, x) => graph.topK(x, 3, 'smallest')[0], rows, 3)).toEqual([1, 1, 2, 4, 5, 5]);
  expect(await numbers((graph, x) => graph.topK(x, 3, 'smallest')[1], rows, 3)).toEqual([1, 3, 2, 3, 0, 1]);
});

test('keeps the digits of a logistic function that is almost 0', async () => {
  const [tiny, half, one] = await numbers((graph, x) => expit(graph, x), [[-40], [0], [800]], 1);
  expect(tiny! / Math.exp(-40)).toBeCloseTo(1, 12);
  expect([half, one]).toEqual([0.5, 1]);
});

test.each([
  ['squared-euclidean', [25, 0]],
  ['manhattan', [7, 0]],
  ['chebyshev', [4, 0]],
] as const)('computes %s distances, whether at once or column by column', async (metric, expected) => {
  const points = { values: Float64Array.from([4, 6, 1, 2]), count: 2, width: 2 };
  for (const inOrder of [true, false]) {
    const build = (graph: GraphBuilder, x: Value<'float64'>) => distances(graph, x, points, { metric, inOrder });
    expect(await numbers(build, [[1, 2]], 2)).toEqual(expected);
  }
});

test('splits the columns of many points, with the same distances', async () => {
  const points = Float64Array.from({ length: 5000 * 3 }, (_, i) => i % 7);
  const [first, , last] = [0, 0, 4999].map((row) =>
    [0, 1, 2].reduce((sum, column) => sum + (points[row * 3 + column]! - column) ** 2, 0),
  );
  const all = { values: points, count: 5000, width: 3 };
  const got = await numbers((graph, x) => distances(graph, x, all, { metric: 'squared-euclidean' }), [[0, 1, 2]], 5000);
  expect([got[0], got[4999]]).toEqual([first, last]);
});

describe('ties among neighbours', () => {
  const grid = (answers: readonly number[]) => ({
    values: Float64Array.from([0, 0, 0, 1, 1, 0, 1, 1, 5, 5]),
    count: 5,
    width: 2,
    answers,
    products: false,
  });
  const [different, same] = [
    [0, 1, 2, 3, 4],
    [7, 7, 7, 7, 7],
  ];

  test('are found where the answers differ', () => {
    expect(countTies(grid(different), 2, 'squared-euclidean').ties).toBeGreaterThan(0);
  });

  test('do not matter where all answer alike, or where all rows are neighbours', () => {
    expect(countTies(grid(same), 2, 'squared-euclidean').ties).toBe(0);
    expect(countTies(grid(different), 5, 'squared-euclidean').ties).toBe(0);
  });

  test('are found where products of matrices round distances to the same, and not where differences are squared', () => {
    const values = Float64Array.from({ length: 40 }, (_, i) => 1e8 + Math.sin(i * i)); // squares have an ulp of 2
    const rows = { values, count: 20, width: 2, answers: Array.from({ length: 20 }, (_, i) => i) };
    expect(countTies({ ...rows, products: true }, 3, 'squared-euclidean').ties).toBeGreaterThan(0);
    expect(countTies({ ...rows, products: false }, 3, 'squared-euclidean').ties).toBe(0);
  });

  test('are told by numbers that are the same where answers are', () => {
    expect(numbered(4, (row) => ['a', 'b', 'a', 'c'][row]!)).toEqual([0, 1, 0, 2]);
  });
});
