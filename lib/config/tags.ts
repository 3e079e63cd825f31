/** Tags of the user's own, on everything that a stage makes. */
import { z } from 'zod';
import { LIMITS, MOST_TAGS } from '../aws/limits';

/** A key is told of where it stands, and a value at its key. */
export const tagsSchema = z
  .record(z.string(), z.string('must be text: put numbers and true or false in quotes'))
  .superRefine((tags, context) => {
    const at = (path: string[], message: string) => context.addIssue({ code: 'custom', message, path });
    const keys = Object.keys(tags);
    if (keys.length === 0) at([], 'must name a tag: leave it out otherwise');
    if (keys.length > MOST_TAGS) {
      at(
        [],
        `must be at most ${MOST_TAGS}, has ${keys.length}: AWS takes 50 of a resource, of which some are Slipway's`,
      );
    }
    const seen = new Map<string, string>();
    for (const [key, value] of Object.entries(tags)) {
      const before = seen.get(key.toLowerCase());
      seen.set(key.toLowerCase(), key);
      const wrong = LIMITS.tagKey.problem(key);
      if (wrong !== undefined) at([key], `is a key that ${wrong}`);
      else if (before !== undefined)
        at([key], `is "${before}" in other letters, which is the same tag to IAM; keep one`);
      const odd = LIMITS.tagValue.problem(value);
      if (odd !== undefined) at([key], odd);
    }
  });
