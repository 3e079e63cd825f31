import { join, relative } from 'node:path';
import { replaceFile } from '../../lib/model/files/replace-file';
import { jsonText } from '../../lib/model/formats/json';
import type { ModelPackage } from '../../lib/model/package/model-package';
import { workspace } from '../project/workspace';
import type { LocalEndpoint } from './endpoint';

/** What to do with an endpoint of this machine that serves. */
export function tryIt(endpoint: LocalEndpoint, package_: ModelPackage, withKey = false): string {
  return `Try it:\n\n${curlLine(endpoint, package_, withKey)}\n\nor the page ${endpoint.url.origin}/docs. Ctrl-C stops it.`;
}

/** A request that can be pasted into a shell: the first golden row, or a hint where there is none. */
function curlLine(
  { url, certificate }: LocalEndpoint,
  { manifest, digest, golden }: ModelPackage,
  withKey = false,
): string {
  const local = (path: string) => relative(process.cwd(), path);
  const curl = certificate === undefined ? 'curl' : `curl --cacert ${local(certificate)}`;
  if (!golden) return `${curl} ${url.origin}`;
  // of each model its own: another may be served from here at the same time
  const request = join(workspace(), 'requests', `${manifest.name}-${digest.slice(0, 12)}.json`);
  replaceFile(request, jsonText({ data: golden.inputs.slice(0, 1) }), { folders: true });
  return (
    `${curl} ${url.origin}/predict ` +
    `${withKey ? '-H "authorization: Bearer $SLIPWAY_KEY" ' : ''}-H 'content-type: application/json' -d @${local(request)}`
  );
}
