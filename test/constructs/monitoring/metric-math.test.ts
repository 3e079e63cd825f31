import { evaluate } from './metric-math';

const series = { a: [1, undefined, 3], b: [2, 2, 0] };

test.each([
  ['a + b * 2', [5, undefined, 3]],
  ['(a + b) * 2', [6, undefined, 6]],
  ['a - b - 1', [-2, undefined, 2]],
  ['a / b', [0.5, undefined, undefined]],
  ['FILL(a, 7) + b', [3, 9, 3]],
  ['FILL(never, 0) + b', [2, 2, 0]],
  ['IF(a > b, a, 0)', [0, undefined, 3]],
  ['IF(a <= 1, 10, b)', [10, undefined, 0]],
])('%s', (expression, expected) => expect(evaluate(expression, series, 3)).toEqual(expected));

test.each(['a +', 'a b', 'AVG(a)', 'a ^ b', '(a'])('does not make up what it does not know: %s', (expression) => {
  expect(() => evaluate(expression, series, 3)).toThrow(/cannot|expected|nothing/);
});
