import { encodeRows } from '../../lib/model/rows/row';
import type { Signature } from '../../lib/model/rows/signature';
import { batchOf, sampleRows } from '../../lib/profiling/sample-rows';

const signature: Signature = {
  columns: [
    { name: 'age', type: 'float64', missing: true },
    { name: 'income', type: 'float32', missing: false, maximum: 10 },
    { name: 'visits', type: 'int64', missing: false },
    { name: 'member', type: 'bool', missing: false },
    { name: 'city', type: 'string', missing: false },
  ],
  namedColumns: true,
  inputs: [
    { name: 'age', type: 'float64', columns: [0] },
    { name: 'income', type: 'float32', columns: [1] },
    { name: 'visits', type: 'int64', columns: [2] },
    { name: 'member', type: 'bool', columns: [3] },
    { name: 'city', type: 'string', columns: [4] },
  ],
  outputs: [{ name: 'predict', type: 'float64', width: 1 }],
};

test('rows are made that fit every type of column, the same each time', () => {
  const rows = sampleRows(signature);
  expect(encodeRows(signature, rows).age!.shape).toEqual([rows.length, 1]);
  expect(sampleRows(signature)).toEqual(rows);
  expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(rows.length);
});

test('rows keep to the values that a column allows', () => {
  const limited: Signature = {
    ...signature,
    columns: [
      { name: 'rooms', type: 'float64', missing: false, categories: [1, 2, 7] },
      { name: 'income', type: 'float64', missing: false, above: 0 },
      { name: 'city', type: 'string', missing: false, categories: ['Oslo', 'Bergen'] },
      { name: 'id', type: 'string', missing: true, unused: true },
    ],
    inputs: [
      { name: 'input', type: 'float64', columns: [0, 1] },
      { name: 'text', type: 'string', columns: [2] },
    ],
  };
  expect(encodeRows(limited, sampleRows(limited)).text!.shape).toEqual([64, 1]);
});

test('golden rows are used where there are any', () => {
  const inputs = [[1, 2, 3, true, 'x']];
  expect(sampleRows(signature, { inputs, predict: [1] })).toBe(inputs);
});

test('a batch begins again where the rows end', () => {
  expect(batchOf(['a', 'b', 'c'], 2, 4)).toEqual(['c', 'a', 'b', 'c']);
});
