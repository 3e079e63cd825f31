/** Programs in the root file system of the watchers, on the loopback of this machine: their processes end with ours. */
import { join, resolve } from 'node:path';
import { attempt, type Finished } from '../boot/command';

const ENVIRONMENT = ['LC_ALL=C.UTF-8', 'PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];

/** This Node.js in the root file system; the repository is where it is here. */
export const NODE = '/usr/local/bin/slipway-node';

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

export interface Confined {
  readonly root: string;
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A command line that runs one inside, in mount and process namespaces of its own. */
export function confined({ root, user, environment = {} }: Confined, words: readonly string[]): string[] {
  const variables = [...ENVIRONMENT, ...Object.entries(environment).map(([name, value]) => `${name}=${value}`)];
  const [repository, node] = [join(root, resolve('.')), join(root, NODE)].map(quoted);
  const inside = ['chroot', ...(user ? [`--userspec=${user}`] : []), root, 'env', '-i', ...variables, ...words];
  const script = [
    'set -e',
    `mount -t proc proc ${quoted(join(root, 'proc'))}`,
    `mount -t tmpfs tmpfs ${quoted(join(root, 'dev/shm'))}`,
    `mkdir -p ${repository} && mount --bind -o ro ${quoted(resolve('.'))} ${repository}`,
    `touch ${node} && mount --bind ${quoted(process.execPath)} ${node}`,
    `exec ${inside.map(quoted).join(' ')}`,
  ].join('\n');
  return ['unshare', '--mount', '--propagation=private', '--pid', '--fork', '--kill-child', 'sh', '-c', script];
}

export function runInside(where: Confined, ...words: string[]): Finished {
  const [program, ...rest] = confined(where, words);
  return attempt(program!, rest);
}
