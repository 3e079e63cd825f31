/** What the proof needs of the machine it runs on. */
import { existsSync } from 'node:fs';
import { command } from './command';

/** Debian packages by a program of each. */
const PACKAGES: Readonly<Record<string, string>> = {
  '/usr/sbin/debootstrap': 'debootstrap',
  '/usr/bin/systemd-nspawn': 'systemd-container',
  '/usr/sbin/dnsmasq': 'dnsmasq-base',
  '/usr/sbin/ip': 'iproute2',
  '/usr/bin/openssl': 'openssl',
  '/usr/bin/nsenter': 'util-linux',
  '/usr/bin/pgrep': 'procps',
  '/usr/bin/mount': 'mount',
};

/** Why the proof cannot run here; undefined when it can. */
export function obstacle(): string | undefined {
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version')) {
    return 'the boot proof runs on Debian or Ubuntu alone: it boots a Debian system in a container';
  }
  if (process.getuid?.() !== 0) {
    return 'the boot proof needs root: it makes namespaces, mounts and control groups; run it with sudo, or in a VM';
  }
  return undefined;
}

/**
 * Installs the Debian packages that are missing, by name.
 *
 * @param more packages beside those of a boot, by a program of each
 */
export function installMissing(more: Readonly<Record<string, string>>, onProgress: (message: string) => void): void {
  const missing = Object.entries({ ...PACKAGES, ...more }).flatMap(([program, name]) =>
    existsSync(program) ? [] : [name],
  );
  if (missing.length === 0) return;
  onProgress(`installing ${missing.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  command('apt-get', ['update', '-q'], { env });
  command('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing], { env });
}
