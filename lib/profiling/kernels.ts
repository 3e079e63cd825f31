/**
 * The reference kernels: fixed work, one for each kind of arithmetic, whose times tell how fast a machine is. A profile of a
 * machine that the catalogue does not know is carried over by them (lib/sizing/demand/reference-cpu.ts).
 *
 * - tree: walks a binary search tree of 4,095 nodes in typed arrays, 12 levels deep, 20,000 times with keys from Park and
 *   Miller's minimal standard generator, and adds up the leaf values in double precision: loads that depend on each other,
 *   branches that cannot be foreseen, some floating point. It is what the handler does around a model, and what trees do.
 * - dense: the product of two matrices of 256 x 256 in single precision by the engine on one thread: 33.5 million floating
 *   point operations, in the widest vectors that the processor has.
 *
 * Each is run often and the fastest run counts: whatever else a machine does only makes a run slower.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { createEngine, type Engine } from '../../lambda/inference/engine';
import { named } from '../model/files/file-error';
import type { ComputeProfile } from '../model/package/profile';
import type { Tensor } from '../model/rows/tensor';

const LEVELS = 12;
const WALKS = 20_000;
/** Runs at a time. */
const RUNS = 12;
/** Times that they are run at the end, and what is between two of them, milliseconds. */
const LAST_LOOKS = 10;
const PAUSE_MS = 100;
const MULTIPLIER = 48_271;
const MODULUS = 2_147_483_647;
const SIDE = 256;

/** An ONNX model of one node, `predict = MatMul(a, b)`, float32, 256 x 256, opset 17: onnx.helper.make_model(...).SerializeToString(). */
const MATRIX_PRODUCT =
  'CAgSADpnChcKAWEKAWISB3ByZWRpY3QiBk1hdE11bBIBZ1oVCgFhEhAKDggBEgoKAwiAAgoDCIACWhUKAWISEAoOCAESCgoDCIACCgMIgAJiGwoHcHJlZGljdBIQCg4IARIKCgMIgAIKAwiAAkIECgAQEQ==';

interface Tree {
  readonly thresholds: Float64Array;
  readonly leaves: Float64Array;
}

function buildTree(): Tree {
  const inner = 2 ** LEVELS - 1;
  const thresholds = new Float64Array(inner);
  for (let level = 0, node = 0; level < LEVELS; level++) {
    const width = 2 ** level;
    for (let i = 0; i < width; i++) thresholds[node++] = (2 * i + 1) / (2 * width);
  }
  return { thresholds, leaves: Float64Array.from({ length: inner + 1 }, (_, i) => Math.sqrt(i)) };
}

/** One run of the tree kernel. The sum is returned so that nothing of it can be left out. */
export function walkTree({ thresholds, leaves }: Tree = buildTree()): number {
  let seed = 1;
  let sum = 0;
  for (let walk = 0; walk < WALKS; walk++) {
    seed = (seed * MULTIPLIER) % MODULUS;
    const key = seed / MODULUS;
    let node = 0;
    while (node < thresholds.length) node = 2 * node + (key < thresholds[node]! ? 1 : 2);
    sum += leaves[node - thresholds.length]!;
  }
  return sum;
}

async function fastest(run: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    await run();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** The kernels, to be run now and then: what else the machine does lasts longer than a few runs. */
export class Kernels {
  private readonly tree = buildTree();
  private treeMs = Number.POSITIVE_INFINITY;
  private denseMs = Number.POSITIVE_INFINITY;

  private constructor(
    private readonly engine: Engine,
    private readonly inputs: Readonly<Record<'a' | 'b', Tensor>>,
  ) {}

  /**
   * @param scratch a folder that the kernel's model is written to
   * @throws SlipwayError E_PLATFORM when the engine has no build for this machine
   */
  static async create(scratch: string): Promise<Kernels> {
    const path = join(scratch, 'kernel.onnx');
    named(path, 'written', () => writeFileSync(path, Buffer.from(MATRIX_PRODUCT, 'base64')));
    const engine = await createEngine(path, { threads: 1, engine: 'onnxruntime' });
    const matrix = (step: number) => Float32Array.from({ length: SIDE * SIDE }, (_, i) => ((i * step) % 17) / 17);
    const shape = [SIDE, SIDE];
    return new Kernels(engine, {
      a: { type: 'float32', data: matrix(7), shape },
      b: { type: 'float32', data: matrix(11), shape },
    });
  }

  async run(): Promise<void> {
    this.treeMs = Math.min(this.treeMs, await fastest(() => walkTree(this.tree)));
    this.denseMs = Math.min(this.denseMs, await fastest(() => this.engine.run(this.inputs, ['predict'])));
  }

  /** @returns their times after some more runs, over a second or two */
  async times(): Promise<ComputeProfile['machine']['kernels']> {
    for (let i = 0; i < LAST_LOOKS; i++) {
      await setTimeout(PAUSE_MS);
      await this.run();
    }
    return { treeMs: this.treeMs, denseMs: this.denseMs };
  }

  close(): Promise<void> {
    return this.engine.close();
  }
}

/** Their times alone. @param scratch a folder for files of passing use */
export async function kernelTimes(scratch: string): Promise<ComputeProfile['machine']['kernels']> {
  const kernels = await Kernels.create(scratch);
  try {
    return await kernels.times();
  } finally {
    await kernels.close();
  }
}
