/** The watchers, installed by name: Debian's packages in a root file system of their own, a collector from Go modules. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { attempt, command } from '../boot/command';
import { ProofProblem } from '../problem';

const RELEASE = 'bookworm';
const BASE = ['ca-certificates', 'procps', 'netbase'];
const PACKAGES = [
  'nagios4-core',
  'monitoring-plugins-basic',
  'zabbix-server-pgsql',
  'zabbix-frontend-php',
  'php-cli',
  'php-pgsql',
  'postgresql',
];
const NO_SERVICES = '#!/bin/sh\nexit 101\n';

type Tell = (message: string) => void;

/** Why Nagios and Zabbix cannot run here. */
export function obstacle(): string | undefined {
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version')) return 'it takes Debian';
  if (process.getuid?.() !== 0) return 'it takes root, to change into their root file system';
  return existsSync('/usr/sbin/debootstrap') ? undefined : 'debootstrap is missing: apt install debootstrap';
}

/** The folder of the root file system of Nagios and Zabbix, made if it is not there. */
export function rootFileSystem(cache: string, tell: Tell): string {
  const recipe = createHash('sha256')
    .update(JSON.stringify([RELEASE, BASE, PACKAGES]))
    .digest('hex')
    .slice(0, 12);
  const root = join(cache, `root-${recipe}`);
  if (existsSync(root)) return root;
  mkdirSync(cache, { recursive: true });
  for (const old of readdirSync(cache).filter((name) => name.startsWith('root-'))) {
    rmSync(join(cache, old), { recursive: true, force: true });
  }
  tell('making the root file system of Nagios and Zabbix; about three minutes, once');
  const partial = `${root}.partial`;
  command('debootstrap', ['--variant=minbase', `--include=${BASE.join(',')}`, RELEASE, partial]);
  writeFileSync(join(partial, 'usr/sbin/policy-rc.d'), NO_SERVICES, { mode: 0o755 });
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  const apt = (...words: string[]) => command('chroot', [partial, 'apt-get', ...words], { env });
  apt('update', '-q');
  apt('install', '-y', '-q', '--no-install-recommends', ...PACKAGES);
  apt('clean');
  renameSync(partial, root);
  return root;
}

/** The folder with `prometheus` and `promtool`: the files of Debian's package, which is not installed. */
export function prometheusPrograms(cache: string, tell: Tell): string {
  const folder = join(cache, 'prometheus');
  const bin = join(folder, 'usr/bin');
  if (existsSync(join(bin, 'promtool'))) return bin;
  tell("fetching Debian's package prometheus, once");
  mkdirSync(folder, { recursive: true });
  const fetch = () => attempt('apt-get', ['download', '-q', 'prometheus'], { cwd: folder });
  if (fetch().status !== 0) {
    attempt('apt-get', ['update', '-q']);
    const { status, output } = fetch();
    if (status !== 0) throw new ProofProblem(`the package prometheus cannot be had: ${output.trim().slice(-300)}`);
  }
  const file = readdirSync(folder).find((name) => name.endsWith('.deb'))!;
  command('dpkg-deb', ['-x', join(folder, file), folder]);
  return bin;
}

/** A collector of OpenTelemetry with what the proof needs of it. @returns undefined where there is no Go to build it */
export function collectorProgram(cache: string, tell: Tell): string | undefined {
  const sources = join(__dirname, 'collector');
  const files = readdirSync(sources);
  const digest = createHash('sha256');
  for (const file of files) digest.update(readFileSync(join(sources, file)));
  const folder = join(cache, `collector-${digest.digest('hex').slice(0, 12)}`);
  const program = join(folder, 'collector');
  if (existsSync(program)) return program;
  if (attempt('go', ['version']).status !== 0) return undefined;
  tell('building a collector of OpenTelemetry from Go modules, once');
  mkdirSync(folder, { recursive: true });
  for (const file of files) copyFileSync(join(sources, file), join(folder, file));
  command('go', ['build', '-mod=readonly', '-o', 'collector', '.'], { cwd: folder });
  return program;
}
