/**
 * The natural logarithm of a whole number, rounded correctly.
 *
 * JavaScript's may be off in the last digit, where the C library that numpy calls hardly ever is. A sum
 * that scikit-learn compares with its own threshold must not.
 */

/** Bits after the binary point of the fixed-point numbers below. */
const BITS = 128n;
const ONE = 1n << BITS;

/** @param value a positive safe integer */
export function naturalLogarithm(value: number): number {
  const exponent = Math.floor(Math.log2(value));
  const mantissa = (BigInt(value) << BITS) >> BigInt(exponent); // between 1/2 and 4, should log2 have rounded
  const fixed = BigInt(exponent) * LOGARITHM_OF_2 + logarithm(mantissa);
  return Number(fixed) / 2 ** Number(BITS);
}

/** ln x = 2 artanh((x - 1) / (x + 1)), as a series. */
function logarithm(x: bigint): bigint {
  const ratio = ((x - ONE) << BITS) / (x + ONE);
  const square = (ratio * ratio) >> BITS;
  let sum = 0n;
  for (let power = ratio, n = 1n; power !== 0n && power !== -1n; power = (power * square) >> BITS, n += 2n)
    sum += power / n;
  return 2n * sum;
}

const LOGARITHM_OF_2 = logarithm(2n * ONE);
