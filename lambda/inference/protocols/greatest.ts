/** The greatest of many values, without sorting all of them. */

/** A row of values, or a part of a longer tensor. */
type Values = ArrayLike<number>;

/** Of equal values the first comes first, and NaN comes last. */
function comesBefore(values: Values, one: number, other: number): boolean {
  const value = values[one]!;
  const against = values[other]!;
  if (value > against) return true;
  if (value < against) return false;
  if (value === against) return one < other;
  const missing = Number.isNaN(against);
  return Number.isNaN(value) === missing ? one < other : missing;
}

/** Lets what stands at a place of a heap sink until nothing below it comes later. */
function sink(values: Values, heap: number[], start: number, size: number): void {
  const sinking = heap[start]!;
  let at = start;
  for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && comesBefore(values, heap[child]!, heap[child + 1]!)) child++;
    if (comesBefore(values, heap[child]!, sinking)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = sinking;
}

/**
 * Places of the greatest values of a row, in the order of numpy's `argsort(-values, kind="stable")`.
 *
 * A heap holds the best so far, the last of them at its root. So a row of n values costs n log(count) comparisons at the most.
 *
 * @param count at most `width`
 */
export function greatest(values: Values, from: number, width: number, count: number): number[] {
  const heap: number[] = [];
  for (let i = 0; i < count; i++) heap.push(from + i);
  for (let at = (count >> 1) - 1; at >= 0; at--) sink(values, heap, at, count);
  for (let i = from + count; i < from + width; i++) {
    if (values[i]! <= values[heap[0]!]! || !comesBefore(values, i, heap[0]!)) continue; // most are less, which is quick
    heap[0] = i;
    sink(values, heap, 0, count);
  }
  for (let end = count - 1; end > 0; end--) {
    const last = heap[0]!;
    heap[0] = heap[end]!;
    heap[end] = last;
    sink(values, heap, 0, end);
  }
  for (let i = 0; i < count; i++) heap[i]! -= from;
  return heap;
}
