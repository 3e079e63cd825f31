/**
 * `npm run proof:boot`: boots the user data of the synthesised templates on a real systemd with a real cloud-init,
 * against an AWS that is this machine. Ends with status 0 when all holds, 1 when not, 2 where it cannot run.
 */
import { join } from 'node:path';
import { prepareEmulation } from './arm64';
import { proveInNamespaces } from './namespaces';

proveInNamespaces(join(__dirname, 'inside.ts'), {
  prepare: (cache, onProgress) => [cache, prepareEmulation(cache, onProgress) ?? ''],
});
