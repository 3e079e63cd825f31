/** The versions of a model that are served side by side. */
import type { HandlerVersion } from '../../../lib/model/instance/handler-versions';
import type { ModelPackage } from '../../../lib/model/package/model-package';
import { readVersionPackages } from '../../../lib/model/package/version-packages';
import type { ServedModel } from './served-model';
import { ServedModels } from './served-models';

/**
 * @param model folder of the package that one of them is
 * @throws SlipwayError E_PACKAGE when a package is damaged, or is no version of the model
 */
export function servedVersions(
  model: string,
  versions: readonly HandlerVersion[],
  serve: (package_: ModelPackage, version: string) => ServedModel,
): ServedModels {
  const packages = readVersionPackages(model, versions);
  const served = versions.map(({ name, weight }, i) => ({ model: serve(packages[i]!, name), weight }));
  return new ServedModels({
    versions: served,
    own: served[versions.findIndex((version) => version.model === undefined)]!.model,
  });
}
