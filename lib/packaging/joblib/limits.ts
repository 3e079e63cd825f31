/**
 * How much of anything a model file may make the reader hold or do.
 *
 * A pickle of a few bytes can ask for terabytes; every amount that the file chooses is compared
 * with a limit, or with the bytes that are there, before anything is allocated.
 */
import { SlipwayError } from '../../model/error';
import { MIB } from '../../model/units';

export interface ReaderLimits {
  /** Bytes of the file on disk. */
  readonly fileBytes: number;
  /** Bytes after decompression. */
  readonly inflatedBytes: number;
  /** Decompressed bytes for each compressed byte, looked at beyond `inflationFloorBytes`. Deflate reaches 1032. */
  readonly inflationRatio: number;
  /** Decompressed bytes below which any ratio is accepted: small files of zeros are harmless. */
  readonly inflationFloorBytes: number;
  readonly opcodes: number;
  readonly memoEntries: number;
  /** Objects on the stack of the pickle machine. */
  readonly stack: number;
  /** Pickles inside pickles; joblib itself needs 2 (an object array within the outer pickle). */
  readonly nestedPickles: number;
  /** What all objects together cost (`object-budget.ts`): dicts, lists, strings and instances, without the bytes of arrays. */
  readonly objectBytes: number;
  /** Bytes of all arrays together. */
  readonly arrayBytes: number;
  /** Elements of an array whose elements take no bytes (`S0`), which the file size does not bound. */
  readonly emptyElements: number;
  readonly stringBytes: number;
  /** Milliseconds for keys that are not text; a million of them take 200. */
  readonly keysMs: number;
  /** Bytes of one arbitrary-precision integer. */
  readonly longBytes: number;
}

export const DEFAULT_LIMITS: ReaderLimits = {
  fileBytes: 1024 * MIB,
  inflatedBytes: 1024 * MIB,
  inflationRatio: 100,
  inflationFloorBytes: 64 * MIB,
  opcodes: 10_000_000,
  memoEntries: 4_000_000,
  stack: 1_000_000,
  nestedPickles: 4,
  objectBytes: 320 * MIB,
  arrayBytes: 1024 * MIB,
  emptyElements: 1_000_000,
  stringBytes: 256 * MIB,
  keysMs: 1000,
  longBytes: 4096,
};

/** The E_LIMIT error: what the file asks for, what is allowed, and what to do. */
export function limitError(
  file: string,
  what: string,
  allowed: string,
  remedy = 'a scikit-learn model does not need that',
): SlipwayError {
  return new SlipwayError('E_LIMIT', `${file}: ${what}, more than the reader's limit of ${allowed}; ${remedy}`);
}
