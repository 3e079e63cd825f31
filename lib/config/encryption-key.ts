/** `encryptionKey` of slipway.yaml. */
import { z } from 'zod';
import { LIMITS } from '../aws/limits';
import { type Place, placeProblem } from '../aws/place';
import { keyKind, OWN_KEY } from '../model/stage/encryption';
import type { StageMistake } from './mistake';
import { text } from './value-forms';

/** `true` is `stage`, and `false` takes back what the defaults say. */
export const encryptionKeySchema = z.preprocess(
  (value) => (value === true ? OWN_KEY : value === false ? undefined : value),
  text(LIMITS.encryptionKey).optional(),
);

export function encryptionKeyMistakes(key: string | undefined, place: Place): StageMistake[] {
  if (key === undefined || keyKind(key) !== 'given') return [];
  const problem = placeProblem(key, place, 'logs and volumes are encrypted with a key', true);
  return problem ? [[['encryptionKey'], problem]] : [];
}
