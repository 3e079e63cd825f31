import { addCounts, NO_COUNTS } from '../../../lib/model/instance/shadow-counts';
import { Agreement } from '../../../lib/model/package/agreement';
import type { ComparedOutput } from '../../../lib/model/package/shadow-fit';
import type { Tensor, Tensors } from '../../../lib/model/rows/tensor';

const numbers = (values: number[], width?: number): Tensor => ({
  type: 'float64',
  shape: width === undefined ? [values.length] : [values.length / width, width],
  data: Float64Array.from(values),
});
const texts = (values: string[]): Tensor => ({ type: 'string', shape: [values.length], data: values });

function counted(compared: ComparedOutput[], served: Tensors, shadow: Tensors, tolerance = 0.01) {
  const agreement = new Agreement(compared, tolerance);
  const rows = Object.values(served)[0]!.shape[0]!;
  agreement.add({ requestId: 'a', places: Array.from({ length: rows }, (_, i) => i), served, shadow });
  return agreement.take();
}

const PREDICT: ComparedOutput = { method: 'predict', kind: 'numbers', places: [0] };

test('numbers agree within their share of the served one', () => {
  const served = { predict: numbers([100, 100, -100, 0, 0, 1e-3]) };
  const shadow = { predict: numbers([101, 101.1, -99, 0, 1e-9, 1.001e-3]) };
  const counts = counted([PREDICT], served, shadow);
  expect(counts).toMatchObject({ rows: 6, agreeingRows: 4, outputs: { predict: { rows: 6, agreeing: 4 } } });
  expect(counts.outputs.predict!.largest).toBeCloseTo(1.1);
  expect(counts.largest.map(({ row }) => row)).toEqual([1, 0, 2, 5, 4]);
});

test('what is no number in one of them agrees with what is none in the other alone', () => {
  const counts = counted(
    [PREDICT],
    { predict: numbers([Number.NaN, Number.NaN, 1, Number.POSITIVE_INFINITY]) },
    { predict: numbers([Number.NaN, 1, Number.NaN, Number.POSITIVE_INFINITY]) },
  );
  expect(counts).toMatchObject({ rows: 4, agreeingRows: 2 });
  expect(counts.largest.map(({ row, difference }) => [row, difference])).toEqual([
    [1, null],
    [2, null],
  ]);
  expect(counts.outputs.predict!.sumOfDifferences).toBe(0);
});

test('probabilities agree within the tolerance itself, each with that of its class', () => {
  const proba: ComparedOutput = { method: 'predict_proba', kind: 'probabilities', places: [1, 0] };
  const served = { predict_proba: numbers([0.002, 0.998, 0.5, 0.5], 2) };
  const shadow = { predict_proba: numbers([0.99, 0.01, 0.4, 0.6], 2) };
  expect(counted([proba], served, shadow)).toMatchObject({ rows: 2, agreeingRows: 1 });
});

test('labels are counted by pairs, and a row agrees when all of its outputs do', () => {
  const labels: ComparedOutput = { method: 'predict', kind: 'labels', places: [0] };
  const score: ComparedOutput = { method: 'decision_function', kind: 'numbers', places: [0] };
  const counts = counted(
    [labels, score],
    { predict: texts(['yes', 'no', 'no']), decision_function: numbers([1, 1, 1]) },
    { predict: texts(['yes', 'yes', 'no']), decision_function: numbers([1, 1, 2]) },
  );
  expect(counts).toMatchObject({ rows: 3, agreeingRows: 1 });
  expect(counts.confusion).toEqual([
    ['yes', 'yes', 1],
    ['no', 'yes', 1],
    ['no', 'no', 1],
  ]);
});

test('counts of many processes and minutes add up, and stay bounded', () => {
  const labels: ComparedOutput = { method: 'predict', kind: 'labels', places: [0] };
  let sum = NO_COUNTS;
  for (let i = 0; i < 300; i++) {
    sum = addCounts(sum, counted([labels], { predict: texts([`a${i}`, 'b']) }, { predict: texts(['c', 'b']) }));
  }
  expect(sum).toMatchObject({ rows: 600, agreeingRows: 300 });
  expect(sum.confusion.length).toBeLessThanOrEqual(102);
  expect(sum.confusion.reduce((rows, [, , count]) => rows + count, 0)).toBe(600);
  expect(sum.confusion.find(([served]) => served === 'b')).toEqual(['b', 'b', 300]);
  expect(sum.largest).toHaveLength(10);
});
