/** Programs in the root file system of the watchers, on the loopback of this machine: their processes end with ours. */
import { dirname, join, resolve } from 'node:path';
import { attempt, type Finished } from '../boot/command';

const ENVIRONMENT = ['LC_ALL=C.UTF-8', 'PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];

/** The repository and this Node.js, where a plugin in the root file system finds them. */
const SHARED = [resolve('.'), dirname(process.execPath)];

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

export interface Confined {
  readonly root: string;
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A command line that runs one inside, in mount and process namespaces of its own. */
export function confined({ root, user, environment = {} }: Confined, words: readonly string[]): string[] {
  const variables = [...ENVIRONMENT, ...Object.entries(environment).map(([name, value]) => `${name}=${value}`)];
  const shared = SHARED.map((folder) => {
    const target = quoted(join(root, folder));
    return `mkdir -p ${target} && mount --bind -o ro ${quoted(folder)} ${target}`;
  });
  const inside = ['chroot', ...(user ? [`--userspec=${user}`] : []), root, 'env', '-i', ...variables, ...words];
  const script = [
    'set -e',
    `mount -t proc proc ${quoted(join(root, 'proc'))}`,
    `mount -t tmpfs tmpfs ${quoted(join(root, 'dev/shm'))}`,
    ...shared,
    `exec ${inside.map(quoted).join(' ')}`,
  ].join('\n');
  return ['unshare', '--mount', '--propagation=private', '--pid', '--fork', '--kill-child', 'sh', '-c', script];
}

export function runInside(where: Confined, ...words: string[]): Finished {
  const [program, ...rest] = confined(where, words);
  return attempt(program!, rest);
}
