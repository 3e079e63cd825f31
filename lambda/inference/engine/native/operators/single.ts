/** Rounds numbers to float32, where they are. A sum, product or quotient of float32 numbers that is rounded twice is what one rounding gives. */
export function roundToSingle(numbers: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) numbers[i] = Math.fround(numbers[i]!);
}
