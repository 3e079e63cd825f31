/** The categories of the training frame, which a model of XGBoost 3.1 and newer keeps and encodes frames by. */
import { type Categories, categoriesError, categoriesOf } from './frame-categories';
import type { Section } from './xgboost-document';

/** UTF-8, or an error. */
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * @param cats the member `cats` of a tree model: for each column its encoding, which is empty for a column of numbers
 * @param whole whether the release that wrote it stores text that is not ASCII whole, as XGBoost does since 3.4
 * @throws SlipwayError E_FORMAT or E_UNSUPPORTED
 */
export function xgboostCategories(cats: Section, width: number, whole: boolean): Categories[] {
  const encodings = cats.only('enc', 'feature_segments', 'sorted_idx').sections('enc');
  if (encodings.length === 0) return [];
  if (encodings.length !== width) throw cats.damaged(`has ${encodings.length} encodings for ${width} columns`);
  return encodings.flatMap((encoding, column) => {
    encoding.only('type', 'offsets', 'values');
    const values = encoding.has('offsets') ? readTexts(encoding, whole) : [...encoding.numbers('values')];
    return values.length === 0 ? [] : [categoriesOf(cats.file, column, values, true)];
  });
}

/**
 * Texts one behind the other, as bytes that are written as signed integers. Until 3.3 XGBoost counts characters where
 * it stores UTF-8, so that what is not ASCII is cut in wrong places.
 */
function readTexts(encoding: Section, whole: boolean): string[] {
  const offsets = encoding.numbers('offsets');
  const values = encoding.numbers('values');
  if (!values.every((byte) => Number.isInteger(byte) && byte >= (whole ? -128 : 0) && byte < 128)) {
    throw categoriesError(encoding.file, 'whose text is not ASCII, which XGBoost before 3.4 does not store whole');
  }
  const bytes = Buffer.from(values);
  return Array.from({ length: Math.max(offsets.length - 1, 0) }, (_, i) => {
    const [start, end] = [offsets[i]!, offsets[i + 1]!];
    if (!Number.isInteger(start) || start < 0 || end < start || end > bytes.length) {
      throw encoding.damaged('has wrong offsets');
    }
    try {
      return DECODER.decode(bytes.subarray(start, end));
    } catch {
      throw encoding.damaged('has a category that is no text'); // a TypeError, which says no more
    }
  });
}
