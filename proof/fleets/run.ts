/**
 * The proof of fleets that several models share: the cheapest packing of random models against a brute force over all of their
 * partitions, and each model's p99 against a simulation of every request.
 *
 *     npm run proof:fleets [-- --packings 20] [-- --plans 100] [-- --seed 7]
 */
import { parseArgs } from 'node:util';
import {
  latenessesOf,
  packingDisagreement,
  planForFleet,
  randomFleet,
  servableFleet,
} from '../../testing/sizing/random-fleet';
import { generator } from '../../testing/sizing/simulation';
import { Report } from '../report';

/** Of the model of a fleet that has fewest: as many of them decide a 99th percentile, and of one that says more than was promised. */
const REQUESTS = 4000;
const DOUBTFUL_REQUESTS = 20_000;
const KEPT_SHARE = 0.98;
const WORST = 1.15;
/** Types of a catalogue. The brute force takes as long as all of their counts and workers take, for each of 63 groups of six. */
const TYPES = { packing: 2, plan: 3 };

const { values } = parseArgs({
  options: {
    packings: { type: 'string', default: '20' },
    plans: { type: 'string', default: '100' },
    seed: { type: 'string', default: '20261130' },
  },
});
const random = generator(Number(values.seed));
const report = new Report(console.log);

const packings = Number(values.packings);
report.section(`${packings} packings of three to six models`);
const wrong: string[] = [];
for (let i = 0; i < packings; i++) {
  const says = packingDisagreement(servableFleet(random, 3 + (i % 4), TYPES.packing));
  if (says) wrong.push(`packing ${i}: ${says}`);
}
report.check(wrong.length === 0, 'each costs what the brute force finds, to the cent', wrong.slice(0, 5).join('; '));

const plans = Number(values.plans);
report.section(`simulated p99 over the promised one, of each model of ${plans} fleets of two to five`);
const ratios: number[] = [];
for (let count = 0; count < plans; ) {
  const fleet = randomFleet(random, 2 + Math.floor(4 * random()), TYPES.plan);
  const plan = planForFleet(fleet);
  if (!plan) continue;
  count++;
  const first = latenessesOf(fleet, plan, 'fair', REQUESTS, random);
  const late = first.some((ratio) => ratio > 1);
  ratios.push(...(late ? latenessesOf(fleet, plan, 'fair', DOUBTFUL_REQUESTS, random) : first));
}
ratios.sort((a, b) => a - b);
const kept = ratios.filter((ratio) => ratio <= 1).length / ratios.length;
const worst = ratios.at(-1)!;
report.check(
  kept >= KEPT_SHARE && worst <= WORST,
  'workers that share their time fairly',
  `kept by ${(100 * kept).toFixed(2)} % of ${ratios.length}; worst ${worst.toFixed(2)}`,
);
process.exit(report.close().failed === 0 ? 0 : 1);
