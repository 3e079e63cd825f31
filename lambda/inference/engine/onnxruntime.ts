/**
 * ONNX Runtime as an engine.
 *
 * Its public `session.run` is a Promise and a `setImmediate` around a synchronous native call
 * (microsoft/onnxruntime#19611): it looks asynchronous, blocks all the same, and costs a turn of the
 * event loop. The native session is therefore called directly. It is not public interface:
 * onnxruntime-node is pinned to one version, and test/lambda/inference/engine holds what is relied on here.
 */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { arch, platform } from 'node:os'; // in the bundle process.platform is what it was built for
import { SlipwayError } from '../../../lib/model/error';
import type { ElementType } from '../../../lib/model/rows/signature';
import type { Tensor, Tensors } from '../../../lib/model/rows/tensor';
import type { Engine, EngineOptions } from './contract/engine';
import { switchTelemetryOff } from './no-telemetry';
import { OnnxRuntimeError, onnxRuntimeReason } from './reason';

interface ValueMetadata {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type: number;
}

interface NativeSession {
  loadModel(path: string, options: object): void;
  readonly inputMetadata: readonly ValueMetadata[];
  readonly outputMetadata: readonly ValueMetadata[];
  run(feeds: Record<string, NativeTensor>, fetches: Record<string, null>, options: object): NativeTensors;
  dispose(): void;
}

interface NativeBinding {
  readonly InferenceSession: new () => NativeSession;
  initOrtOnce(logLevel: number, tensor: typeof NativeTensor, mainThread: boolean): void;
}

type NativeTensors = Record<string, NativeTensor>;

/** What the native code reads of an input, and calls with `new` for an output. */
class NativeTensor {
  readonly location = 'cpu';
  constructor(
    readonly type: ElementType,
    readonly data: Tensor['data'],
    readonly dims: readonly number[],
  ) {}
}

/** The module that is loaded; `slipway bundle --native` leaves it out. */
const BINDING = 'onnxruntime-node/dist/binding';

const PLATFORMS = 'Linux with glibc 2.28 or newer (x64, arm64), macOS on Apple silicon, Windows (x64, arm64)';

/** ONNX element types by `TensorProto.DataType` (onnx.proto3), those that a signature can name. */
const ELEMENT_TYPES: Readonly<Record<number, ElementType>> = {
  1: 'float32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  11: 'float64',
};

const LOG_FATAL = 4; // ORT_LOGGING_LEVEL_FATAL: what fails is thrown, and told as what it is; a client's value is no error of ours

/** Loaded when it is needed, since that takes tens of milliseconds and maps 46 MB. */
function loadNative(): { binding: NativeBinding; version: string } {
  try {
    const { isMainThread } = require('node:worker_threads') as typeof import('node:worker_threads');
    switchTelemetryOff(isMainThread);
    const { binding } = require('onnxruntime-node/dist/binding') as { binding: NativeBinding };
    const { version } = require('onnxruntime-node/dist/version') as { version: string };
    binding.initOrtOnce(LOG_FATAL, NativeTensor, isMainThread);
    return { binding, version };
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_DLOPEN_FAILED') throw cause;
    if (message.includes(`'${BINDING}'`)) {
      throw new SlipwayError(
        'E_PLATFORM',
        'ONNX Runtime is not a part of this handler, or is not installed; install it with ' +
          '"npm install --ignore-scripts onnxruntime-node", bundle the handler without --native, or profile the model anew',
        { cause },
      );
    }
    throw new SlipwayError(
      'E_PLATFORM',
      `ONNX Runtime cannot be loaded on ${platform()} ${arch()} (${message.split('\n')[0]}); it runs on ${PLATFORMS}`,
      { cause },
    );
  }
}

/** As `createEngine`. */
export async function createOnnxRuntimeEngine(modelPath: string, options: EngineOptions = {}): Promise<Engine> {
  const { binding, version } = loadNative();
  try {
    await access(modelPath, constants.R_OK);
  } catch (cause) {
    throw new SlipwayError('E_PACKAGE', `${modelPath}: cannot be read (${(cause as Error).message})`, { cause });
  }
  const cuda = options.engine === 'cuda';
  const session = new binding.InferenceSession();
  try {
    session.loadModel(modelPath, {
      executionProviders: [cuda ? 'cuda' : 'cpu'], // beside CUDA the processor has what no GPU can do
      intraOpNumThreads: options.threads ?? 1,
      interOpNumThreads: 1,
      logSeverityLevel: LOG_FATAL,
      ...(options.optimizedModelPath !== undefined && { optimizedModelFilePath: options.optimizedModelPath }),
      extra: {
        // idle threads sleep: spinning ones take the processor from the thread that reads the requests
        session: { intra_op: { allow_spinning: '0' } },
        // it joins a matrix product with the number that its result or its input is multiplied with, as a float32
        optimization: { disable_specified_optimizers: 'MatMulScaleFusion' },
      },
    });
  } catch (cause) {
    const reason = onnxRuntimeReason((cause as Error).message);
    if (cuda && /CUDA|shared library/i.test(reason)) {
      throw new SlipwayError(
        'E_PLATFORM',
        `ONNX Runtime ${version} cannot use a GPU here (${reason}); it needs Linux on x64, an NVIDIA GPU with its driver, CUDA 13, ` +
          'and libonnxruntime_providers_cuda.so of the same version beside the handler; or choose the engine auto',
        { cause },
      );
    }
    throw new SlipwayError(
      'E_PACKAGE',
      `${modelPath}: ONNX Runtime ${version} cannot load it (${reason}); pack the model again`,
      { cause: new OnnxRuntimeError(reason, { cause }) },
    );
  }
  const { inputMetadata, outputMetadata } = session;
  for (const { name, type, isTensor } of [...inputMetadata, ...outputMetadata]) {
    if (isTensor && ELEMENT_TYPES[type] !== undefined) continue;
    session.dispose();
    const known = Object.values(ELEMENT_TYPES).join(', ');
    throw new SlipwayError('E_PACKAGE', `${modelPath}: "${name}" is not a tensor of ${known}; pack the model again`);
  }
  return new OnnxRuntimeEngine(
    `onnxruntime ${version}${cuda ? ' cuda' : ''}`,
    session,
    new Set(outputMetadata.map(({ name }) => name)),
  );
}

class OnnxRuntimeEngine implements Engine {
  constructor(
    readonly name: string,
    private readonly session: NativeSession,
    private readonly outputs: ReadonlySet<string>,
  ) {}

  async run(inputs: Tensors, methods: readonly string[]): Promise<Tensors> {
    const feeds: NativeTensors = {};
    for (const name of Object.keys(inputs)) {
      const { type, data, shape } = inputs[name]!;
      feeds[name] = new NativeTensor(type, data, shape);
    }
    const fetches: Record<string, null> = {};
    for (const method of methods) {
      if (!this.outputs.has(method)) {
        const known = [...this.outputs].join(', ');
        throw new SlipwayError('E_PACKAGE', `the graph has no output "${method}"; it has ${known}`);
      }
      fetches[method] = null;
    }
    let results: NativeTensors;
    try {
      results = this.session.run(feeds, fetches, {});
    } catch (cause) {
      throw new OnnxRuntimeError(onnxRuntimeReason((cause as Error).message), { cause });
    }
    const tensors: Record<string, Tensor> = {};
    for (const method of methods) {
      const { type, data, dims } = results[method]!;
      tensors[method] = { type, data, shape: dims } as Tensor;
    }
    return tensors;
  }

  async close(): Promise<void> {
    this.session.dispose();
  }
}
