import { configuration, mistakes, read, withLine } from './configuration';

test('discounts are shares of the list price, or what is paid for an hour', () => {
  const line = 'discounts: { m7g: 27 %, c7g.large: 0.052 USD/hour, all: 9% }';
  expect(read(withLine(line)).stages[0]!.serviceLevel.discounts).toEqual({
    m7g: { share: 0.27 },
    'c7g.large': { usdPerHour: 0.052 },
    all: { share: 0.09 },
  });
  expect(read(configuration({})).stages[0]!.serviceLevel.discounts).toBeUndefined();
});

test.each([
  ['discounts: {}', /discounts must name a family/],
  ['discounts: { m7g: 100 % }', /discounts\.m7g must be what is off the list price/],
  ['discounts: { m7g: 0.27 }', /discounts\.m7g must be what is off the list price/],
  ['discounts: { m7g: 0.05 USD/hour }', /discounts\.m7g is a price an hour, which is of one type/],
  ['discounts: { "7": 5 % }', /discounts\.7 is no family/],
])('%s is one mistake, with its line', (line, message) => {
  expect(mistakes(withLine(line))).toEqual([expect.stringMatching(/^10: /)]);
  expect(mistakes(withLine(line))[0]).toMatch(message);
});
