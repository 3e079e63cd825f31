/** The Node.js of the instances as a program of this machine, to measure with what will serve. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { placeFolder } from '../model/files/place-folder';
import type { Architecture, NodeRuntime } from './node-runtime';

/** Path in the tarball of the npm package. */
const BINARY = 'package/bin/node';

/** The architecture whose runtime this machine can run, if any. */
export function runnableArchitecture(): Architecture | undefined {
  if (process.platform !== 'linux') return undefined;
  return ({ x64: 'x86_64', arm64: 'arm64' } as const)[process.arch as string];
}

/**
 * The binary of a runtime, unpacked beside its tarball once; it appears whole or not at all.
 *
 * @throws SlipwayError E_FILE when there is no room; Error when there is no `tar`
 */
export function nodeBinary({ path, sha256 }: NodeRuntime): string {
  const folder = join(dirname(path), `unpacked-${sha256.slice(0, 12)}`);
  const unpack = (made: string) => {
    execFileSync('tar', ['-xzf', path, '-C', made, BINARY], { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  placeFolder(folder, unpack, (there) => (existsSync(join(there, BINARY)) ? 'keep' : 'replace'));
  return join(folder, BINARY);
}
