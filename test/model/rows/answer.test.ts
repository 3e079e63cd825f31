import fc from 'fast-check';
import { answers, scalars } from '../../../lib/model/rows/answer';
import type { Label } from '../../../lib/model/rows/signature';
import type { Tensor } from '../../../lib/model/rows/tensor';

test.each([
  ['int64', { type: 'int64', shape: [2], data: BigInt64Array.of(-1n, 9007199254740991n) }, [-1, 9007199254740991]],
  ['bool', { type: 'bool', shape: [2], data: Uint8Array.of(0, 1) }, [false, true]],
  ['string', { type: 'string', shape: [2], data: ['a', ''] }, ['a', '']],
  ['float32', { type: 'float32', shape: [1], data: Float32Array.of(0.5) }, [0.5]],
] as [string, Tensor, Label[]][])('gives %s tensors as JSON values', (_type, tensor, expected) => {
  expect(scalars(tensor)).toEqual(expected);
  expect(answers(tensor)).toEqual(expected);
  expect(JSON.parse(JSON.stringify(answers(tensor)))).toEqual(expected);
});

test('gives one array a row for a tensor of several columns, also when there are no rows', () => {
  const data = Float64Array.of(1, 2, 3, 4, 5, 6);
  expect(answers({ type: 'float64', shape: [3, 2], data })).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  expect(answers({ type: 'float64', shape: [0, 2], data: new Float64Array(0) })).toEqual([]);
});

test('keeps every element, in order', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.integer({ min: 1, max: 5 }), (rows, width) => {
      const data = Float64Array.from({ length: rows * width }, (_, i) => i);
      const rowsOfAnswers = answers({ type: 'float64', shape: [rows, width], data }) as number[][];
      expect(rowsOfAnswers).toHaveLength(rows);
      expect(rowsOfAnswers.flat()).toEqual([...data]);
    }),
  );
});
