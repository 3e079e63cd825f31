import { alerts, contradict, parseRange } from '../../../lib/watching/check/range';
import { thrownBy } from '../../../testing/error-of';

const range = (text: string) => parseRange(text, '-w');

// the table of the guidelines, "Threshold and Ranges"
test.each([
  ['10', [-1, 11], [0, 5, 10]],
  ['10:', [9.9, -3], [10, 1e9]],
  ['~:10', [10.1], [-1e9, 10]],
  ['10:20', [9, 21], [10, 15, 20]],
  ['@10:20', [10, 15, 20], [9, 21]],
  ['0.5:1.5', [0.4, 1.6], [1]],
  ['-5:5', [-6, 6], [0]],
])('%s alerts for %p and not for %p', (text, alerting, fine) => {
  for (const value of alerting) expect([value, alerts(range(text), value)]).toEqual([value, true]);
  for (const value of fine) expect([value, alerts(range(text), value)]).toEqual([value, false]);
});

test.each(['', ':', '@', 'ten', '20:10', '1:2:3', '5 %', '10,20'])('%p is no range', (text) => {
  expect(thrownBy(() => range(text))).toMatchObject({
    code: 'E_USAGE',
    message: expect.stringContaining(`-w ${text}`),
  });
});

test.each([
  ['90', '80', true],
  ['80', '90', false],
  ['80', '80', false],
  ['7:', '30:', true],
  ['30:', '7:', false],
  ['10:20', '~:90', false],
  ['@10:20', '5', false],
])('-w %s and -c %s contradict: %s', (warning, critical, expected) => {
  expect(contradict(range(warning), range(critical))).toBe(expected);
});
