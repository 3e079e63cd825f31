/**
 * What the objects of a pickle take in memory, added up before they are made.
 *
 * One byte of a pickle makes a dict of 200: without this, a file of a megabyte fills the memory. Objects that are dropped
 * again count too, since garbage takes time.
 */
import { limitError, type ReaderLimits } from './limits';

/** Bytes that V8 takes for each on a 64-bit system: measured with --expose-gc in Node.js 20, rounded up. */
export const SIZE = {
  text: 40,
  bytes: 110,
  list: 64,
  tuple: 96,
  /** Twice what it takes: it is also the slowest to make. */
  dict: 400,
  object: 112,
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
