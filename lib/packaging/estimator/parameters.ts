/** Fitted arrays that must have a certain shape. */
import { limitError, NumpyArray } from '../joblib';
import type { Estimator } from './estimator';

/** Numbers that one model can have in its graph: 1 GiB. A file of a few kilobytes can hold one array many times. */
const MAXIMUM_NUMBERS = 2 ** 27;

/** @throws SlipwayError E_LIMIT when a graph would hold more numbers than it can */
export function limitNumbers(estimator: Estimator, count: number): void {
  if (count > MAXIMUM_NUMBERS) {
    throw limitError(estimator.file, `needs ${count} numbers for ${estimator.className}`, `${MAXIMUM_NUMBERS} numbers`);
  }
}

/**
 * Finite numbers of the given shape, row-major.
 *
 * @throws SlipwayError E_FORMAT when the attribute has another shape, or NaN or infinity in it
 */
export function shaped(estimator: Estimator, name: string, shape: readonly number[]): Float64Array {
  const array = estimator.finite(name, shape.length);
  checkShape(estimator, name, array.shape, shape);
  return array.values;
}

/** As `shaped`, for each array in a list of `shapes.length`. */
export function shapedList(
  estimator: Estimator,
  name: string,
  shapes: readonly (readonly number[])[],
): readonly Float64Array[] {
  const items = estimator.list(name);
  if (items.length !== shapes.length) {
    throw estimator.damaged(`${name} has ${items.length} arrays, and should have ${shapes.length}`);
  }
  limitNumbers(
    estimator,
    shapes.reduce((sum, shape) => sum + shape.reduce((product, length) => product * length, 1), 0),
  );
  return items.map((array, i) => {
    if (!(array instanceof NumpyArray) || !array.isNumeric) throw estimator.damaged(`${name} has no numbers in it`);
    checkShape(estimator, `${name}[${i}]`, array.shape, shapes[i]!);
    const numbers = array.numbers();
    if (!numbers.every(Number.isFinite)) throw estimator.damaged(`${name}[${i}] has NaN or infinity in it`);
    return numbers;
  });
}

function checkShape(estimator: Estimator, name: string, shape: readonly number[], wanted: readonly number[]): void {
  if (shape.join() !== wanted.join()) {
    throw estimator.damaged(`${name} has shape ${shape.join(' x ')}, and should have ${wanted.join(' x ')}`);
  }
}
