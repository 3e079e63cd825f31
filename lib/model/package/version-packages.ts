/** The packages of versions that are served side by side. */
import { SlipwayError } from '../error';
import { type ModelPackage, readModelPackage } from './model-package';
import { versionProblems } from './version-fit';

/**
 * @param own folder of the model that the endpoint is named after: the version without one
 * @throws SlipwayError E_PACKAGE when a package is damaged, or its signature is not that of the model
 */
export function readVersionPackages(
  own: string,
  versions: readonly { readonly name: string; readonly model?: string }[],
): ModelPackage[] {
  const first = readModelPackage(own);
  return versions.map(({ name, model }) => {
    if (model === undefined) return first;
    const other = readModelPackage(model);
    const problems = versionProblems(first.manifest, other.manifest);
    if (problems.length === 0) return other;
    throw new SlipwayError('E_PACKAGE', `${model}: cannot be version ${name} beside ${own}`, { problems });
  });
}
