/**
 * An engine in a thread of its own, for models that take so long that whoever asks for anything else would notice: a run
 * of ONNX Runtime holds up the thread that it is called on, and on the thread that answers requests nobody would hear
 * whether the process is alive. The way there and back costs some 50 microseconds, which such a model makes nothing of.
 */
import { SlipwayError } from '../../../lib/model/error';
import type { Tensor, Tensors } from '../../../lib/model/rows/tensor';
import type { Engine, EngineOptions } from './contract/engine';
import { switchTelemetryOff } from './no-telemetry';

/** The model that a thread is started for. */
export interface EngineThreadData {
  readonly modelPath: string;
  readonly options: EngineOptions;
}

/** An end of the channel between the two threads: a `Worker`, or a `MessagePort`. */
export interface Channel {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

type ToThread = { readonly id: number; readonly inputs: Tensors; readonly methods: readonly string[] } | 'close';

type FromThread =
  | { readonly name: string }
  | { readonly failed: { readonly code?: SlipwayError['code']; readonly message: string } }
  | { readonly id: number; readonly outputs: Tensors }
  | { readonly id: number; readonly error: string }
  | 'closed';

/** The engine's side: makes one, and runs what is asked until it is told to close. */
export async function serveEngine(channel: Channel, make: () => Promise<Engine>): Promise<void> {
  const post = (message: FromThread) => channel.postMessage(message);
  let engine: Engine;
  try {
    engine = await make();
  } catch (error) {
    const { message } = error as Error;
    post({ failed: SlipwayError.is(error) ? { code: error.code, message } : { message } });
    return;
  }
  const run = async (id: number, inputs: Tensors, methods: readonly string[]) => {
    try {
      post({ id, outputs: await engine.run(inputs, methods) });
    } catch (error) {
      post({ id, error: (error as Error).message });
    }
  };
  channel.on('message', (received) => {
    const message = received as ToThread;
    if (message === 'close') void engine.close().then(() => post('closed'));
    else void run(message.id, message.inputs, message.methods);
  });
  post({ name: engine.name });
}

/** A copy that can be given away: the elements may be a part of a buffer that others look at. */
function copied(tensor: Tensor): Tensor {
  return tensor.type === 'string' ? tensor : ({ ...tensor, data: tensor.data.slice() } as Tensor);
}

interface Waiting {
  readonly resolve: (outputs: Tensors) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The side of whoever asks.
 *
 * @throws SlipwayError as the engine's maker
 */
export function engineBehind(channel: Channel): Promise<Engine> {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let closed: () => void;
  const engine = (name: string): Engine => ({
    name,
    run(inputs, methods) {
      const given = Object.fromEntries(Object.entries(inputs).map(([input, tensor]) => [input, copied(tensor)]));
      const buffers = Object.values(given).flatMap(({ type, data }) =>
        type === 'string' ? [] : [data.buffer as ArrayBuffer],
      );
      return new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        channel.postMessage({ id, inputs: given, methods } satisfies ToThread, buffers);
      });
    },
    close() {
      return new Promise((resolve) => {
        closed = resolve;
        channel.postMessage('close' satisfies ToThread);
      });
    },
  });
  return new Promise((resolve, reject) => {
    channel.on('message', (received) => {
      const message = received as FromThread;
      if (message === 'closed') closed();
      else if ('name' in message) resolve(engine(message.name));
      else if ('failed' in message) {
        const { code, message: reason } = message.failed;
        reject(code === undefined ? new Error(reason) : new SlipwayError(code, reason));
      } else {
        const asked = waiting.get(message.id);
        waiting.delete(message.id);
        if ('outputs' in message) asked?.resolve(message.outputs);
        else asked?.reject(new Error(message.error));
      }
    });
  });
}

/**
 * Start a thread that evaluates a model.
 *
 * @param file that calls `serveEngine` when it finds itself in a thread that was started with `EngineThreadData`
 * @throws SlipwayError as the engine's maker
 */
export async function createEngineInThread(file: string, data: EngineThreadData): Promise<Engine> {
  const { Worker, isMainThread } = require('node:worker_threads') as typeof import('node:worker_threads'); // most models need none
  switchTelemetryOff(isMainThread);
  const thread = new Worker(file, { workerData: data });
  thread.on('error', (error) => {
    throw error; // a process that cannot predict any more ends, and is started again
  });
  const engine = await engineBehind(thread);
  return {
    name: engine.name,
    run: engine.run,
    close: async () => {
      await engine.close();
      await thread.terminate();
    },
  };
}
