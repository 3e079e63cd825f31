/** The Node.js that instances run, which is what their handler is to be measured with. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fetchNodeRuntime } from '../../lib/artifacts/node-runtime';

/** @returns path of the binary, fetched and unpacked once; of this process' own where there is none for this machine */
export async function instanceNode(cache: string): Promise<string> {
  if (process.platform !== 'linux' || (process.arch !== 'x64' && process.arch !== 'arm64')) return process.execPath;
  const { path, version } = await fetchNodeRuntime(process.arch === 'x64' ? 'x86_64' : 'arm64');
  const folder = join(cache, `node-${version}`);
  const binary = join(folder, 'package', 'bin', 'node');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    execFileSync('tar', ['-xzf', path, '-C', folder, 'package/bin/node']);
  }
  return binary;
}
