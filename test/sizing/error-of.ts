import { type ErrorCode, SlipwayError } from '../../lib/model/error';

/** The SlipwayError of this code that `action` throws. */
export function codeOf(action: () => unknown, code: ErrorCode): SlipwayError {
  try {
    action();
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    expect(error.code).toBe(code);
    return error;
  }
  throw new Error(`nothing was thrown; expected ${code}`);
}
