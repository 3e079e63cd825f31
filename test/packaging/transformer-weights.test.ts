import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTransformerWeights } from '../../lib/packaging/inspect/transformer-weights';
import { temporaryFolder } from '../../testing/temporary-folder';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** A safetensors file as the format's specification says: length of the header, header, data. */
function save(name: string, tensors: Record<string, [dtype: string, shape: number[], bytes: number]>, cut = 0): string {
  let at = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (const [tensor, [dtype, shape, bytes]] of Object.entries(tensors)) {
    header[tensor] = { dtype, shape, data_offsets: [at, at + bytes] };
    at += bytes;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([length, text, Buffer.alloc(at - cut)]));
  return path;
}

const config = (value: object) => writeFileSync(join(folder, 'config.json'), JSON.stringify(value));

/** Llama 3 8B. */
const LLAMA = {
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  hidden_size: 4096,
  intermediate_size: 14336,
  vocab_size: 128256,
  max_position_embeddings: 8192,
};

test('parameters and bytes come from the header; the weights are not read', () => {
  const path = save('model.safetensors', { a: ['BF16', [4, 8], 64], b: ['F32', [8], 32] });
  expect(readTransformerWeights(path)).toEqual({
    file: 'model.safetensors',
    parameters: 40,
    bytes: 96,
    types: { BF16: 32, F32: 8 },
  });
});

test('an index joins its shards, each once', () => {
  save('model-1.safetensors', { a: ['BF16', [4], 8], b: ['BF16', [2], 4] });
  save('model-2.safetensors', { c: ['BF16', [1], 2] });
  const index = join(folder, 'model.safetensors.index.json');
  const shards = { a: 'model-1.safetensors', b: 'model-1.safetensors', c: 'model-2.safetensors' };
  writeFileSync(index, JSON.stringify({ metadata: { total_size: 14 }, weight_map: shards }));
  expect(readTransformerWeights(index)).toMatchObject({ parameters: 7, bytes: 14 });
});

describe('the config.json beside it tells what a token leaves in each layer', () => {
  const attention = (change: object) => {
    config({ ...LLAMA, ...change });
    return readTransformerWeights(save('model.safetensors', { a: ['BF16', [1], 2] })).attention;
  };

  test('keys and values of fewer heads than there are questions', () => {
    expect(attention({})).toEqual({
      layers: 32,
      numbersPerToken: 2 * 8 * 128,
      width: 4096,
      innerWidth: 14336,
      vocabulary: 128256,
      longest: 8192,
    });
  });

  test('heads of a width of their own', () => {
    expect(attention({ head_dim: 256 })).toMatchObject({ numbersPerToken: 2 * 8 * 256 });
  });

  test('one compressed vector in place of keys and values', () => {
    expect(attention({ kv_lora_rank: 512, qk_rope_head_dim: 64 })).toMatchObject({ numbersPerToken: 576 });
  });

  test.each([
    ['in all layers', { sliding_window: 4096 }, { layers: 0, windowed: { layers: 32, tokens: 4096 } }],
    [
      'in some',
      {
        sliding_window: 1024,
        layer_types: [...Array(30).fill('sliding_attention'), ...Array(2).fill('full_attention')],
      },
      { layers: 2, windowed: { layers: 30, tokens: 1024 } },
    ],
    ['that is switched off', { sliding_window: 4096, use_sliding_window: false }, { layers: 32 }],
  ])('a window %s', (_, change, expected) => {
    expect(attention(change)).toMatchObject(expected);
  });

  test('the names of GPT-2, and the part of a model of images that writes', () => {
    config({ n_layer: 12, n_head: 12, n_embd: 768 });
    const path = save('model.safetensors', { a: ['F32', [1], 4] });
    expect(readTransformerWeights(path).attention).toMatchObject({
      layers: 12,
      numbersPerToken: 1536,
      innerWidth: 3072,
    });
    config({ model_type: 'llava', text_config: LLAMA });
    expect(readTransformerWeights(path).attention).toMatchObject({ layers: 32 });
  });

  test('one of another kind of model is left alone', () => {
    config({ model_type: 'resnet' });
    expect(readTransformerWeights(save('model.safetensors', { a: ['F32', [1], 4] })).attention).toBeUndefined();
  });
});

describe('refused is', () => {
  test.each([
    [
      'a file that was cut off',
      () => save('m.safetensors', { a: ['F32', [4], 16] }, 1),
      'E_FORMAT',
      /"a" ends behind the file/,
    ],
    [
      'a header longer than the file',
      () => writeRaw(Buffer.from([255, 255, 255, 127, 0, 0, 0, 0, 123])),
      'E_FORMAT',
      /header would be/,
    ],
    ['an empty file', () => writeRaw(Buffer.alloc(0)), 'E_FORMAT', /has no header/],
    [
      'a header that is no JSON',
      () => writeRaw(Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 123, 123])),
      'E_FORMAT',
      /not JSON/,
    ],
    [
      'a tensor without a shape',
      () => writeHeader({ a: { dtype: 'F32' } }),
      'E_FORMAT',
      /"a" has no type, shape or place/,
    ],
    ['a file that is not there', () => join(folder, 'gone.safetensors'), 'E_FILE', /gone.safetensors: does not exist$/],
    ['an index that leaves the folder', () => writeIndex({ a: '../../secret' }), 'E_FORMAT', /weight_map/],
    ['an index of a shard that is missing', () => writeIndex({ a: 'gone.safetensors' }), 'E_FILE', /gone\.safetensors/],
  ])('%s', (_, make, code, message) => {
    const path = make();
    expect(() => readTransformerWeights(path)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  function writeRaw(bytes: Buffer): string {
    const path = join(folder, 'raw.safetensors');
    writeFileSync(path, bytes);
    return path;
  }
  function writeHeader(header: object): string {
    const text = Buffer.from(JSON.stringify(header));
    return writeRaw(Buffer.concat([Buffer.from([text.length, 0, 0, 0, 0, 0, 0, 0]), text]));
  }
  function writeIndex(shards: object): string {
    const path = join(folder, 'm.safetensors.index.json');
    writeFileSync(path, JSON.stringify({ weight_map: shards }));
    return path;
  }
});
