/** What a shadow elsewhere says. It is another machine: what it sends is checked, and counts as what it says of itself alone. */
import * as z from 'zod'; // its parts, not all of it: the bundle holds what is used
import { KEPT_DIFFERENCES, KEPT_PAIRS } from '../../../lib/model/instance/shadow-counts';
import { METHODS } from '../../../lib/model/rows/signature';
import type { FromShadow } from './messages';

const count = z.number().int().nonnegative();
const amount = z.number().nonnegative();
const label = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const answer = z.union([label, z.array(label)]);
const method = z.enum(METHODS);

const counts = z.strictObject({
  requests: count,
  droppedRows: count,
  rows: count,
  agreeingRows: count,
  refusedRows: count,
  failedRows: count,
  restarts: count,
  cpuMs: amount,
  runMs: amount,
  outputs: z.partialRecord(
    method,
    z.strictObject({ rows: count, agreeing: count, sumOfDifferences: amount, largest: amount }),
  ),
  confusion: z.array(z.tuple([z.string(), z.string(), count])).max(KEPT_PAIRS + 2),
  largest: z
    .array(
      z.strictObject({
        requestId: z.string(),
        row: count,
        output: method,
        difference: amount.nullable(),
        served: answer,
        shadow: answer,
        values: z.record(z.string(), label).optional(),
      }),
    )
    .max(KEPT_DIFFERENCES),
});

const message = z.union([
  z.strictObject({ done: count }),
  z.strictObject({ counts }),
  z.strictObject({ ready: z.strictObject({ engine: z.string().max(200) }) }),
  z.strictObject({ other: z.string().max(64) }),
  z.strictObject({ unfit: z.string().max(2000) }),
]);

/** @returns undefined for what no shadow says */
export function heard(line: string): FromShadow | undefined {
  try {
    return message.parse(JSON.parse(line)) as FromShadow;
  } catch {
    return undefined;
  }
}
