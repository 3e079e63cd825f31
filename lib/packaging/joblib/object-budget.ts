/**
 * What the objects of a pickle take in memory and time, added up before they are made.
 *
 * One byte of a pickle makes a dict of 200: without this, a file of a megabyte fills the memory. Objects that are dropped
 * again count too, since garbage takes time.
 */
import { limitError, type ReaderLimits } from './limits';

/**
 * Bytes that V8 takes for each on a 64-bit system, measured with --expose-gc in Node.js 20, or more where it is slow to
 * make: the whole budget of any of them takes less than a second. `npm run proof:fuzz` tells how long.
 */
export const SIZE = {
  text: 96,
  bytes: 220,
  /** A number that is written as text, or that is longer than 64 bits. */
  number: 220,
  list: 128,
  tuple: 256,
  dict: 800,
  object: 256,
  /** A name that Python would import; a pickle writes each once. */
  name: 1000,
  /** An item of a list, with the number that it may be. */
  item: 24,
  /** A key and a value. */
  entry: 56,
} as const;

/** @throws SlipwayError E_LIMIT when there are too many by now */
export function chargeObjects(
  bytes: number,
  file: string,
  usage: { objectBytes: number },
  { objectBytes }: ReaderLimits,
): void {
  usage.objectBytes += bytes;
  if (usage.objectBytes > objectBytes) throw limitError(file, 'makes too many objects', `${objectBytes} bytes of them`);
}
