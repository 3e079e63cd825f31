/** The handler on this machine: the very bundle that an instance would run, and with which Node.js. */
import { join } from 'node:path';
import { currentTarget, HANDLER_FILE } from '../../lib/artifacts/handler-bundle';
import { cachedHandler } from '../../lib/artifacts/handler-cache';
import { nodeBinary, runnableArchitecture } from '../../lib/artifacts/node-binary';
import { fetchNodeRuntime, nodeRuntime } from '../../lib/artifacts/node-runtime';
import { hasOnnxRuntime, onnxRuntimeFolder } from '../../lib/artifacts/onnx-runtime';
import { SlipwayError } from '../../lib/model/error';
import { INSTANCE_NODE } from '../../lib/model/instance/instance-node';
import type { Handler } from '../../lib/profiling/serving';

/**
 * Build the bundle for this machine.
 *
 * @param workspace folder for what can be made again
 * @returns the file to run
 * @throws SlipwayError E_PLATFORM, or E_FILE when it cannot be written
 */
export function buildLocalHandler(workspace: string): string {
  return join(
    cachedHandler(join(workspace, 'handler'), currentTarget(), { onnxRuntime: hasOnnxRuntime() }),
    HANDLER_FILE,
  );
}

interface ProfiledOptions {
  readonly workspace: string;
  /** Whether the Node.js of the instances is fetched when it is not there; else that of this process does. */
  readonly fetch: boolean;
  readonly onProgress: (text: string) => void;
}

/**
 * What a profile measures: the bundle, run by the Node.js of the instances where this machine can have and run it.
 *
 * @throws SlipwayError E_PLATFORM without ONNX Runtime, by which a profile tells how fast the machine is with matrices
 */
export async function handlerToProfile({ workspace, fetch, onProgress }: ProfiledOptions): Promise<Handler> {
  onnxRuntimeFolder();
  const file = buildLocalHandler(workspace);
  const architecture = runnableArchitecture();
  if (architecture === undefined) return { file, node: process.execPath };
  try {
    const runtime = fetch ? await fetchNodeRuntime(architecture, onProgress) : nodeRuntime(architecture);
    return { file, node: nodeBinary(runtime) };
  } catch (error) {
    if (fetch) {
      const why = SlipwayError.is(error) ? error.message : (error as Error).message.split('\n')[0];
      onProgress(`measuring with Node.js ${process.versions.node}, not ${INSTANCE_NODE} as on instances: ${why}`);
    }
    return { file, node: process.execPath };
  }
}
