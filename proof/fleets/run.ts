/**
 * The proof of fleets that several models share: the cheapest packing of random models against a brute force over all of their
 * partitions, and each model's p99 against a simulation of every request, with and without versions of one of them. Then the
 * handler of such a fleet answers by version.
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
import { versionedFleet, versionedLatenesses } from '../../testing/sizing/versioned-fleet';
import { conclude } from '../record';
import { Report } from '../report';
import { proveVersions } from './versions';

/** Of the model of a fleet that has fewest: as many of them decide a 99th percentile, and of one that says more than was promised. */
const REQUESTS = 4000;
const DOUBTFUL_REQUESTS = 60_000;
const KEPT_SHARE = 0.98;
const WORST = 1.15;
/** Types of a catalogue. The brute force takes as long as all of their counts and workers take, for each of 63 groups of six. */
const TYPES = { packing: 2, plan: 3 };

const DEFAULTS = { packings: 20, plans: 100 };

const { values } = parseArgs({
  options: {
    packings: { type: 'string', default: `${DEFAULTS.packings}` },
    plans: { type: 'string', default: `${DEFAULTS.plans}` },
    seed: { type: 'string', default: '20261130' },
  },
});
const random = generator(Number(values.seed));
const report = new Report(console.log);

const packings = Number(values.packings);
report.section('random packings of three to six models');
const wrong: string[] = [];
for (let i = 0; i < packings; i++) {
  const says = packingDisagreement(servableFleet(random, 3 + (i % 4), TYPES.packing));
  if (says) wrong.push(`packing ${i}: ${says}`);
}
report.row(
  'packings of three to six models',
  'each costs what the brute force finds, to the cent',
  wrong.length === 0 ? `all of ${packings}` : wrong.slice(0, 5).join('; '),
  wrong.length === 0,
);

/** @param one fleet, its plan, and how late each model of it is in a simulation of so many requests; undefined where no fleet does */
function simulate(what: string, plans: number, one: () => ((requests: number) => number[]) | undefined): void {
  const ratios: number[] = [];
  for (let count = 0; count < plans; ) {
    const simulated = one();
    if (!simulated) continue;
    count++;
    const first = simulated(REQUESTS);
    const late = first.some((ratio) => ratio > 1);
    ratios.push(...(late ? simulated(DOUBTFUL_REQUESTS) : first));
  }
  ratios.sort((a, b) => a - b);
  const kept = ratios.filter((ratio) => ratio <= 1).length / ratios.length;
  const worst = ratios.at(-1)!;
  report.row(
    what,
    `kept by ${100 * KEPT_SHARE} % of the models, and by all within ${WORST} times`,
    `kept by ${(100 * kept).toFixed(2)} % of ${ratios.length}; worst ${worst.toFixed(2)}`,
    kept >= KEPT_SHARE && worst <= WORST,
  );
}

const plans = Number(values.plans);
report.section('simulated p99 over the promised one, of each model of a fleet');
simulate('p99 of two to five models', plans, () => {
  const fleet = randomFleet(random, 2 + Math.floor(4 * random()), TYPES.plan);
  const plan = planForFleet(fleet);
  return plan && ((requests) => latenessesOf(fleet, plan, 'fair', requests, random));
});
simulate('p99 of two to four models, one of which has two versions', plans, () => {
  const fleet = versionedFleet(random, 2 + Math.floor(3 * random()), TYPES.plan);
  const plan = planForFleet(fleet);
  return plan && ((requests) => versionedLatenesses(fleet, plan, requests, random));
});

async function main(): Promise<void> {
  await proveVersions(report);
  const whole = packings >= DEFAULTS.packings && plans >= DEFAULTS.plans;
  process.exit(conclude('fleets', report, { whole }) ? 0 : 1);
}

void main();
