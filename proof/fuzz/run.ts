/**
 * `npm run proof:fuzz [N]`: every file of the hostile corpus, the heavy ones in processes of their own, then N damaged model files
 * (200,000 unless said otherwise), in processes that are killed when they hang.
 *
 * Each must end with an error of ours within 2 s of processor time and 512 MiB; a damaged file may also still be a model.
 */

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { TYPESCRIPT } from '../../lib/model/process/typescript';
import { corpus } from '../../testing/hostile/corpus';
import type { Order, Outcome } from './child';
import { originals } from './originals';
import { slowestOf, type Timed } from './slowest';

/** Damaged files that one process tries: enough to make its start cheap, few enough to find a hang soon. */
const BATCH = 5_000;
const PROCESSES = 2;
const HANG_MS = 180_000;

function run(order: Order): Promise<Outcome> {
  const child = fork(join(__dirname, 'child.ts'), {
    execArgv: ['--max-old-space-size=400', ...TYPESCRIPT],
  });
  return new Promise((resolve) => {
    let outcome: Outcome | undefined;
    const timer = setTimeout(() => child.kill('SIGKILL'), HANG_MS);
    child.on('message', (message: Outcome) => {
      outcome = message;
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      const lost = { tried: 1, failures: [`${JSON.stringify(order)}: the process ended with ${signal ?? code}`] };
      resolve(outcome ?? { ...lost, codes: {}, slowest: [], peakMiB: Number.NaN });
    });
    child.send(order);
  });
}

/** Works through the orders, some at a time. */
async function runAll(orders: readonly Order[], done: (outcome: Outcome) => void): Promise<void> {
  const waiting = [...orders];
  const worker = async () => {
    for (let order = waiting.shift(); order; order = waiting.shift()) done(await run(order));
  };
  await Promise.all(Array.from({ length: PROCESSES }, worker));
}

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 200_000);
  if (!Number.isSafeInteger(count) || count < 0) throw new Error(`${process.argv[2]} is no number of files`);
  const files = corpus();
  const indices = (heavy: boolean) => files.flatMap((file, index) => ((file.heavy ?? false) === heavy ? [index] : []));
  // the heavy ones alone, so that none has the memory of another
  const orders: Order[] = [indices(false), ...indices(true).map((index) => [index])].map((those) => ({
    kind: 'corpus',
    indices: those,
  }));
  for (let from = 0; from < count; from += BATCH) {
    orders.push({ kind: 'mutations', from, to: Math.min(from + BATCH, count) });
  }
  console.log(`${files.length} hostile files, ${count} damaged ones made of ${originals().length} model files`);

  const codes = new Map<string, number>();
  let tried = 0;
  let failed = 0;
  let slowest: Timed[] = [];
  let peakMiB = 0;
  await runAll(orders, (outcome) => {
    tried += outcome.tried;
    failed += outcome.failures.length;
    slowest = slowestOf([...slowest, ...outcome.slowest]);
    peakMiB = Math.max(peakMiB, outcome.peakMiB);
    for (const failure of outcome.failures) console.log(`FAILED ${failure}`);
    for (const [code, times] of Object.entries(outcome.codes)) codes.set(code, (codes.get(code) ?? 0) + times);
  });
  for (const [code, times] of [...codes].sort()) console.log(`  ${code} ${times}`);
  console.log('the slowest, in ms of processor time:');
  for (const { name, ms } of slowest) console.log(`  ${String(Math.round(ms)).padStart(4)} ${name}`);
  console.log(`highest memory of a process ${Math.round(peakMiB)} MiB`);
  console.log(`${tried - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

void main();
