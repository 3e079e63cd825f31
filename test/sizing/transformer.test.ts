import type { Attention, TransformerWeights } from '../../lib/model/package/transformer';
import { transformerText } from '../../lib/report';
import { fittingTypes, loadCatalogue, transformerMemory } from '../../lib/sizing';
import { bytesPerToken, cacheBytes } from '../../lib/sizing/transformer';

/** Llama 3 8B: 32 layers, 8 heads of keys and values of 128 numbers. */
const llama: Attention = {
  layers: 32,
  numbersPerToken: 2 * 8 * 128,
  width: 4096,
  innerWidth: 14336,
  vocabulary: 128256,
  longest: 8192,
};
const weights: TransformerWeights = {
  file: 'model.safetensors',
  parameters: 8_030_261_248,
  bytes: 16_060_522_496,
  types: { BF16: 8_030_261_248 },
  attention: llama,
};
const catalogue = loadCatalogue('us-east-1');
const GIB = 1024 ** 3;

test('5,691 blocks of 16 tokens of Llama 3 8B are the 11.12 GiB that vLLM reports', () => {
  expect(bytesPerToken(llama)).toBe(128 * 1024);
  expect(cacheBytes(llama, 5691 * 16) / GIB).toBeCloseTo(11.115, 3);
});

test('a layer with a window keeps no more than it', () => {
  const windowed = { ...llama, layers: 2, windowed: { layers: 30, tokens: 1024 } };
  expect(cacheBytes(windowed, 512)).toBe(cacheBytes(llama, 512));
  expect(cacheBytes(windowed, 8192)).toBe((2 * 8192 + 30 * 1024) * 4096);
});

test('memory is weights, keys and values of all texts, work and runtime', () => {
  const one = transformerMemory(weights, llama, { sequences: 1, tokens: 4096 });
  const eight = transformerMemory(weights, llama, { sequences: 8, tokens: 4096 });
  expect(one.cacheMiB).toBe(512);
  expect(eight.cacheMiB).toBe(4096);
  expect(one.weightsMiB).toBeCloseTo((1.05 * weights.bytes) / 2 ** 20, 6);
  // 2,048 tokens x (6 x 4,096 + 2 x 14,336) x 2 bytes, and 4 bytes for each of 128,256 tokens
  expect(one.workMiB).toBeCloseTo((2048 * (6 * 4096 + 2 * 14336) * 2 + 128256 * 4) / 2 ** 20, 6);
  expect(eight.totalMiB).toBeCloseTo(eight.weightsMiB + 4096 + eight.workMiB + 1740.8, 6);
});

test('a card of "24 GB" holds one text of it and not eight; the faster of two cards is not the cheaper', () => {
  const one = fittingTypes(catalogue, weights, llama, { sequences: 1, tokens: 4096 });
  expect(one.map(({ gpu }) => gpu)).toEqual(['L4', 'A10G', 'L40S', 'H100']);
  expect(one[0]).toMatchObject({ instanceType: 'g6.xlarge', usdPerMonth: 587.5 });
  expect(one[1]!.tokensPerSecond).toBeGreaterThan(1.8 * one[0]!.tokensPerSecond);
  const eight = fittingTypes(catalogue, weights, llama, { sequences: 8, tokens: 4096 });
  expect(eight.map(({ gpu }) => gpu)).toEqual(['L40S', 'H100']);
});

test('as text', () => {
  const load = { sequences: 8, tokens: 10_000 };
  const memory = transformerMemory(weights, llama, load);
  const types = fittingTypes(catalogue, weights, llama, load);
  expect(transformerText({ weights, load, memory, types })).toMatchSnapshot();
  const { attention: _, ...bare } = weights;
  expect(transformerText({ weights: bare, load, types: [] })).toMatchSnapshot();
});
