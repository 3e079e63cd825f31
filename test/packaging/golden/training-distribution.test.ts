import type { Column } from '../../../lib/model/rows/signature';
import type { Cell } from '../../../lib/packaging/golden/cell';
import { trainingDistribution } from '../../../lib/packaging/golden/training-distribution';

function distributionOf(column: Partial<Column>, cells: readonly Cell[], untyped = false) {
  const full: Column = { name: 'x', type: 'float64', missing: true, ...column };
  const signature = { columns: [full], namedColumns: true, inputs: [], outputs: [] };
  const table = { file: 't.csv', untyped, columns: [{ name: 'x', cells }], rows: cells.length };
  return trainingDistribution(signature, table).columns[0];
}

test('numbers are kept as deciles, as numpy.quantile(method="inverted_cdf") gives them', () => {
  const cells = Array.from({ length: 25 }, (_, i) => i * i);
  // numpy 2.4: np.quantile(np.arange(25) ** 2, np.arange(1, 10) / 10, method='inverted_cdf')
  const edges = [4, 16, 49, 81, 144, 196, 289, 361, 484];
  const shares = [3, 2, 3, 2, 3, 2, 3, 2, 3, 2].map((count) => count / 25);
  expect(distributionOf({}, cells)).toEqual({ kind: 'number', minimum: 0, maximum: 576, edges, shares, missing: 0 });
});

test('equal deciles become one bin, and a constant column has one', () => {
  expect(distributionOf({}, [1, 1, 1, 1, 1, 1, 1, 1, 1, 5])).toMatchObject({ edges: [1], shares: [0.9, 0.1] });
  expect(distributionOf({}, [7, 7, 7])).toMatchObject({ edges: [], shares: [1], minimum: 7, maximum: 7 });
});

test('missing values are a share of their own, and infinity is in no bin', () => {
  const found = distributionOf({}, ['1', '', 'nan', '2', 'inf'], true);
  expect(found).toMatchObject({ kind: 'number', minimum: 1, maximum: 2, missing: 0.4 });
});

test('texts are counted, the rare ones beyond fifty together', () => {
  const cells = Array.from({ length: 60 }, (_, i) => [`v${i}`, 'often']).flat();
  const found = distributionOf({ type: 'string' }, cells);
  expect(found).toMatchObject({ kind: 'category', others: 0.091667 }); // 11 of 120
  if (found?.kind !== 'category') throw new Error('a category is expected');
  expect(found.values).toHaveLength(50);
  expect(found.values[0]).toBe('often');
  expect(found.shares[0]).toBe(0.5);
});

test('truth values and numbers with categories are categories', () => {
  expect(distributionOf({ type: 'bool' }, ['True', 'False', 'True', 'True'], true)).toMatchObject({
    values: [1, 0],
    shares: [0.75, 0.25],
  });
  expect(distributionOf({ categories: [1, 2] }, [1, 2, 2, null])).toMatchObject({ values: [2, 1], missing: 0.25 });
});

test('a column that the model does not look at, or that had no value, has none', () => {
  expect(distributionOf({ unused: true }, [1, 2])).toBeNull();
  expect(distributionOf({}, [null, null])).toBeNull();
  expect(distributionOf({ type: 'string' }, ['', ''], true)).toBeNull();
});
