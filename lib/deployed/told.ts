/** What AWS tells, or why it does not, with what to do about it. */
import { SlipwayError } from '../model/error';

/** What to do, by the name of the error and its message. */
const REMEDIES: readonly (readonly [refusal: RegExp, remedy: string])[] = [
  [
    /does not exist/i,
    'deploy the stage first, or say in slipway.yaml which region it is in, and use credentials of its account',
  ],
  [
    /credential|expired|security token|InvalidClientTokenId|UnrecognizedClient|\bSSO\b/i,
    'sign in to its account, e.g. with "aws sso login", and set AWS_PROFILE',
  ],
  [/access ?denied|not authorized|unauthorized/i, 'whoever asks needs what it names in that account and region'],
  [/throttl|rate exceeded/i, 'AWS was asked several times and wants fewer requests; try again in a minute'],
  [/ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT/, 'AWS is not reached from here: look at network and proxy'],
];

/**
 * What a call of the SDK answers, which asks again by itself where that helps.
 *
 * @param what is asked about, e.g. `the stack prod-endpoint`
 * @throws SlipwayError E_AWS that says what to do where that is known
 */
export async function told<T>(what: string, answer: Promise<T>): Promise<T> {
  return answer.catch((cause: Error) => {
    const text = cause.message || cause.name;
    const remedy = REMEDIES.find(([refusal]) => refusal.test(`${cause.name} ${text}`))?.[1];
    throw new SlipwayError('E_AWS', `${what} cannot be read: ${text}${remedy ? `; ${remedy}` : ''}`, { cause });
  });
}
