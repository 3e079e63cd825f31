/** The door of the native engine: a plan for a model file, when there is one. */
import { readFile, stat } from 'node:fs/promises';
import { SlipwayError } from '../../../../lib/model/error';
import { MIB } from '../../../../lib/model/units';
import type { Engine } from '../contract/engine';
import { NotNative } from '../contract/fault';
import { NativeEngine } from './engine';
import { readGraph } from './graph/onnx-graph';
import { DENSE_WORK_PER_ROW, MOST_WORK_PER_ROW } from './graph/planner';
import { planGraph } from './plan';

/** Larger files are left to ONNX Runtime: loading one takes up to seven times its size. Ten million nodes of trees fit. */
const MAXIMUM_FILE_BYTES = 2 ** 28;

/**
 * @param whateverItCosts also where ONNX Runtime is faster
 * @returns the engine, or why the graph is one for ONNX Runtime
 * @throws SlipwayError E_PACKAGE when the file cannot be read or is damaged
 */
export async function createNativeEngine(modelPath: string, whateverItCosts = false): Promise<Engine | string> {
  let bytes: Buffer;
  try {
    const { size } = await stat(modelPath);
    if (size > MAXIMUM_FILE_BYTES) return `it is larger than ${MAXIMUM_FILE_BYTES / MIB} MiB`;
    bytes = await readFile(modelPath);
  } catch (cause) {
    throw new SlipwayError('E_PACKAGE', `${modelPath}: cannot be read (${(cause as Error).message})`, { cause });
  }
  try {
    return new NativeEngine(
      modelPath,
      planGraph(readGraph(modelPath, bytes), whateverItCosts ? MOST_WORK_PER_ROW : DENSE_WORK_PER_ROW),
    );
  } catch (error) {
    if (error instanceof NotNative) return error.message;
    throw error;
  }
}
