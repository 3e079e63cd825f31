/**
 * The weights of a transformer as Hugging Face's libraries save them: the header of a `.safetensors` file, the shards that a
 * `.safetensors.index.json` names, and the `config.json` beside them. The weights themselves are not read.
 */
import { existsSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { SlipwayError } from '../../model/error';
import { readRegularFile, withRegularFile } from '../../model/files/read-file';
import type { Attention, TransformerWeights } from '../../model/package/transformer';

/** The format's own limit for a header. */
const LONGEST_HEADER = 100_000_000;
const LONGEST_JSON = 16_000_000;

const count = z.number().int().nonnegative();
const tensorSchema = z.object({ dtype: z.string(), shape: z.array(count), data_offsets: z.tuple([count, count]) });
const indexSchema = z.object({ weight_map: z.record(z.string(), z.string().regex(/^[\w.-]+$/)) });

const positive = z.number().int().positive();
const configSchema = z.object({
  num_hidden_layers: positive,
  num_attention_heads: positive,
  num_key_value_heads: positive.nullish(),
  hidden_size: positive,
  head_dim: positive.nullish(),
  intermediate_size: positive.nullish(),
  vocab_size: positive.nullish(),
  max_position_embeddings: positive.nullish(),
  sliding_window: positive.nullish(),
  use_sliding_window: z.boolean().nullish(),
  layer_types: z.array(z.string()).nullish(),
  kv_lora_rank: positive.nullish(),
  qk_rope_head_dim: positive.nullish(),
});

/** GPT-2's names for the same things. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  n_layer: 'num_hidden_layers',
  n_head: 'num_attention_heads',
  n_embd: 'hidden_size',
  n_positions: 'max_position_embeddings',
  n_inner: 'intermediate_size',
};

export const isTransformerWeights = (path: string) => /\.safetensors(\.index\.json)?$/i.test(path);

/**
 * @param path of a `.safetensors` or `.safetensors.index.json` file
 * @throws SlipwayError E_FILE when it or a shard cannot be read, E_FORMAT when it is damaged, E_LIMIT when its header is too long
 */
export function readTransformerWeights(path: string): TransformerWeights {
  const file = basename(path);
  const folder = dirname(path);
  const shards = /\.json$/i.test(path) ? [...new Set(Object.values(readIndex(path)))].sort() : [file];
  const types: Record<string, number> = Object.create(null);
  let [parameters, bytes] = [0, 0];
  for (const shard of shards) {
    for (const {
      dtype,
      shape,
      data_offsets: [from, to],
    } of readHeader(join(folder, shard))) {
      const size = shape.reduce((product, length) => product * length, 1);
      types[dtype] = (types[dtype] ?? 0) + size;
      parameters += size;
      bytes += to - from;
    }
  }
  const attention = readAttention(join(folder, 'config.json'));
  return { file, parameters, bytes, types, ...(attention && { attention }) };
}

function readJson(path: string): unknown {
  const file = basename(path);
  const text = readRegularFile(path, LONGEST_JSON).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SlipwayError('E_FORMAT', `${file}: is not JSON (${(cause as Error).message})`, { cause });
  }
}

function readIndex(path: string): Record<string, string> {
  const index = indexSchema.safeParse(readJson(path));
  if (index.success && Object.keys(index.data.weight_map).length > 0) return index.data.weight_map;
  throw new SlipwayError('E_FORMAT', `${basename(path)}: has no "weight_map" with the names of the files of weights`);
}

function readHeader(path: string): z.infer<typeof tensorSchema>[] {
  const file = basename(path);
  const damaged = (what: string) => new SlipwayError('E_FORMAT', `${file}: is damaged or no safetensors file: ${what}`);
  const { header, dataBytes } = withRegularFile(path, (handle, size) => {
    const start = Buffer.alloc(8);
    if (readSync(handle, start, 0, 8, 0) < 8) throw damaged('it has no header');
    const length = Number(start.readBigUInt64LE());
    if (length > size - 8) throw damaged(`its header would be ${length} bytes long`);
    if (length > LONGEST_HEADER) {
      throw new SlipwayError('E_LIMIT', `${file}: has a header of ${length} bytes; the limit is ${LONGEST_HEADER}`);
    }
    const bytes = Buffer.alloc(length);
    readSync(handle, bytes, 0, length, 8);
    return { header: bytes, dataBytes: size - 8 - length };
  });
  let entries: [string, unknown][];
  try {
    entries = Object.entries(JSON.parse(header.toString('utf8')) as Record<string, unknown>);
  } catch {
    throw damaged('its header is not JSON');
  }
  return entries
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => {
      const tensor = tensorSchema.safeParse(value);
      if (!tensor.success) throw damaged(`the tensor "${name}" has no type, shape or place`);
      const [from, to] = tensor.data.data_offsets;
      if (from > to || to > dataBytes) throw damaged(`the tensor "${name}" ends behind the file, which was cut off`);
      return tensor.data;
    });
}

/** Undefined where there is no configuration, or one of another kind of model. */
function readAttention(path: string): Attention | undefined {
  if (!existsSync(path)) return undefined;
  const document = readJson(path) as { text_config?: object } | null;
  const plain = document?.text_config ?? document ?? {}; // of a model of texts and images the part that writes
  const renamed = Object.entries(plain).map(([name, value]) => [OLD_NAMES[name] ?? name, value]);
  const parsed = configSchema.safeParse(Object.fromEntries(renamed));
  if (!parsed.success) return undefined;
  const config = parsed.data;
  const heads = config.num_attention_heads;
  const headWidth = config.head_dim ?? config.hidden_size / heads;
  const window = config.use_sliding_window === false ? undefined : (config.sliding_window ?? undefined);
  const layers = config.num_hidden_layers;
  const windowed =
    window === undefined ? 0 : (config.layer_types?.filter((type) => type === 'sliding_attention').length ?? layers);
  return {
    layers: layers - windowed,
    ...(window !== undefined && windowed > 0 && { windowed: { layers: windowed, tokens: window } }),
    // multi-head latent attention keeps one compressed vector and the part with positions in place of keys and values
    numbersPerToken: config.kv_lora_rank
      ? config.kv_lora_rank + (config.qk_rope_head_dim ?? 0)
      : 2 * (config.num_key_value_heads ?? heads) * headWidth,
    width: config.hidden_size,
    innerWidth: config.intermediate_size ?? 4 * config.hidden_size,
    vocabulary: config.vocab_size ?? 0,
    ...(config.max_position_embeddings && { longest: config.max_position_embeddings }),
  };
}
