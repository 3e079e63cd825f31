/** Three profiles of one model on this machine, each by the real command into a package of its own: do they give one fleet? */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { doubts } from '../../lib/model/package/profile-doubts';
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

function planned(model: string, serviceLevel: ServiceLevel) {
  const { manifest, ...modelPackage } = readModelPackage(model);
  const profile = readProfile({ manifest, ...modelPackage });
  const plan = sizingPlan({ profile, manifest, serviceLevel, region: 'us-east-1', catalogue: FIXED_CATALOGUE });
  const { instances, instanceType } = plan.choice;
  return { fleet: `${instances} x ${instanceType}`, nearBorder: plan.uncertainty.border !== undefined };
}

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
  const doubted = new Set(models.flatMap((model) => doubts(readProfile(readModelPackage(model)))));
  for (const level of LEVELS) {
    const plans = models.map((model) => planned(model, level));
    const fleets = [...new Set(plans.map(({ fleet }) => fleet))];
    const { requestsPerSecond, rowsPerRequest, availability } = level;
    const what = `${requestsPerSecond} requests/s of ${rowsPerRequest} rows, ${availability}: ${fleets.join(' or ')}`;
    if (fleets.length > 1 && doubted.size > 0) report.unproved(what, [...doubted].join('; '));
    else {
      const said = plans.some(({ nearBorder }) => nearBorder);
      report.check(fleets.length === 1 || said, what, fleets.length === 1 ? '' : said ? 'as a plan says' : 'unsaid');
    }
  }
}
