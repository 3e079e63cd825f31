/**
 * What a body may have besides bytes. Each bound is far beyond what rows have, and keeps the work that a body makes in
 * one turn of the event loop to a few milliseconds, whatever it is made of.
 */

export interface Bounds {
  /** Arrays and objects. 4096 rows in the most wasteful of the forms, each of 30 columns as a nested tensor, have half as many. */
  readonly containers: number;
  /** Arrays and objects that are in one another. */
  readonly depth: number;
  /** Members of one object. */
  readonly members: number;
  /** Elements of one array: the values of a body, if they stand in one, take about as many bytes as it may have. */
  readonly elements: number;
  /** Bytes of a text, a name or a number, and of white space in a row. */
  readonly token: number;
}

/** Of a text, as it comes: some forty thousand words. */
export const LONGEST_TEXT_BYTES = 256 * 1024;

const LEAST_MEMBERS = 10_000;

/** @param columns of the model: an object has one member for each, or two where names are twice there */
export function boundsFor(columns: number): Bounds {
  return {
    containers: 250_000,
    depth: 1000,
    members: Math.max(LEAST_MEMBERS, 2 * columns),
    elements: 500_000,
    token: LONGEST_TEXT_BYTES,
  };
}

/** A body has more of something than is read. The message is for whoever sent it. */
export class TooMuchError extends Error {}

export function textTooLong(): TooMuchError {
  return new TooMuchError(
    `the body has a text of more than ${LONGEST_TEXT_BYTES} bytes, or as many without any value: none longer is read`,
  );
}
