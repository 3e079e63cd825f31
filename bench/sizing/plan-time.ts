/**
 * Prints the CPU time of one sizing plan, run as `slipway plan` is in a clone:
 * `node --require ./lib/model/process/typescript.preload.js bench/sizing/plan-time.ts`. The goal is under 300 ms for all types
 * of a region.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { SlipwayError } from '../../lib/model/error';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import type { ComputeProfile } from '../../lib/model/package/profile';
import { type Catalogue, loadCatalogue, type ServiceLevel, sizingPlan } from '../../lib/sizing';

const RUNS = 7;

const modelPackage = readModelPackage(join(__dirname, '../../models/breast-cancer'));
const profile = readProfile(modelPackage);
const shipped = loadCatalogue('us-east-1');

/**
 * A model whose requests are worth joining: most ways to use each type. Its host is shared, so that the plan also looks for the
 * fleets of other profiles, over 40 % of the CPU time.
 */
const joining: ComputeProfile = {
  ...profile,
  machine: { ...profile.machine, host: 'shared' },
  batches: [1, 2, 4, 8, 16].map((rows) => {
    const ms = 1 + 0.05 * rows;
    return { rows, samples: 600, cpuMs: ms, wallMsQuantiles: Array.from({ length: 21 }, (_, i) => ms * (1 + i / 100)) };
  }),
};

/** The shipped catalogue over and over under other names and prices, until it has `count` types. */
function enlarged(count: number): Catalogue {
  const types = Array.from({ length: count }, (_, i) => {
    const copy = Math.floor(i / shipped.types.length);
    const type = shipped.types[i % shipped.types.length]!;
    return copy === 0
      ? type
      : { ...type, name: `x${copy}-${type.name}`, usdPerHour: type.usdPerHour * (1 + copy / 100) };
  });
  return { ...shipped, types };
}

const DAY = Array.from({ length: 24 }, (_, hour) => (0.5 - 0.4 * Math.cos((2 * Math.PI * hour) / 24)) / 0.9);

const LEVELS: Record<string, ServiceLevel> = {
  'a trickle on one VM': { requestsPerSecond: 5, rowsPerRequest: 1, p99Ms: 100, availability: 'single' },
  '20,000 requests/s': { requestsPerSecond: 20_000, rowsPerRequest: 1, p99Ms: 40, availability: 'zone' },
  'a day': { requestsPerSecond: 2000, rowsPerRequest: 1, p99Ms: 40, availability: 'zone', day: DAY },
  'more than can be done': { requestsPerSecond: 400, rowsPerRequest: 1, p99Ms: 2.01, availability: 'zone' },
};

function planOnce(profile: ComputeProfile, serviceLevel: ServiceLevel, catalogue: Catalogue): void {
  try {
    sizingPlan({ profile, manifest: modelPackage.manifest, serviceLevel, region: 'us-east-1', catalogue });
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_INFEASIBLE') throw error;
  }
}

console.log(
  `${cpus()[0]?.model}, ${cpus().length} vCPU, Node.js ${process.version}; CPU time of the first run and median of ${RUNS}, ms`,
);
for (const catalogue of [shipped, enlarged(1000)]) {
  for (const [kind, measured] of [['', profile] as const, [', joined', joining] as const]) {
    for (const [name, serviceLevel] of Object.entries(LEVELS)) {
      const times = Array.from({ length: RUNS }, () => {
        const start = process.cpuUsage();
        planOnce(measured, serviceLevel, catalogue);
        const { user, system } = process.cpuUsage(start);
        return (user + system) / 1000;
      });
      const median = [...times].sort((a, b) => a - b)[RUNS >> 1]!;
      const label = `${catalogue.types.length} types, ${name}${kind}`;
      console.log(`${label.padEnd(48)}${times[0]!.toFixed(1).padStart(8)}${median.toFixed(1).padStart(8)}`);
    }
  }
}
