/**
 * The sizing proof: plans for random models, service levels and catalogues against a brute force written apart from them, and
 * against a simulation of every request.
 *
 *     npm run proof:sizing [-- --targets 3000] [-- --seed 7]
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { disagreement, latenessOf, planFor } from '../../test/sizing/judge-target';
import { randomTarget } from '../../test/sizing/random-target';
import { generator, ROUTINGS, type Routing } from '../../test/sizing/simulation';
import { Report } from '../report';

const TYPES = 5;
/** Of one simulation: 300 of them decide the 99th percentile. */
const REQUESTS = 30_000;
const KEPT_SHARE = 0.98;
const WORST = 1.15;

const { values } = parseArgs({
  options: { targets: { type: 'string', default: '3000' }, seed: { type: 'string', default: '20260720' } },
});
const targets = Number(values.targets);
const random = generator(Number(values.seed));
const began = performance.now();
const report = new Report(console.log);

const wrong: string[] = [];
const lateness = new Map<Routing, number[]>(ROUTINGS.map((routing) => [routing, []]));
const chosenBy = new Map<string, number>();
let [feasible, onGpus, joined] = [0, 0, 0];
const joinedLateness: number[] = [];
for (let i = 0; i < targets; i++) {
  const target = randomTarget(random, TYPES);
  const plan = planFor(target);
  const says = disagreement(target, plan);
  if (says) wrong.push(`target ${i}: ${says}`);
  if (!plan) continue;
  feasible++;
  if (plan.gpu) onGpus++;
  if (plan.requestsPerRun > 1) joined++;
  chosenBy.set(target.lawName, (chosenBy.get(target.lawName) ?? 0) + 1);
  const late = latenessOf(target, plan, REQUESTS, random);
  for (const routing of late ? ROUTINGS : []) lateness.get(routing)!.push(late![routing]);
  if (late && plan.requestsPerRun > 1) joinedLateness.push(...Object.values(late));
}

report.section(
  `${targets} random targets, ${feasible} of them feasible (${[...chosenBy].map(([law, n]) => `${law} ${n}`).join(', ')}), ${onGpus} on GPUs, ${joined} with joined requests`,
);
report.check(
  wrong.length === 0,
  'every plan costs what the brute force finds, to the cent',
  wrong.slice(0, 5).join('; '),
);
report.check(feasible > targets / 4 && feasible < targets, 'there are enough of both kinds', `${feasible} feasible`);
report.check(onGpus > targets / 100, 'and of those that a GPU wins', `${onGpus} on GPUs`);
report.check(joined > targets / 25, 'and of those that are cheaper when requests are joined', `${joined} of them`);
report.section(
  'simulated p99 over the promised one, with the tolerated loss, at the peak, on the slowest CPU that is feared',
);
const groups = [...lateness, ['those with joined requests', joinedLateness]] as const;
for (const [name, unsorted] of groups) {
  const ratios = [...unsorted].sort((a, b) => a - b);
  const kept = ratios.filter((ratio) => ratio <= 1).length / ratios.length;
  const at = (share: number) => ratios[Math.floor(share * (ratios.length - 1))]!.toFixed(2);
  const text = `kept by ${(100 * kept).toFixed(2)} % of ${ratios.length}; median ${at(0.5)}, 99 of 100 below ${at(0.99)}, worst ${at(1)}`;
  report.check(kept >= KEPT_SHARE && ratios.at(-1)! <= WORST, name, text);
}
console.log(`\n${((performance.now() - began) / 1000).toFixed(0)} s`);
process.exit(report.close().failed === 0 ? 0 : 1);
