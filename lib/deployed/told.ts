/** What AWS tells, or why it does not, with what to do about it. */
import { withRemedy } from '../aws/remedies';
import { SlipwayError } from '../model/error';

/**
 * What a call of the SDK answers, which asks again by itself where that helps.
 *
 * @param what is asked about, e.g. `the stack prod-endpoint`
 * @throws SlipwayError E_AWS that says what to do where that is known
 */
export async function told<T>(what: string, answer: Promise<T>): Promise<T> {
  return answer.catch((cause: Error) => {
    const text = cause.message || cause.name;
    throw new SlipwayError('E_AWS', `${what} cannot be read: ${withRemedy(text, cause.name)}`, { cause });
  });
}
