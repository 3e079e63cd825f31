/** Largest finite number of IEEE 754 binary32. */
export const FLOAT32_MAXIMUM = (2 - 2 ** -23) * 2 ** 127;
