/** The models of all stages, beside those of another commit. */
import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { SlipwayConfig, StageConfig } from '../../lib/config/config';
import { endpointTitle } from '../../lib/config/model-place';
import { SlipwayError } from '../../lib/model/error';
import { isWithin } from '../../lib/model/files/is-within';
import { temporaryFolder } from '../../lib/model/files/temporary-folder';
import { PACKAGE_FILES } from '../../lib/model/package/manifest';
import { type ModelPackage, readModelPackage } from '../../lib/model/package/model-package';
import { fetchedPackages } from '../../lib/model/package/package-address';
import { printable } from '../../lib/model/text/printable';
import {
  type DifferenceOptions,
  type ModelDifference,
  modelDifference,
} from '../../lib/model-difference/model-difference';
import type { Commit } from '../project/git';

export interface ReviewedModel {
  /** Stages that have it, with the name of the model where a stage has several, and what it is where it is a further one. */
  readonly stages: readonly string[];
  /** Why there is no package of the base to compare with, though the base has the stages. */
  readonly problem?: string;
  /** @default - both commits have the same package */
  readonly difference?: ModelDifference;
}

export interface ReviewedModels {
  readonly models: readonly ReviewedModel[];
  /** Stages of the base whose models are gone. */
  readonly removed: readonly string[];
}

/**
 * @param base configuration of the commit; undefined where it has none
 * @throws SlipwayError as `modelDifference` does, and for a package of the working directory that cannot be read
 */
export async function reviewModels(
  commit: Commit,
  base: readonly StageConfig[],
  head: readonly StageConfig[],
  options: DifferenceOptions,
): Promise<ReviewedModels> {
  const folder = temporaryFolder('slipway-review-');
  try {
    const before = new Map(base.flatMap(servedBy).map((served) => [served.title, served]));
    const after = head.flatMap(servedBy);
    const pairs = new Map<string, { old?: Served; now: Served; stages: string[] }>();
    for (const now of after) {
      const { title } = now;
      const old = before.get(title) ?? before.get(now.stage);
      const key = JSON.stringify([old?.model, now.model]);
      const pair = pairs.get(key);
      if (pair) pair.stages.push(title);
      else pairs.set(key, { ...(old && { old }), now, stages: [title] });
    }
    const models: ReviewedModel[] = [];
    for (const { old, now, stages } of pairs.values()) {
      const package_ = readModelPackage(now.model);
      const place = join(folder, String(models.length));
      const found = old === undefined ? {} : packageOf(commit, old, place);
      const same = found.package_?.digest === package_.digest;
      models.push({
        stages,
        ...(found.problem !== undefined && { problem: found.problem }),
        ...(!same && { difference: await modelDifference(found.package_, package_, options) }),
      });
    }
    const titles = new Set(after.map(({ title }) => title));
    return { models, removed: [...before.keys()].filter((title) => !titles.has(title)) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Served extends Pick<StageConfig, 'model' | 'modelFile'> {
  readonly title: string;
  /** Title of the endpoint. */
  readonly stage: string;
}

/**
 * The packages of an endpoint: that which it is named after, and those that versions and a shadow have of their own. One of
 * these that is new is held against the former: it answers the same requests.
 */
function servedBy(endpoint: StageConfig): Served[] {
  const stage = endpointTitle(endpoint);
  const { model, modelFile, versions = [], shadow } = endpoint;
  const placed = (title: string, place: Pick<Served, 'model' | 'modelFile'>): Served => ({
    title,
    stage,
    model: place.model,
    ...(place.modelFile && { modelFile: place.modelFile }),
  });
  return [
    placed(stage, { model, ...(modelFile && { modelFile }) }),
    ...versions.flatMap((one) =>
      one.model === undefined ? [] : [placed(`${stage}, version ${one.name}`, { model: one.model })],
    ),
    ...(shadow ? [placed(`${stage}, shadow`, shadow)] : []),
  ];
}

/** The package of a commit, taken out of it; one that was fetched, or packed of a model file, is on disk already. */
function packageOf(
  commit: Commit,
  { model, modelFile }: Served,
  place: string,
): { package_?: ModelPackage; problem?: string } {
  try {
    if (modelFile || isWithin(fetchedPackages(), model)) return { package_: readModelPackage(model) };
    const target = join(place, basename(model));
    mkdirSync(target, { recursive: true });
    const { profile: _none, ...files } = PACKAGE_FILES;
    for (const file of Object.values(files)) commit.write(join(model, file), join(target, file));
    return { package_: readModelPackage(target) };
  } catch (error) {
    // the commit may be of an older Slipway, and is not what is under review
    if (!SlipwayError.is(error)) throw error;
    return { problem: printable([error.message, ...error.problems].join('; ').replaceAll(place, commit.name)) };
  }
}

/** The endpoints of a configuration, or of one of its stages. */
export const endpointsOf = (config: SlipwayConfig | undefined, only: string | undefined): readonly StageConfig[] =>
  (config?.stages ?? []).filter(({ name }) => only === undefined || name === only);
