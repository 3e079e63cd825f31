/**
 * Cycles that the reference kernels take on this machine's processor: `npx tsx bench/sizing/reference-kernels.ts`.
 *
 * The clock is measured, not read: each step of xorshift32 is a chain of six operations of one cycle each, none of which can
 * begin before the one before it has ended. Cycles times a clock are the time on a processor of the same design.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { kernelTimes } from '../../lib/profiling/kernels';

const STEPS = 2_000_000;
const CYCLES_PER_STEP = 6;
const RUNS = 40;

function chain(): number {
  let x = 1;
  for (let i = 0; i < STEPS; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  return x;
}

function clockGHz(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    if (chain() === 0) throw new Error('xorshift never gives 0');
    least = Math.min(least, performance.now() - start);
  }
  return (STEPS * CYCLES_PER_STEP) / least / 1e6;
}

async function main(): Promise<void> {
  const ghz = clockGHz();
  const scratch = mkdtempSync(join(tmpdir(), 'slipway-kernels-'));
  const { treeMs: tree, denseMs: dense } = await kernelTimes(scratch).finally(() =>
    rmSync(scratch, { recursive: true }),
  );
  console.log(`${cpus()[0]?.model}, Node.js ${process.version}: ${ghz.toFixed(2)} GHz`);
  for (const [name, ms] of [
    ['tree', tree],
    ['dense', dense],
  ] as const) {
    console.log(`${name.padEnd(6)}${ms.toFixed(3)} ms  ${(ms * ghz).toFixed(2)} million cycles`);
  }
}

void main();
