/** The versions of its model that a stage serves side by side. */
import { SlipwayError } from '../model/error';
import type { Manifest } from '../model/package/manifest';
import { type ModelPackage, readModelPackage, readProfile } from '../model/package/model-package';
import type { ComputeProfile } from '../model/package/profile';
import { versionProblems } from '../model/package/version-fit';
import type { SlipwayConfig, StageConfig } from './config';
import { located } from './located';

export interface StageVersion {
  readonly name: string;
  readonly weight: number;
  /** @default - that of the stage */
  readonly model?: ModelPackage;
  readonly manifest: Manifest;
  readonly profile: ComputeProfile;
}

/**
 * Read the versions of a stage.
 *
 * @param own what is known of the model of the stage
 * @returns undefined for a stage with one
 * @throws SlipwayError E_PACKAGE with the line of the key, when one is not usable, or is no version of the model
 */
export function stageVersions(
  config: SlipwayConfig,
  { name: stage, versions, place }: StageConfig,
  own: Pick<StageVersion, 'manifest' | 'profile'>,
): StageVersion[] | undefined {
  return versions?.map(({ name, weight, model: folder }, i) => {
    if (folder === undefined) return { name, weight, ...own };
    const inStage = ['stages', stage, ...(place ? ['models', place.name] : []), 'versions', `${i}`, 'model'];
    return located(config, inStage, () => {
      const model = readModelPackage(folder);
      checkVersion(own.manifest, model.manifest, folder);
      return { name, weight, model, manifest: model.manifest, profile: readProfile(model) };
    });
  });
}

/** Folders of all packages that a stage serves, each once: that of its model first. */
export function servedFolders({ model, versions = [] }: Pick<StageConfig, 'model' | 'versions'>): string[] {
  return [...new Set([model, ...versions.flatMap(({ model: folder }) => folder ?? [])])];
}

/** @throws SlipwayError E_PACKAGE when clients would see which of the two answers */
export function checkVersion(own: Manifest, other: Manifest, folder: string): void {
  const problems = versionProblems(own, other);
  if (problems.length === 0) return;
  throw new SlipwayError('E_PACKAGE', `${folder}: is no version of ${own.name}`, { problems });
}
