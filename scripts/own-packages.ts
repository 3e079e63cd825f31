/**
 * Packages that one proof or one script needs, and that a clone is lighter without: a folder has a manifest and a lockfile of
 * its own, and whoever runs it first installs them beside it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifestIn = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

function isThere(folder: string, name: string, version: string): boolean {
  return [folder, ROOT].some((each) => {
    const place = join(each, 'node_modules', name);
    return existsSync(join(place, 'package.json')) && manifestIn(place).version === version;
  });
}

/**
 * @param folder with a package.json that pins versions, and a package-lock.json
 * @returns `require` as files of that folder have it
 * @throws Error where they cannot be installed
 */
export function ownPackages(folder: string): NodeJS.Require {
  const { dependencies = {} } = manifestIn(folder);
  const missing = Object.entries(dependencies).filter(([name, version]) => !isThere(folder, name, version));
  if (missing.length > 0) install(folder, missing.map((each) => each.join(' ')).join(', '));
  return createRequire(join(folder, 'package.json'));
}

function install(folder: string, what: string): void {
  const shown = relative(ROOT, folder);
  console.error(`installing ${what} into ${shown}, once`);
  const command = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'];
  const npm = process.env.npm_execpath;
  const { status, error } = spawnSync(npm ? process.execPath : 'npm', npm ? [npm, ...command] : command, {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: !npm && process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm ci in ${shown} failed${error ? `: ${error.message}` : ''}`);
}
