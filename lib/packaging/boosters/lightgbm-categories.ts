/** The categories of the training frame, which LightGBM's Python package keeps behind the model and encodes frames by. */
import { SlipwayError } from '../../model/error';
import { type Categories, categoriesError, categoriesOf } from './frame-categories';
import { parseJson } from './xgboost-document';

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
  if (!Array.isArray(lists)) throw new SlipwayError('E_FORMAT', `${file}: is damaged: pandas_categorical is no list`);
  const columns = categorical.split(',').filter(Boolean).map(Number);
  const ascending = columns.every((column, i) => Number.isInteger(column) && column > (columns[i - 1] ?? -1));
  if (columns.length !== lists.length || !ascending || columns.some((column) => column >= width)) {
    throw categoriesError(file, 'beside other categorical columns, so the file does not say which is which');
  }
  return columns.map((column, i) => {
    const values: unknown = lists[i];
    if (!Array.isArray(values)) throw categoriesError(file, 'whose categories are missing');
    return categoriesOf(file, column, values, false);
  });
}
