/** The categories of a training frame's column, which a data frame is encoded by when the library predicts. */
import { SlipwayError } from '../../model/error';

export interface Categories {
  readonly column: number;
  /** Values of X, in the order of their codes: all text or all numbers. */
  readonly values: readonly string[] | readonly number[];
  /** Whether the library raises for other values; LightGBM counts them as missing. */
  readonly closed: boolean;
}

/** The error for categories that are not converted. @param what follows "columns of type category" */
export function categoriesError(file: string, what: string): SlipwayError {
  return new SlipwayError(
    'E_UNSUPPORTED',
    `${file}: was trained on a data frame with columns of type category ${what}; train on their codes instead (frame[column].cat.codes, with the columns named as categorical) and send codes`,
  );
}

/** @throws SlipwayError E_UNSUPPORTED for values that cannot be told apart in a request */
export function categoriesOf(file: string, column: number, values: readonly unknown[], closed: boolean): Categories {
  const isText = values.every((value) => typeof value === 'string');
  if (!isText && !values.every((value) => typeof value === 'number' && Number.isFinite(value))) {
    throw categoriesError(file, 'whose categories are neither all text nor all numbers');
  }
  if (new Set(values).size !== values.length) throw categoriesError(file, 'with one category twice');
  if (isText && values.some((value) => value === '' || (value as string).includes('\0'))) {
    throw categoriesError(file, 'one of which is empty text, which cannot be told from a missing value');
  }
  return { column, values: values as string[] | number[], closed };
}
