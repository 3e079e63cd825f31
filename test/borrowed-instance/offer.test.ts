import { offerOf, offerText, typesNamed } from '../../lib/borrowed-instance/offer';
import { loadCatalogue } from '../../lib/sizing';
import { thrownBy } from '../../testing/error-of';

const catalogue = loadCatalogue('us-east-1');

test('types are those of the region, each once', () => {
  const names = typesNamed(['c8g.medium', 'm7a.medium', 'c8g.medium'], catalogue).map(({ name }) => name);
  expect(names).toEqual(['c8g.medium', 'm7a.medium']);
});

test.each([
  ['c8g.medim', /no c8g\.medim with a known price and processor is offered in us-east-1; did you mean c8g\.medium\?/],
  ['g5.xlarge', /g5\.xlarge has a GPU/],
])('%s is refused', (name, message) => {
  const error = thrownBy(() => typesNamed([name], catalogue), 'E_USAGE');
  expect(error.problems.join()).toMatch(message);
});

test('the offer has instances, addresses and volumes, for five minutes and for thirty', () => {
  const [type] = typesNamed(['m7a.medium'], catalogue);
  // 0.05796 + 0.005 + 8 x 0.08 / 730 USD an hour
  expect(offerOf([type!], catalogue, 8)).toEqual({ usualUsd: 0.01, mostUsd: 0.04 });
  expect(offerOf([type!, type!, type!, type!], catalogue, 8)).toEqual({ usualUsd: 0.03, mostUsd: 0.13 });
  expect(offerText([type!], 'us-east-1', { usualUsd: 0.01, mostUsd: 0.04 })).toBe(
    '1 x m7a.medium in us-east-1 for about 5 minutes, 30 at the most: about 0.01 USD, 0.04 USD at the most. ' +
      'A bucket and a security group are made with them; all of it is removed afterwards.',
  );
});
