import fc from 'fast-check';
import { expectedShares, populationStabilityIndex } from '../../../lib/model/package/training';
import { runs } from '../../runs';

// numpy 2.4: ((a - e) * np.log(a / e)).sum() for these shares
test.each([
  [[0.25, 0.25, 0.25, 0.25], [0.1, 0.2, 0.3, 0.4], 0.2282],
  [[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1], 0.9129],
  [[0.5, 0.5], [0.5, 0.5], 0],
])('the index of %j against %j is %d, as numpy computes it', (expected, live, index) => {
  const rows = 1e9; // so many that the half rows do not show
  const counts = live.map((share) => share * rows);
  expect(populationStabilityIndex(counts, expected, rows)).toBeCloseTo(index, 4);
});

test('an empty bin is far, not infinitely far', () => {
  const index = populationStabilityIndex([1000, 0], [0.5, 0.5], 1000);
  expect(index).toBeGreaterThan(1);
  expect(Number.isFinite(index)).toBe(true);
});

test('rows drawn from training itself stay well below the threshold from 500 rows on', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (seed) => {
      let state = seed;
      const random = () => {
        state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
        return state / 0x7fffffff;
      };
      const counts = new Array(11).fill(0);
      for (let row = 0; row < 500; row++) counts[Math.min(10, Math.floor(random() * 10))]++;
      const expected = [...new Array(10).fill(0.1), 0];
      expect(populationStabilityIndex(counts, expected, 10_000)).toBeLessThan(0.15);
    }),
    { numRuns: runs(200) },
  );
});

test('the shares of a category are its values, the others, and what is missing', () => {
  const column = { kind: 'category', values: ['a', 'b'], shares: [0.5, 0.2], others: 0.2, missing: 0.1 } as const;
  expect(expectedShares(column)).toEqual([0.5, 0.2, 0.2, 0.1]);
});
