import fc from 'fast-check';
import { JsonEntries, type JsonPath } from '../../../lib/sizing/catalogue/refresh/json-entries';
import { runs } from '../../runs';

const WANTED: readonly JsonPath[] = [['date'], ['products', '*'], ['terms', 'OnDemand', '*']];

function read(
  text: string,
  lengths: readonly number[] = [text.length],
): { entries: [string, unknown][]; finished: boolean } {
  const entries: [string, unknown][] = [];
  const reader = new JsonEntries(WANTED, ['terms', 'OnDemand'], (path, value) => entries.push([path.join('/'), value]));
  for (let at = 0, i = 0; at < text.length; i++) {
    const length = lengths[i % lengths.length]!;
    reader.write(text.slice(at, at + length));
    at += length;
  }
  return { entries, finished: reader.finished };
}

test('gives the wanted values whatever the document holds and wherever it is cut', () => {
  const objects = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>, { maxKeys: 4 });
  fc.assert(
    fc.property(
      fc.record({ date: fc.jsonValue(), other: fc.jsonValue({ maxDepth: 3 }), products: objects, on: objects }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(0, 1),
      ({ date, other, products, on }, lengths, indent) => {
        const document = { date, other, products, terms: { Before: other, OnDemand: on, Reserved: other } };
        const expected = JSON.parse(JSON.stringify(document)) as typeof document;
        const { entries, finished } = read(JSON.stringify(document, null, indent), lengths);
        expect(finished).toBe(true);
        expect(entries).toEqual([
          ['date', expected.date],
          ...Object.entries(expected.products).map(([key, value]) => [`products/${key}`, value]),
          ...Object.entries(expected.terms.OnDemand).map(([key, value]) => [`terms/OnDemand/${key}`, value]),
        ]);
      },
    ),
    { numRuns: runs(300), seed: 20260720 },
  );
});

test('is finished where the last wanted object ends, and not before', () => {
  const text = '{"products": {"a": 1}, "terms": {"OnDemand": {"b": [2, {"c": "}"}]}, "Reserved": {';
  expect(read(text)).toEqual({
    entries: [
      ['products/a', 1],
      ['terms/OnDemand/b', [2, { c: '}' }]],
    ],
    finished: true,
  });
  expect(read(text.slice(0, text.indexOf(', "Reserved"') - 1)).finished).toBe(false);
});

test.each([
  '{"products" 1}',
  '{"products": {"a": 1 "b": 2}}',
  '{"terms": {"OnDemand": {"x": nonsense}}}',
  '{products: 1}',
])('refuses %s', (text) => {
  expect(() => read(text)).toThrow(SyntaxError);
});
