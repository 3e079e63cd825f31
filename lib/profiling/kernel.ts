/**
 * The reference kernel: fixed, scalar work whose time tells how fast a machine runs code like the handler's.
 *
 * It walks a binary search tree of 4,095 nodes in typed arrays, 12 levels deep, 20,000 times with keys from a
 * multiplicative congruential generator (Park and Miller's minimal standard, so that every run does the same), and adds
 * up the leaf values in double precision: loads that depend on each other, branches that cannot be foreseen, some
 * floating point.
 */
import { performance } from 'node:perf_hooks';

const LEVELS = 12;
const WALKS = 20_000;
const RUNS = 30;
const MULTIPLIER = 48_271;
const MODULUS = 2_147_483_647;

function buildTree(): { thresholds: Float64Array; leaves: Float64Array } {
  const inner = 2 ** LEVELS - 1;
  const thresholds = new Float64Array(inner);
  for (let level = 0, node = 0; level < LEVELS; level++) {
    const width = 2 ** level;
    for (let i = 0; i < width; i++) thresholds[node++] = (2 * i + 1) / (2 * width);
  }
  return { thresholds, leaves: Float64Array.from({ length: inner + 1 }, (_, i) => Math.sqrt(i)) };
}

/** One run of the kernel. The sum is returned so that nothing of it can be left out. */
export function runKernel({ thresholds, leaves }: ReturnType<typeof buildTree> = buildTree()): number {
  let seed = 1;
  let sum = 0;
  for (let walk = 0; walk < WALKS; walk++) {
    seed = (seed * MULTIPLIER) % MODULUS;
    const key = seed / MODULUS;
    let node = 0;
    while (node < thresholds.length) node = 2 * node + (key < thresholds[node]! ? 1 : 2);
    sum += leaves[node - thresholds.length]!;
  }
  return sum;
}

/** Mean time of a run when warm, milliseconds. */
export function kernelMs(): number {
  const tree = buildTree();
  for (let run = 0; run < RUNS; run++) runKernel(tree);
  const start = performance.now();
  for (let run = 0; run < RUNS; run++) runKernel(tree);
  return (performance.now() - start) / RUNS;
}
