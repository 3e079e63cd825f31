/**
 * Prints the CPU time of finding the cheapest fleets for ten models: `npx tsx bench/sizing/packing-time.ts`. The goal is under
 * 2 s, for ten that are alike and for ten of which none is like another.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { cheapestPacking, groupCosts, type PackedModel } from '../../lib/sizing/packing';

const modelPackage = readModelPackage(join(__dirname, '../../models/breast-cancer'));
const profile = readProfile(modelPackage);
const { manifest } = modelPackage;

/** @param slower how many times as slow its runs are as the example's */
function modelOf(i: number, slower: number, requestsPerSecond: number, p99Ms: number): PackedModel {
  const batches = profile.batches.map((batch) => ({
    ...batch,
    cpuMs: batch.cpuMs * slower,
    wallMsQuantiles: batch.wallMsQuantiles.map((ms) => ms * slower),
  }));
  const memory = { ...profile.memory, loadPeakMiB: profile.memory.loadPeakMiB + 2 * slower };
  return {
    name: `m${i}`,
    manifest,
    profile: { ...profile, batches, memory },
    serviceLevel: { requestsPerSecond, rowsPerRequest: 1, p99Ms, availability: 'single', sharedDoor: true },
  };
}

const TEN = Array.from({ length: 10 }, (_, i) => i);
const CASES: Readonly<Record<string, PackedModel[]>> = {
  'ten alike': TEN.map((i) => modelOf(i, 1, 20, 100)),
  'ten small ones': TEN.map((i) => modelOf(i, 1.5 ** i, 20 + i, 100 + 10 * i)),
  'ten of 1 to 400 times the work': TEN.map((i) => modelOf(i, 2 ** i, 5 + 2 * i, 60 + 30 * i)),
};

console.log(`${cpus()[0]?.model}, ${cpus().length} vCPU, Node.js ${process.version}; CPU time, ms`);
for (const [name, models] of Object.entries(CASES)) {
  const start = process.cpuUsage();
  const { groups, usdPerMonth } = cheapestPacking(models, groupCosts({ region: 'us-east-1' }));
  const { user, system } = process.cpuUsage(start);
  const sizes = groups.map(({ length }) => length).join(' + ');
  console.log(
    `${name.padEnd(34)}${((user + system) / 1000).toFixed(0).padStart(8)}  fleets of ${sizes}, ${usdPerMonth} USD/month`,
  );
}
