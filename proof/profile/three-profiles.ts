/** Three profiles of one model on this machine, each by the real command into a package of its own: do they give one fleet? */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { type ServiceLevel, sizingPlan } from '../../lib/sizing';
import { FIXED_CATALOGUE } from '../../testing/sizing/examples';
import type { Report } from '../report';

const PROFILES = 3;

/** From a stage that hardly anybody uses to one of many instances. */
const LEVELS: readonly ServiceLevel[] = [
  { requestsPerSecond: 20, rowsPerRequest: 1, p99Ms: 100, availability: 'instance' },
  { requestsPerSecond: 120, rowsPerRequest: 1, p99Ms: 50, availability: 'zone' },
  { requestsPerSecond: 400, rowsPerRequest: 1, p99Ms: 40, availability: 'zone' },
  { requestsPerSecond: 400, rowsPerRequest: 10, p99Ms: 40, availability: 'zone' },
  { requestsPerSecond: 3000, rowsPerRequest: 1, p99Ms: 40, availability: 'zone' },
  { requestsPerSecond: 20_000, rowsPerRequest: 1, p99Ms: 40, availability: 'zone' },
];

interface Fleet {
  readonly instances: number;
  readonly instanceType: string;
  readonly usdPerMonth: number;
}

interface Planned {
  readonly fleet: Fleet;
  /** Fleets that the plan says another profile may give. */
  readonly unsure: readonly Fleet[];
}

function planned(model: string, serviceLevel: ServiceLevel): Planned {
  const { manifest, ...modelPackage } = readModelPackage(model);
  const profile = readProfile({ manifest, ...modelPackage });
  const plan = sizingPlan({ profile, manifest, serviceLevel, region: 'us-east-1', catalogue: FIXED_CATALOGUE });
  const { less, between = [], more } = plan.uncertainty.border ?? {};
  return { fleet: plan.choice, unsure: [less, ...between, more].filter((fleet) => fleet !== undefined) };
}

const text = ({ instances, instanceType }: Fleet) => `${instances} x ${instanceType}`;

/** Whether a plan has a fleet, or names it: its type, and a bill that is between those that it names. */
function names({ fleet, unsure }: Planned, other: Fleet): boolean {
  if (text(fleet) === text(other)) return true;
  const named = [fleet, ...unsure];
  const bills = named.map(({ usdPerMonth }) => usdPerMonth);
  const isWithin = Math.min(...bills) <= other.usdPerMonth && other.usdPerMonth <= Math.max(...bills);
  return isWithin && named.some(({ instanceType }) => instanceType === other.instanceType);
}

/** Either the plans have one fleet, or each names those of the others: nobody is told one fleet and finds another. */
export function proveThreeProfiles(report: Report, root: string, folder: string): void {
  report.section('three profiles of one model');
  const models = Array.from({ length: PROFILES }, (_, i) => join(folder, `model-${i}`));
  for (const model of models) {
    cpSync(join(root, 'models/breast-cancer'), model, { recursive: true });
    rmSync(join(model, 'profile.json'));
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'bin/launcher.js'), 'profile', model], {
      cwd: root,
      encoding: 'utf8',
    });
    report.check(status === 0, 'the command ends well', status === 0 ? '' : stderr.slice(-500));
    if (status !== 0) return;
  }
  for (const level of LEVELS) {
    const plans = models.map((model) => planned(model, level));
    const fleets = plans.map(({ fleet }) => fleet);
    const silent = plans.flatMap((plan) =>
      fleets
        .filter((other) => !names(plan, other))
        .map((other) => `${text(plan.fleet)} says nothing of ${text(other)}`),
    );
    const { requestsPerSecond, rowsPerRequest, availability } = level;
    const found = [...new Set(fleets.map(text))];
    report.check(
      silent.length === 0,
      `${requestsPerSecond} requests/s of ${rowsPerRequest} rows, ${availability}: ${found.join(' or ')}`,
      silent.length > 0 ? [...new Set(silent)].join('; ') : found.length > 1 ? 'each plan names the others' : '',
    );
  }
}
