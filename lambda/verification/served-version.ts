/** Which package an endpoint says that it serves. */
import { isRecord } from '../../lib/model/formats/json';
import type { ModelPackage } from '../../lib/model/package/model-package';
import { getJson, type Trust } from './https-client';
import { unexpected, within } from './route';

/** A package that is named by its model and its digest. */
export type NamedPackage = Pick<ModelPackage, 'digest'> & {
  readonly manifest: { readonly name: string };
};

/**
 * What the endpoint serves instead of a package.
 *
 * @returns undefined when it serves that package
 * @throws SlipwayError E_UNREACHABLE when it does not answer with the metadata of a model
 */
export async function otherVersion(
  url: URL,
  { manifest: { name }, digest }: NamedPackage,
  trust: Trust,
): Promise<string | undefined> {
  const route = within(url, `v2/models/${encodeURIComponent(name)}`);
  const { status, body } = await getJson(route, trust);
  if (status === 404) return `no model "${name}"`;
  const versions = isRecord(body) ? body.versions : undefined;
  if (status !== 200 || !Array.isArray(versions) || versions.length === 0) {
    throw unexpected(route, status, 'the versions of a model', body);
  }
  // a version is the beginning of a digest
  if (versions.some((version) => typeof version === 'string' && version !== '' && digest.startsWith(version))) return;
  return `${name} ${versions.join(', ')}`;
}
