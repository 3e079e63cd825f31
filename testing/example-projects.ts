/** The example projects: each folder of `examples` that has a training script, a package and a stage. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfig } from '../lib/config/load';
import { planStage } from '../lib/config/plan-stage';
import { readModelPackage, readProfile } from '../lib/model/package/model-package';
import type { SizingPlan } from '../lib/sizing';

const EXAMPLES = resolve(__dirname, '../examples');

export const EXAMPLE_PROJECTS = [
  'credit-risk',
  'fraud',
  'diagnosis',
  'drug-response',
  'demand-forecast',
  'recommendation',
] as const;

export const projectFile = (project: string, ...path: readonly string[]) => join(EXAMPLES, project, ...path);

export const projectPage = (project: string) => readFileSync(projectFile(project, 'README.md'), 'utf8');

/** What its README says that its stage costs. */
export const BILL = /(?<=<!-- bill -->\n)(\d+) x (\S+), (\d+) USD a month\.\n(?=<!-- \/bill -->)/;

/** The plan of its stage, with the catalogue of this process. */
export function projectPlan(project: string): SizingPlan {
  const config = loadConfig(projectFile(project, 'slipway.yaml'));
  const [stage] = config.stages;
  const model = readModelPackage(stage!.model);
  return planStage(config, stage!, { profile: readProfile(model), manifest: model.manifest });
}

export const billOf = ({ choice, cost }: SizingPlan) =>
  `${choice.instances} x ${choice.instanceType}, ${Math.round(cost.usdPerMonth)} USD a month.\n`;

/** Lines `name==version` of what its training needs. */
export const projectPins = (project: string) =>
  readFileSync(projectFile(project, 'requirements.txt'), 'utf8').trim().split('\n');
