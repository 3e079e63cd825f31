/** What PutLogEvents takes (Amazon CloudWatch Logs, API reference, "PutLogEvents"). */

/** Bytes of a batch: of its messages in UTF-8, and so many more for each event. */
export const BATCH_BYTES = 1_048_576;
export const EVENT_OVERHEAD_BYTES = 26;

export const BATCH_EVENTS = 10_000;

/** From the first event of a batch to its last. */
export const BATCH_SPAN_MS = 24 * 3_600_000;

/** Bytes of one message; a longer line becomes several events. Some regions take more. */
export const MESSAGE_BYTES = 256 * 1024 - EVENT_OVERHEAD_BYTES;

/** Events that are older, or further in the future, are refused. A margin is for the time on the way. */
export const OLDEST_MS = 14 * 24 * 3_600_000 - 3_600_000;
export const FURTHEST_MS = 2 * 3_600_000 - 600_000;
