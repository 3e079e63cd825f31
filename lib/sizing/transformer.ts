/**
 * Memory of a GPU that generating text with a transformer takes, and the instance types that have it. Slipway serves no text
 * generation; this tells what it would take.
 *
 * Against a published run, Llama 3 8B on an A100 with 40 GB: 5,691 blocks of 16 tokens are 11.115 GiB by this formula, and
 * vLLM reports 11.12 (vllm-project/vllm#12330).
 */
import type { Attention, TransformerWeights } from '../model/package/transformer';
import { MIB } from '../model/units';
import { HOURS_PER_MONTH } from './bill/fixed-parts';
import type { Catalogue } from './catalogue/catalogue';

export interface TextLoad {
  /** Texts that are worked on at the same time. */
  readonly sequences: number;
  /** Of each, the question and the answer together. */
  readonly tokens: number;
}

/** Keys and values are kept in 16 bits. */
const BYTES_PER_NUMBER = 2;
const PARAMETERS_FACTOR = 1.05;
/** Tokens of questions that are read at a time. */
const READ_AT_A_TIME = 2048;
/** Vectors of the width of the model that a layer holds of a token at work. */
const VECTORS = 6;
/** CUDA's context 1.2 GiB, captured graphs 0.5 GiB. */
const RUNTIME_MIB = 1.7 * 1024;
const USABLE_SHARE = 0.9;
/** To start all operators of one step, milliseconds. */
const STEP_MS = 3;
/** Share of the bandwidth that is reached, the low end of 50 to 75 %. */
const REACHED_BANDWIDTH = 0.5;

/** Bytes that a token leaves in the memory of all layers, while none is behind a window. */
export function bytesPerToken({ layers, windowed, numbersPerToken }: Attention): number {
  return (layers + (windowed?.layers ?? 0)) * numbersPerToken * BYTES_PER_NUMBER;
}

/** Bytes of keys and values of one text. */
export function cacheBytes({ layers, windowed, numbersPerToken }: Attention, tokens: number): number {
  const within = windowed ? windowed.layers * Math.min(tokens, windowed.tokens) : 0;
  return (layers * tokens + within) * numbersPerToken * BYTES_PER_NUMBER;
}

export interface TransformerMemory {
  readonly weightsMiB: number;
  readonly cacheMiB: number;
  /** What layers hold at work, and the shares of all tokens for the next. */
  readonly workMiB: number;
  readonly runtimeMiB: number;
  readonly totalMiB: number;
}

export function transformerMemory(
  { bytes }: TransformerWeights,
  attention: Attention,
  { sequences, tokens }: TextLoad,
): TransformerMemory {
  const { width, innerWidth, vocabulary } = attention;
  const atOnce = Math.min(READ_AT_A_TIME, sequences * tokens);
  const weightsMiB = (PARAMETERS_FACTOR * bytes) / MIB;
  const cacheMiB = (sequences * cacheBytes(attention, tokens)) / MIB;
  const workMiB = (atOnce * (VECTORS * width + 2 * innerWidth) * BYTES_PER_NUMBER + sequences * vocabulary * 4) / MIB;
  const totalMiB = weightsMiB + cacheMiB + workMiB + RUNTIME_MIB;
  return { weightsMiB, cacheMiB, workMiB, runtimeMiB: RUNTIME_MIB, totalMiB };
}

export interface FittingType {
  readonly instanceType: string;
  readonly gpu: string;
  readonly usableMiB: number;
  readonly usdPerMonth: number;
  /** Tokens a second of all texts together, by the bandwidth of the data sheet: each step reads all weights and keys. */
  readonly tokensPerSecond: number;
}

/** The types with one GPU that hold it, cheapest first, one for each kind of GPU. */
export function fittingTypes(
  catalogue: Catalogue,
  weights: TransformerWeights,
  attention: Attention,
  load: TextLoad,
): FittingType[] {
  const { totalMiB } = transformerMemory(weights, attention, load);
  const cheapest = new Map<string, FittingType>();
  for (const { name, gpu, usdPerHour } of catalogue.types) {
    if (!gpu || totalMiB > USABLE_SHARE * gpu.memoryMiB) continue;
    const usdPerMonth = Number((usdPerHour * HOURS_PER_MONTH).toFixed(2));
    if ((cheapest.get(gpu.name)?.usdPerMonth ?? Number.POSITIVE_INFINITY) <= usdPerMonth) continue;
    const read = weights.bytes + load.sequences * cacheBytes(attention, load.tokens);
    const stepMs = STEP_MS + read / (gpu.gigabytesPerSecond * 1e6 * REACHED_BANDWIDTH);
    cheapest.set(gpu.name, {
      instanceType: name,
      gpu: gpu.name,
      usableMiB: Math.floor(USABLE_SHARE * gpu.memoryMiB),
      usdPerMonth,
      tokensPerSecond: Math.round((1000 * load.sequences) / stepMs),
    });
  }
  return [...cheapest.values()].sort((a, b) => a.usdPerMonth - b.usdPerMonth || (a.gpu < b.gpu ? -1 : 1));
}
