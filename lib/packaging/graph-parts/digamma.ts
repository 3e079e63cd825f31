/** Coefficients of the asymptotic series: Bernoulli numbers over twice their index (Abramowitz and Stegun 6.3.18). */
const SERIES = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12] as const;

/** From here on the series is exact to the last digits. */
const LARGE = 10;

/** The derivative of the logarithm of the gamma function. @param x positive */
export function digamma(x: number): number {
  let shifted = x;
  let sum = 0;
  for (; shifted < LARGE; shifted++) sum -= 1 / shifted;
  const square = 1 / (shifted * shifted);
  const series = SERIES.reduceRight((tail, coefficient) => (tail + coefficient) * square, 0);
  return sum + Math.log(shifted) - 1 / (2 * shifted) - series;
}
