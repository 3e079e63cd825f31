/** The bundled programs of an instance, made once in a process and shared by all stages. */
import { rmSync } from 'node:fs';
import { buildHandlerBundle } from '../../artifacts/handler-bundle';
import { buildLogShipper } from '../../artifacts/log-shipper';
import type { Architecture } from '../../artifacts/node-runtime';
import { temporaryFolder } from '../../model/files/temporary-folder';
import { undoAtEnd } from '../../model/process/interruption';

const made = new Map<string, string>();

/** What `build` makes in a folder of its own, which is gone when the process ends, also where that is interrupted. The name of the folder reaches no template. */
function madeOnce(key: string, build: (folder: string) => string): string {
  let path = made.get(key);
  if (path === undefined) {
    const folder = temporaryFolder('slipway-bundle-');
    undoAtEnd(() => rmSync(folder, { recursive: true, force: true }));
    path = build(folder);
    made.set(key, path);
  }
  return path;
}

/**
 * Folder of the handler for one architecture and engine.
 *
 * @param onnxRuntime whether ONNX Runtime is a part
 */
export function handlerBundle(architecture: Architecture, onnxRuntime: boolean): string {
  return madeOnce(`handler ${architecture} ${onnxRuntime}`, (folder) => {
    const target = { platform: 'linux', architecture: architecture === 'arm64' ? 'arm64' : 'x64' } as const;
    buildHandlerBundle(folder, target, { onnxRuntime });
    return folder;
  });
}

/** Path of the program that sends logs on. */
export const logShipper = (): string => madeOnce('log shipper', buildLogShipper);
