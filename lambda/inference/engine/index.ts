/** The door of the engine: what `pack` checks with, what `profile` measures, what the handler serves with. */
import { stat } from 'node:fs/promises';
import { SlipwayError } from '../../../lib/model/error';
import { MIB } from '../../../lib/model/units';
import type { Engine, EngineOptions } from './contract/engine';
import { createNativeEngine } from './native';
import { createOnnxRuntimeEngine } from './onnxruntime';
import { createEngineInThread } from './thread';

export type { Engine, EngineOptions } from './contract/engine';
export { Malformed } from './contract/fault';
export { findLimitLine, LoadBound } from './contract/load-bound';
export { OnnxRuntimeError } from './reason';

/**
 * Files of this size and more are evaluated in a thread of their own, where there is one. Whatever is not a tree reads
 * most of its file for each row: 4 MiB are half a million doubles, and 2 to 4 ms of a network or of the kernel of a
 * support vector machine.
 */
const THREAD_FROM_BYTES = 4 * MIB;

/**
 * Load a model into the engine that suits it: the native one where that has all its operators and is the faster one, else
 * ONNX Runtime. The rule looks at the graph alone, so that what was measured is what serves.
 *
 * @param modelPath path of a `model.onnx`
 * @throws SlipwayError E_PACKAGE when the file cannot be read, is damaged, or is not a graph the engine evaluates;
 *   E_PLATFORM when ONNX Runtime is needed and has no build for this machine, or a GPU is and there is none
 */
export async function createEngine(modelPath: string, options: EngineOptions = {}): Promise<Engine> {
  const { engine: choice = 'auto' } = options;
  if (choice === 'onnxruntime' || choice === 'cuda') return createOnnxRuntime(modelPath, options);
  const native = await createNativeEngine(modelPath, choice === 'native');
  if (typeof native !== 'string') return native;
  if (choice === 'auto') {
    return createOnnxRuntime(modelPath, options).catch((cause: unknown) => {
      if (!SlipwayError.is(cause) || cause.code !== 'E_PLATFORM') throw cause;
      const message = `${modelPath}: the native engine does not evaluate it: ${native}; and ${cause.message}`;
      throw new SlipwayError('E_PLATFORM', message, { cause });
    });
  }
  throw new SlipwayError(
    'E_PACKAGE',
    `${modelPath}: the native engine does not evaluate it: ${native}; choose the engine auto or onnxruntime`,
  );
}

async function createOnnxRuntime(modelPath: string, { threadFile, bound, ...options }: EngineOptions): Promise<Engine> {
  const size = await stat(modelPath).then(
    (found) => found.size,
    () => 0, // the engine says what is wrong with it
  );
  bound?.begin(modelPath, size);
  if (threadFile === undefined || size < THREAD_FROM_BYTES) return createOnnxRuntimeEngine(modelPath, options);
  return createEngineInThread(threadFile, { modelPath, options });
}
