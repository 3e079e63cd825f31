import fc from 'fast-check';
import { isCovered } from '../../lib/config/wildcards';

/** Whether a text fits a pattern, as a regular expression has it. */
const fits = (text: string, pattern: string) =>
  new RegExp(`^${[...pattern].map((one) => (one === '*' ? '.*' : one === '?' ? '.' : `\\${one}`)).join('')}$`).test(
    text,
  );

const pattern = fc.array(fc.constantFrom('/', '-', '*', '?'), { maxLength: 6 }).map((parts) => parts.join(''));
const text = fc.array(fc.constantFrom('/', '-'), { maxLength: 8 }).map((parts) => parts.join(''));

test('a pattern that covers another fits each text that fits the other', () => {
  fc.assert(
    fc.property(pattern, pattern, text, (one, by, sample) => {
      if (isCovered(one, by) && fits(sample, one)) expect(fits(sample, by)).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

test('of a text it is whether that fits', () => {
  fc.assert(
    fc.property(text, pattern, (one, by) => expect(isCovered(one, by)).toBe(fits(one, by))),
    { numRuns: 2000 },
  );
});

test.each([
  ['/titanic/*', '/titanic*', true],
  ['/titanic', '/titanic/*', false],
  ['/titanic/*', '/*', true],
  ['a.example.com', '*.example.com', true],
  ['*.example.com', 'a.example.com', false],
  ['*', '?', false],
  ['/a?', '/a*', true],
])('%s by %s', (one, by, expected) => {
  expect(isCovered(one, by)).toBe(expected);
});
