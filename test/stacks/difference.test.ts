import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { difference, type Json } from './difference';

test('shows the place, what stood there, and what stands there now', () => {
  const prod = { Alarm: { Threshold: 0.04, Tags: [{ Key: 'Name', Value: 'prod' }] }, Table: { Type: 'A' } };
  const staging = { Alarm: { Threshold: 0.1, Tags: [{ Key: 'Name', Value: 'staging' }], Period: 60 } };
  expect(difference(prod, staging)).toBe(
    `Alarm > Period
  + 60
Alarm > Tags > 0 > Value
  - "prod"
  + "staging"
Alarm > Threshold
  - 0.04
  + 0.1
Table
  - {
  -   "Type": "A"
  - }`,
  );
});

test('shows a line more in a list as one line, not as a change of all that follow', () => {
  expect(difference({ Script: ['a', 'b', 'c'] }, { Script: ['a', 'x', 'b', 'c'] })).toBe('Script > from 1\n  + "x"');
});

test('is empty for the same template alone, and differs where what it leads to differs', () => {
  const key = fc.stringMatching(/^[A-Za-z:]{1,3}$/);
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, true, 0, 1, '', 'a', 'a\nb'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(value, value, value, (first, second, third) => {
      const [a, b, c] = [first, second, third] as [Json, Json, Json];
      expect(difference(a, a)).toBe('');
      expect(difference(a, b) === difference(a, c)).toBe(isDeepStrictEqual(b, c));
    }),
  );
});
