import fc from 'fast-check';
import { SlipwayError } from '../../../lib/model/error';
import { parseCsv } from '../../../lib/packaging/golden/csv';
import { runs } from '../../runs';

const parse = (text: string) => parseCsv(text, 1000, (what) => new SlipwayError('E_GOLDEN', what));

test.each([
  ['a,b\n1,2\n', { a: ['1'], b: ['2'] }],
  ['a,b\r\n1,2\r\n3,4', { a: ['1', '3'], b: ['2', '4'] }],
  ['\uFEFFa\n"x, ""y""\nz"\n', { a: ['x, "y"\nz'] }],
  ['a,b\n,\n\n1,\n', { a: ['', '1'], b: ['', ''] }],
  ['"a","b"\n"",""\n', { a: [''], b: [''] }],
  ['a,b\n1"2,3"\n', { a: ['1"2'], b: ['3"'] }],
])('reads %j', (text, columns) => {
  expect(Object.fromEntries(parse(text).map(({ name, cells }) => [name, cells]))).toEqual(columns);
});

test.each([
  ['a,b\n1\n', 'has 1 values in row 2, and its header has 2 names'],
  ['a\n"x\n', 'has a quoted value without an end'],
  ['a\n"x"y\n', 'has text behind a quoted value'],
  ['a\n\uFFFD\n', 'is not UTF-8'],
  [`a\n${'1\n'.repeat(1001)}`, 'has more than 1000 values'],
])('refuses %j', (text, message) => {
  expect(() => parse(text)).toThrow(message);
});

test('reads whatever is written by the rules', () => {
  const cell = fc.string({ maxLength: 6, unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é') });
  const table = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(table, (rows) => {
      const text = [['p', 'q'], ...rows]
        .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(','))
        .join('\r\n');
      expect(parse(text).map(({ cells }) => cells)).toEqual([rows.map(([p]) => p), rows.map(([, q]) => q)]);
    }),
    { numRuns: runs(300) },
  );
});
