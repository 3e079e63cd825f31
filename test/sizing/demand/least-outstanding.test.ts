import { metAt } from '../../../lib/sizing/demand/least-outstanding';
import { responseQuantile } from '../../../lib/sizing/demand/queue';
import { serviceOf } from '../../../lib/sizing/demand/service-time';
import { arrivalsAt, BURSTS } from '../../../lib/sizing/service-level/arrivals';
import { meeting } from '../../../testing/sizing/oracle-nodes';
import { LAWS } from '../../../testing/sizing/random-target';
import { generator, simulatedP99 } from '../../../testing/sizing/simulation';

const UTILISATIONS = [0.2, 0.5, 0.7, 0.84];

test.each([
  [2, 1, 2],
  [13, 1, 3],
  [10, 4, 3],
  [3, 8, 12],
  [60, 1, 20],
])('%d instances of %d workers behind %d nodes are as a table of all states has them', (instances, workers, nodes) => {
  for (const utilisation of UTILISATIONS) {
    const { probability, before } = metAt({ instances, workers, nodes }, utilisation);
    const { somebody, howMany } = meeting(instances, workers, nodes, utilisation);
    expect(probability / somebody).toBeCloseTo(1, 4);
    expect(before / howMany).toBeCloseTo(1, 4);
  }
});

test('nodes that have nothing to choose between send as if at random', () => {
  const { probability, before } = metAt({ instances: 1, workers: 3, nodes: 4 }, 0.6);
  expect(probability).toBeCloseTo(0.6, 5);
  expect(before).toBeCloseTo(1 / (1 - 0.6), 3);
});

test('fewer nodes, and more instances, never leave more before a request', () => {
  const waits = (instances: number, workers: number, nodes: number, utilisation: number) => {
    const { probability, before } = metAt({ instances, workers, nodes }, utilisation);
    return probability * before;
  };
  for (const workers of [1, 4]) {
    for (const utilisation of UTILISATIONS) {
      const byNodes = [2, 3, 6, 12, 100].map((nodes) => waits(8, workers, nodes, utilisation));
      const byInstances = [30, 12, 5, 2].map((instances) => waits(instances, workers, 3, utilisation));
      for (const line of [byNodes, byInstances]) {
        expect(line).toEqual([...line].sort((a, b) => a - b));
        expect(line.at(-1)).toBeLessThanOrEqual(utilisation / (1 - utilisation) + 1e-3);
      }
    }
  }
});

test.each([
  ['steady', 13, 1, 3, 0.6],
  ['steady', 4, 4, 2, 0.5],
  ['light', 30, 1, 2, 0.7],
  ['heavy', 6, 2, 4, 0.5],
  ['bursty', 3, 2, 2, 0.5],
] as const)(
  '%s: %d instances of %d workers behind %d nodes, %d busy, keep the p99 of the formula with its margin',
  (name, instances, workers, nodes, utilisation) => {
    const law = LAWS[name]!;
    const service = serviceOf(Float64Array.from({ length: 200 }, (_, i) => law((i + 0.5) / 200)).sort());
    const rate = utilisation / service.meanMs;
    const arrivals = arrivalsAt(BURSTS.usual, instances * workers);
    const random = responseQuantile(service, 1, rate, 0.99, arrivals);
    const balanced = responseQuantile(service, 1, rate, 0.99, {
      ...arrivals,
      balancing: { instances, workers, nodes },
    });
    const simulated = simulatedP99(
      {
        ...{ instances, workers, nodes, runMs: law, routing: 'least outstanding' },
        requestsPerSecond: 1000 * rate * instances * workers,
        bursts: { most: 3, swing: 0.1, shape: 'two rates' },
      },
      40_000,
      generator(11),
    );
    expect(simulated).toBeLessThan(1.15 * Math.min(random, balanced)); // the shorter one counts
  },
);
