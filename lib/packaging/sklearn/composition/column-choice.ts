/**
 * Which columns a choice in a `ColumnTransformer` stands for: names, indices, a mask or a slice.
 *
 * Since 1.0 fitting writes the indices down; until 0.24 it keeps the choice itself. Source: `_get_column_indices` in
 * sklearn/utils/__init__.py of those releases.
 */

import type { Estimator } from '../../estimator/estimator';
import { NumpyArray, PyObject, type PyValue } from '../../joblib';

/**
 * @param names of X's columns; undefined when there are none
 * @returns indices, or undefined when it is none of the choices that scikit-learn knows
 */
export function chosenColumns(
  transformer: Estimator,
  choice: PyValue | undefined,
  width: number,
  names: readonly string[] | undefined,
): readonly number[] | undefined {
  const place = (item: PyValue): number => {
    if (typeof item === 'number') return item < 0 ? width + item : item;
    if (typeof item !== 'string') return -1;
    if (!names) throw transformer.unsupported('chooses columns by name, and does not say what their names are');
    return names.indexOf(item);
  };
  if (typeof choice === 'string' || typeof choice === 'number') return [place(choice)];
  if (choice instanceof PyObject && choice.callee.fullName === 'builtins.slice') {
    return sliced(choice.args, width, place);
  }
  const items = choice instanceof NumpyArray ? elements(choice) : choice;
  if (!Array.isArray(items)) return undefined;
  const values: readonly PyValue[] = items;
  if (values.length === width && values.every((value) => typeof value === 'boolean')) {
    return values.flatMap((wanted, i) => (wanted === true ? [i] : []));
  }
  return values.map(place);
}

function elements(array: NumpyArray): readonly PyValue[] | undefined {
  if (array.shape.length !== 1) return undefined;
  if (array.dtype?.kind === 'b') return Array.from(array.numbers(), (flag) => flag === 1);
  return array.objects ?? array.strings() ?? (array.isNumeric ? [...array.numbers()] : undefined);
}

/** Python's slice; one of names includes the last. */
function sliced(
  [start = null, stop = null, step = null]: readonly PyValue[],
  width: number,
  place: (item: PyValue) => number,
): readonly number[] | undefined {
  if (step !== null && step !== 1) return undefined;
  const bound = (item: PyValue, none: number): number => (item === null ? none : Math.max(place(item), -1));
  const from = bound(start, 0);
  const to = bound(stop, width) + (typeof stop === 'string' ? 1 : 0);
  if (from < 0 || to < 0 || (typeof stop === 'string' && to === 0)) return undefined;
  return Array.from({ length: Math.max(0, Math.min(to, width) - from) }, (_, i) => from + i);
}
