import type { EngineChoice } from '../../../../lib/model/instance/handler-settings';
import type { Tensors } from '../../../../lib/model/rows/tensor';
import type { LoadBound } from './load-bound';

/**
 * Something that evaluates a model. Everything that predicts goes through it: the handler that
 * serves, `pack` that checks golden rows, and `profile` that measures. So what is checked and
 * measured is what will serve.
 */
export interface Engine {
  /** Name and version, e.g. `onnxruntime 1.30.0` or `native 1`. */
  readonly name: string;

  /**
   * Evaluate one batch.
   *
   * @param inputs one tensor for each `signature.inputs`, shape `[rows, columns]`
   * @param methods the outputs to compute: methods, or others that the graph has
   * @returns a tensor for each method, shape `[rows]` or `[rows, width]`
   */
  run(inputs: Tensors, methods: readonly string[]): Promise<Tensors>;

  close(): Promise<void>;
}

export interface EngineOptions {
  /** Threads for one run, where the engine has threads. @default 1 */
  readonly threads?: number;
  /** @default auto */
  readonly engine?: EngineChoice;
  /**
   * A file that calls `serveEngine` when it is run as a thread: ONNX Runtime evaluates large models there, so that the
   * thread that asks stays free. @default - it waits for every run
   */
  readonly threadFile?: string;
  /** Where ONNX Runtime writes the graph as it runs it, with fused operators. @default - nowhere */
  readonly optimizedModelPath?: string;
  /** Ends the process when the model takes too much; begun where an engine has no bounds of its own. @default - it may take all there is */
  readonly bound?: LoadBound;
}
