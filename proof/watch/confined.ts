/** Programs in the root file system of the watchers, on the loopback of this machine: their processes end with ours. */
import { join, resolve } from 'node:path';
import { attempt, type Finished } from '../boot/command';
import { tied } from '../process';

const ENVIRONMENT = ['LC_ALL=C.UTF-8', 'PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];

/** This Node.js in the root file system; the repository is where it is here. */
export const NODE = '/usr/local/bin/slipway-node';

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

export interface Confined {
  readonly root: string;
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A command line in mount and process namespaces of its own: what it starts and mounts is gone when this process is. */
export const isolated = (words: readonly string[]): readonly string[] =>
  tied(['unshare', '--mount', '--propagation=private', '--pid', '--fork', '--kill-child', '--mount-proc', ...words]);

/** A command line that runs one inside. */
export function confined({ root, user, environment = {} }: Confined, words: readonly string[]): readonly string[] {
  const variables = [...ENVIRONMENT, ...Object.entries(environment).map(([name, value]) => `${name}=${value}`)];
  const [repository, node] = [join(root, resolve('.')), join(root, NODE)].map(quoted);
  const inside = ['chroot', ...(user ? [`--userspec=${user}`] : []), root, 'env', '-i', ...variables, ...words];
  const script = [
    'set -e',
    `mount -t proc proc ${quoted(join(root, 'proc'))}`,
    `mount -t tmpfs tmpfs ${quoted(join(root, 'dev/shm'))}`,
    `mkdir -p ${repository} && mount --bind -o ro ${quoted(resolve('.'))} ${repository}`,
    `touch ${node} && mount --bind ${quoted(process.execPath)} ${node}`,
    // not "exec": whoever becomes another user no longer ends with its parent
    inside.map(quoted).join(' '),
    'exit $?',
  ].join('\n');
  return isolated(['sh', '-c', script]);
}

export function runInside(where: Confined, ...words: string[]): Finished {
  const [program, ...rest] = confined(where, words);
  return attempt(program!, rest);
}
