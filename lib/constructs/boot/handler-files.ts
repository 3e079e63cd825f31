/** The bundled handler for one architecture, made once in a process and shared by all stages. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildHandlerBundle } from '../../artifacts/handler-bundle';
import type { Architecture } from '../../artifacts/node-runtime';

const bundles = new Map<Architecture, string>();

/** Folder of the bundle; it is gone when the process ends. The name of the folder reaches no template. */
export function handlerBundle(architecture: Architecture): string {
  let directory = bundles.get(architecture);
  if (directory === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'slipway-handler-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    buildHandlerBundle(made, { platform: 'linux', architecture: architecture === 'arm64' ? 'arm64' : 'x64' });
    bundles.set(architecture, made);
    directory = made;
  }
  return directory;
}
