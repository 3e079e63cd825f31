import { naturalLogarithm } from '../../../lib/packaging/graph-parts/natural-logarithm';
import { numpySum } from '../../../lib/packaging/graph-parts/numpy-sum';

test.each([
  // numpy 2.4: numpy.sum of 0.1 repeated
  [7, 0.7],
  [8, 0.8],
  [10, 1.0],
  [100, 9.999999999999998],
  [300, 29.999999999999996],
])('adds up %i tenths as numpy does', (count, sum) => {
  expect(numpySum(new Float64Array(count).fill(0.1))).toBe(sum);
});

test.each([
  // the logarithms to 40 digits, rounded by Python's float()
  [1, 0],
  [6, 1.791759469228055],
  [3, 1.0986122886681098],
  [255, 5.541263545158426],
  [1000, 6.907755278982137],
  [9007199254740991, 36.7368005696771],
])('rounds the logarithm of %i correctly', (value, logarithm) => {
  expect(naturalLogarithm(value)).toBe(logarithm);
});
