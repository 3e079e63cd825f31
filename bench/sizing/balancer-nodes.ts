/**
 * Prints how many instances keep a p99 that binds, by the nodes of a load balancer that sends each request to the instance with
 * the fewest of its own: `npx tsx bench/sizing/balancer-nodes.ts`. A simulation of every request.
 */
import { LAWS } from '../../testing/sizing/random-target';
import { generator, type Routing, simulatedP99 } from '../../testing/sizing/simulation';

const REQUESTS = 60_000;
const NODES = [1, 2, 3, 6, 12];

/** Mean time of a run in milliseconds, requests a second, workers of an instance, and the p99 in mean times. */
const CASES = [
  { ms: 4, requestsPerSecond: 2000, workers: 1, times: 2.5 },
  { ms: 4, requestsPerSecond: 2000, workers: 4, times: 2.5 },
  { ms: 4, requestsPerSecond: 8000, workers: 4, times: 2.5 },
  { ms: 20, requestsPerSecond: 400, workers: 1, times: 4 },
] as const;

/** The fewest instances that keep it, by halves. */
function fewest(keeps: (instances: number) => boolean, least: number): number {
  let [fails, works] = [least - 1, 8 * least];
  while (works - fails > 1) {
    const middle = (works + fails) >> 1;
    if (keeps(middle)) works = middle;
    else fails = middle;
  }
  return works;
}

console.log(`| law | ms | requests/s | workers | random | least outstanding, nodes ${NODES.join(' | ')} |`);
console.log(`| ${Array.from({ length: 5 + NODES.length }, () => '---').join(' | ')} |`);
for (const lawName of ['steady', 'light'] as const) {
  for (const { ms, requestsPerSecond, workers, times } of CASES) {
    const law = LAWS[lawName]!;
    const count = (routing: Routing, nodes: number) =>
      fewest(
        (instances) =>
          simulatedP99(
            {
              instances,
              workers,
              requestsPerSecond,
              runMs: (share) => ms * law(share),
              routing,
              nodes,
              bursts: { most: 3, swing: 0.1, shape: 'even' },
            },
            REQUESTS,
            generator(7),
          ) <=
          times * ms,
        Math.ceil((requestsPerSecond * ms) / 1000 / workers),
      );
    const cells = [lawName, ms, requestsPerSecond, workers, count('random', 1)];
    console.log(`| ${[...cells, ...NODES.map((nodes) => count('least outstanding', nodes))].join(' | ')} |`);
  }
}
