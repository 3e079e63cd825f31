import { cheapestGrouping } from '../../../lib/sizing/search/grouping';
import { partitions } from '../../../testing/sizing/oracle-fleets';
import { generator } from '../../../testing/sizing/simulation';

/** Costs of groups as fleets have them: a part that is there once, one of each, and one that grows with what does not fit. */
function randomCosts(count: number, random: () => number) {
  const known = new Map<string, number>();
  const own = Array.from({ length: count }, random);
  return (group: readonly number[]) => {
    const key = group.join();
    const size = group.reduce((sum, i) => sum + own[i]!, 0);
    const cost = group.length > 1 && random() < 0.1 ? Number.POSITIVE_INFINITY : 1 + size * random() * (1 + size);
    known.set(key, known.get(key) ?? cost);
    return known.get(key)!;
  };
}

test('up to six the cheapest of all partitions is found', () => {
  const random = generator(20261130);
  for (let run = 0; run < 40; run++) {
    const count = 1 + Math.floor(6 * random());
    const cost = randomCosts(count, random);
    const all = [...partitions(Array.from({ length: count }, (_, i) => i))];
    const ascending = (group: readonly number[]) => [...group].sort((a, b) => a - b);
    const costs = all.map((parts) => parts.reduce((sum, part) => sum + cost(ascending(part)), 0));
    const found = cheapestGrouping(count, cost);
    expect(found.cost).toBeCloseTo(Math.min(...costs), 9);
    expect(found.groups.flat().sort()).toEqual(Array.from({ length: count }, (_, i) => i));
  }
});

test('beyond, little is lost', () => {
  const random = generator(20261130);
  const over: number[] = [];
  for (let run = 0; run < 30; run++) {
    const work = Array.from({ length: 8 }, () => random() ** 2);
    // instances of one size, and the work that each takes
    const cost = (group: readonly number[]) =>
      5 * Math.ceil(group.reduce((sum, i) => sum + work[i]!, 0)) + group.length;
    const [best, found] = [cheapestGrouping(8, cost, 8), cheapestGrouping(8, cost, 1)];
    expect(found.groups.flat().sort()).toEqual(work.map((_, i) => i));
    over.push(found.cost / best.cost);
  }
  expect(Math.min(...over)).toBeGreaterThanOrEqual(1 - 1e-9);
  expect(over.filter((ratio) => ratio < 1 + 1e-9).length).toBeGreaterThan(24);
});

test('what cannot be served at all costs without end, and is still told as groups', () => {
  expect(cheapestGrouping(2, () => Number.POSITIVE_INFINITY)).toEqual({
    groups: [[0], [1]],
    cost: Number.POSITIVE_INFINITY,
  });
});
