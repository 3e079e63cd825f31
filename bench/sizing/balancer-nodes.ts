/**
 * Prints how many instances keep a p99 that binds, by the nodes of a load balancer that sends each request to the instance with
 * the fewest of its own: `npx tsx bench/sizing/balancer-nodes.ts`. First as a simulation of every request has it, then as
 * many as a plan would have that knows the nodes, its margin of 15 % included.
 */
import { responseQuantile } from '../../lib/sizing/demand/queue';
import { serviceOf } from '../../lib/sizing/demand/service-time';
import { LATENCY_MARGIN } from '../../lib/sizing/judgement/lateness';
import { arrivalsAt, BURSTS } from '../../lib/sizing/service-level/arrivals';
import { LAWS } from '../../testing/sizing/random-target';
import { generator, type Law, type Routing, simulatedP99 } from '../../testing/sizing/simulation';

const REQUESTS = 60_000;
const NODES = [2, 3, 6, 12];
const SAMPLES = 200;

/** Mean time of a run in milliseconds, requests a second, workers of an instance, and the p99 in mean times. */
const CASES = [
  { ms: 4, requestsPerSecond: 2000, workers: 1, times: 2.5 },
  { ms: 4, requestsPerSecond: 2000, workers: 4, times: 2.5 },
  { ms: 4, requestsPerSecond: 8000, workers: 4, times: 2.5 },
  { ms: 20, requestsPerSecond: 400, workers: 1, times: 4 },
] as const;

/** The fewest instances that keep it, by halves. */
function fewest(keeps: (instances: number) => boolean, least: number): number {
  let [fails, works] = [least - 1, 16 * least];
  while (works - fails > 1) {
    const middle = (works + fails) >> 1;
    if (keeps(middle)) works = middle;
    else fails = middle;
  }
  return works;
}

function plannedP99(
  law: Law,
  { ms, requestsPerSecond, workers }: (typeof CASES)[number],
  instances: number,
  nodes?: number,
) {
  const samples = Float64Array.from({ length: SAMPLES }, (_, i) => ms * law((i + 0.5) / SAMPLES)).sort();
  const arrivals = arrivalsAt(BURSTS.usual, instances * workers);
  const rate = requestsPerSecond / 1000 / instances / workers;
  const p99 = (balancing?: { instances: number; workers: number; nodes: number }) =>
    responseQuantile(serviceOf(samples), 1, rate, 0.99, { ...arrivals, ...(balancing && { balancing }) });
  return LATENCY_MARGIN * Math.min(p99(), nodes === undefined ? p99() : p99({ instances, workers, nodes }));
}

console.log(`| law | ms | requests/s | workers | random | nodes: ${NODES.join(' | ')} |`);
console.log(`| ${Array.from({ length: 5 + NODES.length }, () => '---').join(' | ')} |`);
for (const lawName of ['steady', 'light'] as const) {
  for (const asked of CASES) {
    const { ms, requestsPerSecond, workers, times } = asked;
    const law = LAWS[lawName]!;
    const least = Math.ceil((requestsPerSecond * ms) / 1000 / workers);
    const simulated = (routing: Routing, nodes: number) =>
      fewest((instances) => {
        const bursts = { most: 3, swing: 0.1, shape: 'even' } as const;
        const runMs = (share: number) => ms * law(share);
        const fleet = { instances, workers, requestsPerSecond, runMs, routing, nodes, bursts };
        return simulatedP99(fleet, REQUESTS, generator(7)) <= times * ms;
      }, least);
    const planned = (nodes?: number) =>
      fewest((instances) => plannedP99(law, asked, instances, nodes) <= times * ms, least);
    const cells = NODES.map((nodes) => `${simulated('least outstanding', nodes)}, ${planned(nodes)}`);
    const random = `${simulated('random', 1)}, ${planned()}`;
    console.log(`| ${[lawName, ms, requestsPerSecond, workers, random, ...cells].join(' | ')} |`);
  }
}
