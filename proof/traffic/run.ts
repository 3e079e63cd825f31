/**
 * `npm run proof:traffic`: three instances, booted as a deployment boots them, behind a load balancer under load, while
 * they are replaced, stopped, killed, cut off and slowed. Ends with status 0 when all holds, 1 when not, 2
 * where it cannot run.
 */
import { join } from 'node:path';
import { proveInNamespaces } from '../boot/namespaces';

proveInNamespaces(join(__dirname, 'inside.ts'), { packages: { '/usr/sbin/haproxy': 'haproxy' } });
