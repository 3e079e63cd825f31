/** The packages of the models that one process serves. */
import { SlipwayError } from '../../lib/model/error';
import { type ModelPackage, readModelPackage } from '../../lib/model/package';

/**
 * @param folders of model packages, that of the default model first
 * @throws SlipwayError E_PACKAGE when a package is damaged, or two have the same name
 */
export function readModelSet(folders: readonly string[]): ModelPackage[] {
  const packages = folders.map(readModelPackage);
  packages.forEach(({ manifest, directory }, i) => {
    const other = packages.slice(0, i).find((earlier) => earlier.manifest.name === manifest.name);
    if (!other) return;
    throw new SlipwayError(
      'E_PACKAGE',
      `${directory} and ${other.directory} are both models of the name "${manifest.name}": pack one with another --name`,
    );
  });
  return packages;
}
