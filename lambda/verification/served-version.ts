/** Which package an endpoint says that it serves. */
import { isRecord } from '../../lib/model/formats/json';
import { VERSION_HEADER } from '../../lib/model/instance/handler-versions';
import type { ModelPackage } from '../../lib/model/package/model-package';
import { getJson, type Trust } from './https-client';
import { unexpected, within } from './route';

/** A package that is named by its model and its digest. */
export type NamedPackage = Pick<ModelPackage, 'digest'> & {
  readonly manifest: { readonly name: string };
};

/** What an endpoint serves in place of a package, or under which name of a version it serves it. */
export type Served = { readonly instead: string } | { readonly instead?: undefined; readonly version?: string };

/**
 * Whether the endpoint serves a package, perhaps as one of several versions.
 *
 * @throws SlipwayError E_UNREACHABLE when it does not answer with the metadata of a model
 */
export async function servedAs(url: URL, { manifest: { name }, digest }: NamedPackage, trust: Trust): Promise<Served> {
  const route = within(url, `v2/models/${encodeURIComponent(name)}`);
  const { status, body } = await getJson(route, trust);
  if (status === 404) return { instead: `no model "${name}"` };
  const versions = isRecord(body) ? body.versions : undefined;
  if (status !== 200 || !Array.isArray(versions) || versions.length === 0) {
    throw unexpected(route, status, 'the versions of a model', body);
  }
  const isDigits = (value: unknown) => typeof value === 'string' && value !== '' && digest.startsWith(value);
  // a version is the beginning of a digest, unless it has a name
  const named = isRecord(body) && isRecord(body.parameters) ? body.parameters.packages : undefined;
  if (isRecord(named)) {
    const [version] = Object.entries(named).find(([, digits]) => isDigits(digits)) ?? [];
    if (version !== undefined) return { version };
    return {
      instead: `${name} ${Object.entries(named)
        .map(([version, digits]) => `${version} (${digits})`)
        .join(', ')}`,
    };
  }
  return versions.some(isDigits) ? {} : { instead: `${name} ${versions.join(', ')}` };
}

/** Headers by which each route is answered by that version. */
export function ofVersion({ version }: { readonly version?: string }, trust: Trust): Trust {
  return version === undefined ? trust : { ...trust, headers: { ...trust.headers, [VERSION_HEADER]: version } };
}
