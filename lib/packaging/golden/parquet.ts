/** Parquet, read by hyparquet: numbers, booleans, text and dates; compressed or not. */
import * as zlib from 'node:zlib';
import type { SlipwayError } from '../../model/error';
import type { Cell } from './cell';

type Decompress = (input: Uint8Array, outputLength: number) => Uint8Array;

/** Bytes that one page may take. */
const MAXIMUM_PAGE = 256 * 1024 * 1024;

/** Snappy is in hyparquet itself; zstd is in Node.js from 22.15 on. */
function decompressors(): Record<string, Decompress> {
  const limited = (outputLength: number) => ({ maxOutputLength: Math.min(Math.max(outputLength, 1), MAXIMUM_PAGE) });
  const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (input: Uint8Array, options: object) => Uint8Array };
  return {
    GZIP: (input, length) => zlib.gunzipSync(input, limited(length)),
    BROTLI: (input, length) => zlib.brotliDecompressSync(input, limited(length)),
    ...(zstdDecompressSync && {
      ZSTD: (input: Uint8Array, length: number) => zstdDecompressSync(input, limited(length)),
    }),
  };
}

/**
 * @param maximum cells
 * @param damaged makes the error that says what is wrong
 */
export async function parseParquet(
  bytes: Buffer,
  maximum: number,
  damaged: (what: string) => SlipwayError,
): Promise<{ name: string; cells: Cell[] }[]> {
  const { parquetMetadata, parquetReadObjects } = await import('hyparquet');
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const reading = async () => {
    const metadata = parquetMetadata(file);
    const names = metadata.schema.slice(1).filter(({ num_children }) => num_children === undefined);
    if (names.length !== metadata.schema.length - 1) throw damaged('has columns with columns inside; a row is flat');
    if (Number(metadata.num_rows) * names.length > maximum) {
      throw damaged(`has more than ${maximum} values; golden and training rows need not be many`);
    }
    // biome-ignore lint/suspicious/noExplicitAny: hyparquet names the codecs by a type that it does not export here
    const rows = await parquetReadObjects({ file, metadata, compressors: decompressors() as any });
    return { names: names.map(({ name }) => name), rows };
  };
  try {
    const { names, rows } = await reading();
    return names.map((name) => ({ name, cells: rows.map((row) => cellOf((row as Record<string, unknown>)[name])) }));
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('E_')) throw error;
    throw damaged(`is damaged, or a Parquet file that is not read (${(error as Error).message.slice(0, 200)})`);
  }

  function cellOf(value: unknown): Cell {
    if (value === null || value === undefined) return null;
    if (typeof value === 'bigint') {
      if (!Number.isSafeInteger(Number(value))) throw damaged('has integers beyond 2^53, which JSON cannot carry');
      return Number(value);
    }
    if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
    // as JSON would carry it; no model is given one, but a frame may have one that the model leaves out
    if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
    throw damaged('has values that are neither numbers, text, booleans nor dates, such as lists');
  }
}
