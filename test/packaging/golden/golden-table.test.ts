import type { Signature } from '../../../lib/model/rows/signature';
import { goldenFromTable } from '../../../lib/packaging/golden/golden-table';

const SIGNATURE: Signature = {
  columns: [{ name: 'x', type: 'float64', missing: true }],
  namedColumns: true,
  inputs: [{ name: 'input', type: 'float64', columns: [0] }],
  outputs: [{ name: 'predict', type: 'float64', width: 1 }],
};

const table = (columns: Record<string, readonly string[]>) => ({
  file: 'golden.csv',
  untyped: true,
  rows: 2,
  columns: Object.entries(columns).map(([name, cells]) => ({ name, cells })),
});

test('takes an empty cell of an answer for NaN', () => {
  const { predict } = goldenFromTable(table({ x: ['1', '2'], predict: ['', '0.5'] }), SIGNATURE);
  expect(predict).toEqual([null, 0.5]);
});

test('reads the labels of several targets', () => {
  const outputs = [{ name: 'predict', type: 'string', width: 2 }] as const;
  const columns = { x: ['1', '2'], predict_0: ['low', 'high'], predict_1: ['no', 'yes'] };
  expect(goldenFromTable(table(columns), { ...SIGNATURE, outputs }).predict).toEqual([
    ['low', 'no'],
    ['high', 'yes'],
  ]);
});

test('refuses what is neither an answer nor missing', () => {
  expect(() => goldenFromTable(table({ x: ['1', '2'], predict: ['a', '1'] }), SIGNATURE)).toThrow(
    expect.objectContaining({ code: 'E_GOLDEN', problems: ['row 0, predict: "a" is no number'] }),
  );
});
