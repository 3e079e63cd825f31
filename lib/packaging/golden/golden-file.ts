/** Golden rows before the signature is known that says what their columns mean. */
import { basename } from 'node:path';
import { SlipwayError } from '../../model/error';
import { checkGoldenRows, type GoldenRows, parseGoldenJson } from '../../model/package/golden-file';
import type { Signature } from '../../model/rows/signature';
import { readFileBytes } from '../joblib';
import { goldenFromTable } from './golden-table';
import { checkSteps, type RecordedSteps } from './recorded-steps';
import { isTableFile, readTable, type Table } from './table';

type GoldenFile = { readonly rows: GoldenRows; readonly steps?: RecordedSteps } | { readonly table: Table };

/**
 * Read golden rows: JSON, CSV or Parquet. Only JSON can say what the steps of the model gave.
 *
 * @throws SlipwayError E_FILE or E_LIMIT about the file; E_GOLDEN when it is wrong in itself
 */
export async function readGoldenFile(path: string): Promise<GoldenFile> {
  if (isTableFile(path)) return { table: await readTable(path, 'E_GOLDEN') };
  const source = basename(path);
  const bytes = await readFileBytes(path).catch((error: unknown) => {
    if (!SlipwayError.is(error) || error.code !== 'E_FILE') throw error;
    throw new SlipwayError('E_FILE', `${error.message}; it should hold the golden rows`, { cause: error });
  });
  if (/^(\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2))) {
    throw new SlipwayError('E_GOLDEN', `${source}: is text of UTF-16, as Windows may write it; save it as UTF-8`);
  }
  const document = parseGoldenJson(bytes.toString('utf8'), source);
  if (typeof document !== 'object' || document === null || !('steps' in document)) {
    return { rows: checkGoldenRows(document, source) };
  }
  const { steps, ...rest } = document;
  const rows = checkGoldenRows(rest, source);
  return { rows, steps: checkSteps(steps, rows.inputs.length, source) };
}

/**
 * The rows. A table may have the labels of the model, or those of the package: whichever reads without problems.
 *
 * @throws SlipwayError E_GOLDEN listing everything that is wrong
 */
export function goldenRows(file: GoldenFile, model: Signature, final: Signature): GoldenRows {
  if ('rows' in file) return file.rows;
  if (model === final) return goldenFromTable(file.table, final);
  try {
    return goldenFromTable(file.table, final);
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    return goldenFromTable(file.table, model);
  }
}
