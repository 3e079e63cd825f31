import { inCommon, parityError } from '../../../lib/packaging/golden/parity';

const common = (inputs: unknown[], differing: number[]) =>
  inCommon({ inputs, predict: inputs.map(() => 0) }, differing);

test('says that the rows with missing values, and no others, differ, and in which columns', () => {
  const inputs = [
    { age: 1, income: null },
    { age: 2, income: 3 },
    { age: null, income: 3 },
  ];
  expect(common(inputs, [0, 2])).toBe(
    'all rows that differ, and none that hold, have a missing value (in "income", "age")',
  );
});

test('says the same of large numbers', () => {
  expect(
    common(
      [
        [1, 2],
        [1, -(2 ** 25)],
        [3, 4],
      ],
      [1],
    ),
  ).toBe(
    'all rows that differ, and none that hold, have a number beyond 16777216, where float32 loses digits (in column 1)',
  );
});

test.each([
  ['all rows differ', [[null], [1]], [0, 1]],
  ['a row with missing values holds', [[null], [null], [1]], [0]],
  ['a row without missing values differs', [[null], [1], [2]], [0, 1]],
])('says nothing when %s', (_name, inputs, differing) => {
  expect(common(inputs, differing)).toBeUndefined();
});

test('says what was noticed of the model, which may be why golden rows do not hold', () => {
  const differences = [{ row: 0, method: 'predict', expected: 13964, got: 13968 }] as const;
  const golden = { inputs: [[1]], predict: [13964] };
  const error = parityError(
    'm.joblib',
    golden,
    { differences, maximumDifference: 4 },
    { warnings: ['has huge terms'] },
  );
  expect(error.problems).toEqual(['row 0, predict: expected 13964, got 13968, off by 4.0e+0', 'has huge terms']);
});
