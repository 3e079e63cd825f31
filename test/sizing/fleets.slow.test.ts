import {
  latenessesOf,
  packingDisagreement,
  planForFleet,
  randomFleet,
  servableFleet,
} from '../../testing/sizing/random-fleet';
import { generator } from '../../testing/sizing/simulation';
import { ALL_RUNS } from '../runs';

// proof:fleets does the same for many more, and up to six models
test('the cheapest packing costs what an independent brute force finds, to the cent', () => {
  const random = generator(20261130);
  expect(packingDisagreement(servableFleet(random, 3, 2))).toBeUndefined();
});

test('each model of a fleet keeps its p99 in the simulation', () => {
  const random = generator(20261130);
  const late: number[] = [];
  for (let plans = 0; plans < (ALL_RUNS ? 4 : 2); ) {
    const fleet = randomFleet(random, 2 + Math.floor(3 * random()), 3);
    const plan = planForFleet(fleet);
    if (!plan) continue;
    plans++;
    late.push(...latenessesOf(fleet, plan, 'fair', 2000, random));
  }
  expect(Math.max(...late)).toBeLessThan(1.15);
});
