/** The categories of the training frame, which LightGBM's Python package keeps behind the model and encodes frames by. */
import { SlipwayError } from '../../model/error';
import { parseJson } from './document';
import type { Categories } from './model';

/**
 * @param json a list of categories for each column of type category, in the order of the columns
 * @param categorical indices of the categorical columns, separated by commas
 * @throws SlipwayError E_UNSUPPORTED when it is not certain which column has which categories
 */
export function lightgbmCategories(
  file: string,
  width: number,
  json: string | undefined,
  categorical: string,
): Categories[] {
  if (json === undefined) return [];
  const lists = parseJson(file, Buffer.from(json));
  if (lists === null || (Array.isArray(lists) && lists.length === 0)) return [];
  const refuse = (what: string) =>
    new SlipwayError(
      'E_UNSUPPORTED',
      `${file}: was trained on a data frame with columns of type category ${what}; train on their codes instead (frame[column].cat.codes, with categorical_feature naming the columns) and send codes`,
    );
  if (!Array.isArray(lists)) throw new SlipwayError('E_FORMAT', `${file}: is damaged: pandas_categorical is no list`);
  const columns = categorical.split(',').filter(Boolean).map(Number);
  const ascending = columns.every((column, i) => Number.isInteger(column) && column > (columns[i - 1] ?? -1));
  if (columns.length !== lists.length || !ascending || columns.some((column) => column >= width)) {
    throw refuse('beside other categorical columns, so the file does not say which is which');
  }
  return columns.map((column, i) => {
    const values: readonly unknown[] | unknown = lists[i];
    if (!Array.isArray(values)) throw refuse('whose categories are missing');
    const isText = values.every((value) => typeof value === 'string');
    if (!isText && !values.every((value) => typeof value === 'number')) {
      throw refuse('whose categories are neither all text nor all numbers');
    }
    if (new Set<unknown>(values).size !== values.length) throw refuse('with one category twice');
    if (isText && values.some((value) => value === '' || (value as string).includes('\0'))) {
      throw refuse('one of which is empty text, which cannot be told from a missing value');
    }
    return { column, values: values as string[] | number[] };
  });
}
