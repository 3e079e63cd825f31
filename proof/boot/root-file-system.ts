/** The root file system of the stand-in instance: Debian with systemd, cloud-init and the AWS CLI, made once and kept. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command } from './command';

const RELEASE = 'bookworm';

/** Debian 12 and Amazon Linux 2023 have the same systemd, 252. */
const BASE_PACKAGES = ['systemd', 'systemd-sysv', 'dbus', 'iproute2', 'ca-certificates', 'curl'];
const PACKAGES = ['cloud-init', 'awscli', 'netbase', 'udev', 'procps', 'libstdc++6'];

/** A name that dnsmasq of the proof answers on, and the IMDS beside it, as on EC2. */
export const NAMESERVER = '169.254.169.253';

/** Where cloud-init finds that it runs on EC2; see `recogniseEc2`. */
const EC2_UUID_FILE = '/etc/ec2-uuid';

const FILES: Readonly<Record<string, string>> = {
  '/etc/cloud/cloud.cfg.d/90-proof.cfg': `# one datasource alone: cloud-init then skips its own search for it
datasource_list: [Ec2]
datasource:
  Ec2: {strict_id: false, timeout: 5, max_wait: 20}
network: {config: disabled}
locale: C.UTF-8
`,
  '/etc/resolv.conf': `nameserver ${NAMESERVER}\n`,
  [EC2_UUID_FILE]: 'ec2b6d8e-0c7a-4f6b-9d59-3f0a4a7c1e21\n',
};

function recipe(): string {
  const parts = [RELEASE, BASE_PACKAGES, PACKAGES, FILES, recogniseEc2.toString()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}

/**
 * The folder of the root file system, made if it is not there. It is never written to afterwards:
 * each instance puts an overlay above it.
 *
 * @param cache folder that is kept between runs
 */
export function rootFileSystem(cache: string, onProgress: (message: string) => void): string {
  const root = join(cache, `root-${recipe()}`);
  if (existsSync(root)) return root;
  mkdirSync(cache, { recursive: true });
  // what is left of an older recipe or a run that was interrupted
  for (const old of readdirSync(cache).filter((name) => name.startsWith('root-'))) {
    rmSync(join(cache, old), { recursive: true, force: true });
  }
  onProgress('making the Debian root file system; about two minutes, once');
  const partial = `${root}.partial`;
  command('debootstrap', ['--variant=minbase', `--include=${BASE_PACKAGES.join(',')}`, RELEASE, partial]);
  const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  command('chroot', [partial, 'apt-get', 'install', '-y', '-q', '--no-install-recommends', ...PACKAGES], {
    env: environment,
  });
  command('chroot', [partial, 'apt-get', 'clean']);
  recogniseEc2(partial);
  for (const [path, text] of Object.entries(FILES)) place(partial, path, text);
  renameSync(partial, root);
  return root;
}

/** In a container cloud-init does not look at DMI, where EC2 says who it is; let it read the id from a file instead. */
function recogniseEc2(root: string): void {
  const source = join(root, 'usr/lib/python3/dist-packages/cloudinit/sources/DataSourceEc2.py');
  command('sed', ['-i', `s#/sys/hypervisor/uuid#${EC2_UUID_FILE}#`, source]);
  command('grep', ['-q', EC2_UUID_FILE, source]);
}

function place(root: string, path: string, text: string): void {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  rmSync(target, { force: true });
  writeFileSync(target, text, { mode: 0o644 });
}
