/** The bundled handler for one architecture and engine, made once in a process and shared by all stages. */
import { rmSync } from 'node:fs';
import { buildHandlerBundle } from '../../artifacts/handler-bundle';
import type { Architecture } from '../../artifacts/node-runtime';
import { temporaryFolder } from '../../model/files/temporary-folder';
import { undoAtEnd } from '../../model/process/interruption';

const bundles = new Map<string, string>();

/**
 * Folder of the bundle; it is gone when the process ends, also where that is interrupted. The name of the folder reaches no template.
 *
 * @param onnxRuntime whether ONNX Runtime is a part
 */
export function handlerBundle(architecture: Architecture, onnxRuntime: boolean): string {
  const key = `${architecture} ${onnxRuntime}`;
  let directory = bundles.get(key);
  if (directory === undefined) {
    const made = temporaryFolder('slipway-handler-');
    undoAtEnd(() => rmSync(made, { recursive: true, force: true }));
    const target = { platform: 'linux', architecture: architecture === 'arm64' ? 'arm64' : 'x64' } as const;
    buildHandlerBundle(made, target, { onnxRuntime });
    bundles.set(key, made);
    directory = made;
  }
  return directory;
}
