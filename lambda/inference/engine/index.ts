/** The door of the engine: what `pack` checks with, what `profile` measures, what the handler serves with. */
import type { Engine, EngineOptions } from './engine';
import { createOnnxRuntimeEngine } from './onnxruntime';

export type { Engine, EngineOptions } from './engine';

/**
 * Load a model.
 *
 * @param modelPath path of a `model.onnx`
 * @throws SlipwayError E_PACKAGE when the file cannot be read or is not a graph the engine evaluates;
 *   E_PLATFORM when the engine has no build for this machine
 */
export function createEngine(modelPath: string, options?: EngineOptions): Promise<Engine> {
  return createOnnxRuntimeEngine(modelPath, options);
}
