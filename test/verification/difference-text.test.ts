import { differenceText } from '../../lib/model/package/difference-text';

test.each([
  ['a label', { row: 3, method: 'predict', expected: 'yes', got: 'no' }, 'row 3, predict: expected "yes", got "no"'],
  [
    'the class that is farthest off',
    { row: 0, method: 'predict_proba', expected: [0.2, 0.5, 0.3], got: [0.2, 0.1, 0.7] },
    'row 0, predict_proba, column 1 (b): expected [0.2,0.5,0.3], got [0.2,0.1,0.7]',
  ],
  [
    'a value that is none',
    { row: 0, method: 'predict_proba', expected: [0.2, 0.8, 0], got: [0.3, null, 0] },
    'row 0, predict_proba, column 1 (b): expected [0.2,0.8,0], got [0.3,null,0]',
  ],
  [
    'an answer of another length',
    { row: 1, method: 'predict_proba', expected: [1, 0], got: [1] },
    'row 1, predict_proba: expected [1,0], got [1]',
  ],
  [
    'text of a server',
    { row: 1, method: 'predict', expected: 'a', got: '\u001b[2J' },
    'row 1, predict: expected "a", got "\\u001b[2J"',
  ],
] as const)('%s', (_, difference, text) => {
  expect(differenceText(difference, ['a', 'b', 'c'])).toBe(text);
});
