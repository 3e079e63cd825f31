/** `numpy.sum` of contiguous doubles: in pairs, which rounds otherwise than one after the other. */

/** Numbers up to which 8 sums run side by side; more are halved. Source: `pairwise_sum` in numpy/core/src/umath/loops_utils.h.src. */
const BLOCK = 128;

export function numpySum(values: Float64Array): number {
  const count = values.length;
  if (count < 8) return values.reduce((sum, value) => sum + value, 0);
  if (count > BLOCK) {
    const half = Math.floor(count / 2);
    const middle = half - (half % 8);
    return numpySum(values.subarray(0, middle)) + numpySum(values.subarray(middle));
  }
  const sums = values.slice(0, 8);
  const whole = count - (count % 8);
  for (let i = 8; i < whole; i++) sums[i % 8]! += values[i]!;
  const [a, b, c, d, e, f, g, h] = sums as unknown as [number, number, number, number, number, number, number, number];
  return values.subarray(whole).reduce((sum, value) => sum + value, a + b + (c + d) + (e + f + (g + h)));
}
