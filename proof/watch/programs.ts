/** The watchers, installed by name: Debian's packages in a root file system of their own, others from Go modules. */
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
import { attempt } from '../boot/command';
import { ProofProblem } from '../problem';
import { type ProcessOptions, run } from '../process';
import { isolated } from './confined';

const RELEASE = 'bookworm';
const BASE = ['ca-certificates', 'procps', 'netbase'];
const PACKAGES = [
  'busybox',
  'monitoring-plugins-basic',
  'nagios4-cgi',
  'nagios4-core',
  'php-cli',
  'php-pgsql',
  'postgresql',
  'zabbix-frontend-php',
  'zabbix-server-pgsql',
];
/** With what its pages are made of. */
const PROMETHEUS = [
  'prometheus',
  'fonts-glyphicons-halflings',
  'libjs-bootstrap4',
  'libjs-eonasdan-bootstrap-datetimepicker',
  'libjs-jquery',
  'libjs-jquery-hotkeys',
  'libjs-moment',
  'libjs-moment-timezone',
  'libjs-mustache',
  'libjs-popper.js',
  'libjs-rickshaw',
];
const NO_SERVICES = '#!/bin/sh\nexit 101\n';

type Tell = (message: string) => void;

/** Why Nagios and Zabbix cannot run here. */
export function obstacle(): string | undefined {
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version')) return 'it takes Debian';
  if (process.getuid?.() !== 0) return 'it takes root, to change into their root file system';
  return existsSync('/usr/sbin/debootstrap') ? undefined : 'debootstrap is missing: apt install debootstrap';
}

/** Not synchronously: a signal is heard meanwhile. */
async function made(words: readonly string[], options: ProcessOptions = {}): Promise<void> {
  const { code, output } = await run(words, options);
  if (code !== 0)
    throw new ProofProblem(`${words.slice(-4).join(' ')} ended with status ${code}: ${output.slice(-1000)}`);
}

const digestOf = (...parts: (string | Buffer)[]) => {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest('hex').slice(0, 12);
};

/** A folder of the cache, made whole or not at all; what an older recipe or a run that was ended has left is removed. */
async function kept(
  cache: string,
  kind: string,
  recipe: string,
  make: (partial: string) => Promise<void>,
): Promise<string> {
  const folder = join(cache, `${kind}-${recipe}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  for (const old of readdirSync(cache).filter((name) => name.startsWith(`${kind}-`))) {
    rmSync(join(cache, old), { recursive: true, force: true });
  }
  const partial = `${folder}.partial`;
  await make(partial);
  renameSync(partial, folder);
  return folder;
}

/** The folder of the root file system of Nagios and Zabbix. */
export function rootFileSystem(cache: string, tell: Tell): Promise<string> {
  return kept(cache, 'root', digestOf(JSON.stringify([RELEASE, BASE, PACKAGES])), async (partial) => {
    tell('making the root file system of Nagios and Zabbix; about three minutes, once');
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
    await made(isolated(['debootstrap', '--variant=minbase', `--include=${BASE.join(',')}`, RELEASE, partial]));
    writeFileSync(join(partial, 'usr/sbin/policy-rc.d'), NO_SERVICES, { mode: 0o755 });
    const apt = (...words: string[]) => made(isolated(['chroot', partial, 'apt-get', ...words]), { env });
    await apt('update', '-q');
    await apt('install', '-y', '-q', '--no-install-recommends', ...PACKAGES);
    await apt('clean');
  });
}

export interface PrometheusPrograms {
  /** Folder of `prometheus` and `promtool`. */
  readonly bin: string;
  /** Folder of its pages. */
  readonly pages: string;
}

/** The files of Debian's package, which is not installed. */
export async function prometheusPrograms(cache: string, tell: Tell): Promise<PrometheusPrograms> {
  const folder = await kept(cache, 'prometheus', digestOf(PROMETHEUS.join()), async (partial) => {
    tell("fetching Debian's package prometheus, once");
    mkdirSync(partial, { recursive: true });
    const fetch = () => run(['apt-get', 'download', '-q', ...PROMETHEUS], { cwd: partial });
    if ((await fetch()).code !== 0) {
      await run(['apt-get', 'update', '-q']);
      const { code, output } = await fetch();
      if (code !== 0) throw new ProofProblem(`the package prometheus cannot be had: ${output.trim().slice(-300)}`);
    }
    for (const file of readdirSync(partial).filter((name) => name.endsWith('.deb'))) {
      await made(['dpkg-deb', '-x', join(partial, file), partial]);
      rmSync(join(partial, file));
    }
  });
  return { bin: join(folder, 'usr/bin'), pages: join(folder, 'usr/share/prometheus/web') };
}

/** A program whose sources stand beside this file, built from Go modules. @returns undefined where there is no Go */
export async function goProgram(
  cache: string,
  name: 'collector' | 'dashboard',
  tell: Tell,
): Promise<string | undefined> {
  const sources = join(__dirname, name);
  const files = readdirSync(sources);
  const recipe = digestOf(...files.map((file) => readFileSync(join(sources, file))));
  if (attempt('go', ['version']).status !== 0) return undefined;
  const folder = await kept(cache, name, recipe, async (partial) => {
    tell(`building the program ${name} from Go modules, once`);
    mkdirSync(partial, { recursive: true });
    for (const file of files) copyFileSync(join(sources, file), join(partial, file));
    await made(['go', 'build', '-mod=readonly', '-o', name, '.'], { cwd: partial });
  });
  return join(folder, name);
}
