/** The errors that tests expect. */
import { equal } from 'node:assert/strict';
import { type ErrorCode, SlipwayError } from '../lib/model/error';

/** The error that a promise ends with. */
export async function errorOf(
  promise: Promise<unknown>,
): Promise<{ code?: string; message: string; problems?: string[] }> {
  const outcome = await promise.then(
    () => undefined,
    (error) => error,
  );
  if (outcome === undefined) throw new Error('expected an error, and there was none');
  return outcome;
}

/**
 * The SlipwayError that `action` throws.
 *
 * @param code that it must have. @default - any
 */
export function thrownBy(action: () => unknown, code?: ErrorCode): SlipwayError {
  try {
    action();
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    if (code !== undefined) equal(error.code, code);
    return error;
  }
  throw new Error(`expected ${code ?? 'an error'}, and nothing was thrown`);
}
