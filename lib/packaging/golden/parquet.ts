/** Parquet, read by hyparquet: numbers, booleans, text and dates; compressed or not. */
import * as zlib from 'node:zlib';
import type { FileMetaData } from 'hyparquet';
import type { SlipwayError } from '../../model/error';
import { MIB } from '../../model/units';
import type { Cell } from './cell';

type Decompress = (input: Uint8Array, outputLength: number) => Uint8Array;

/** Bytes that one page may take. */
const MAXIMUM_PAGE = 256 * MIB;

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
  const { parquetMetadata, parquetRead } = await import('hyparquet');
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  // biome-ignore lint/suspicious/noExplicitAny: hyparquet names the codecs by a type that it does not export here
  const compressors = decompressors() as any;
  try {
    const metadata = parquetMetadata(file);
    const names = metadata.schema.slice(1).filter(({ num_children }) => num_children === undefined);
    if (names.length !== metadata.schema.length - 1) throw damaged('has columns with columns inside; a row is flat');
    const groups = groupRows(metadata, damaged);
    const rows = groups.reduce((total, count) => total + count, 0);
    if (rows * names.length > maximum) {
      throw damaged(
        `has ${rows} rows of ${names.length} columns; at most ${maximum} values are read, since golden and training rows need not be many`,
      );
    }
    const columns: { name: string; cells: Cell[] }[] = [];
    for (const { name } of names) {
      const cells: Cell[] = [];
      let rowStart = 0;
      // one column of one group at a time: of several that are read at once, all but the first that fails would fail unheard
      for (const count of groups) {
        const chunks: ArrayLike<unknown>[] = [];
        await parquetRead({
          ...{ file, metadata, compressors, columns: [name], rowStart, rowEnd: rowStart + count },
          onChunk: ({ columnData }) => chunks.push(columnData), // what is thrown here would be unheard as well
        });
        for (const chunk of chunks) for (let i = 0; i < chunk.length; i++) cells.push(cellOf(chunk[i]));
        rowStart += count;
      }
      if (cells.length !== rows)
        throw damaged(`is damaged: ${rows} rows are announced and column "${name}" has ${cells.length}`);
      columns.push({ name, cells });
    }
    return columns;
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

/** Rows of each row group, which the file says several times. */
function groupRows(metadata: FileMetaData, damaged: (what: string) => SlipwayError): number[] {
  const groups = metadata.row_groups.map((group) => Number(group.num_rows));
  const rows = groups.reduce((total, count) => total + count, 0);
  const announced = Number(metadata.num_rows);
  if (rows !== announced) throw damaged(`is damaged: it announces ${announced} rows, and its parts ${rows}`);
  metadata.row_groups.forEach((group, i) => {
    for (const { meta_data } of group.columns) {
      const values = Number(meta_data?.num_values ?? 0);
      if (values === groups[i]) continue;
      throw damaged(`is damaged: a part of ${groups[i]} rows announces ${values} values in a column`);
    }
  });
  return groups;
}
