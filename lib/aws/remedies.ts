/** What to do where AWS refuses, by what it says. */
const REMEDIES: readonly (readonly [refusal: RegExp, remedy: string])[] = [
  [
    /does not exist/i,
    'deploy the stage first, or say in slipway.yaml which region it is in, and use credentials of its account',
  ],
  [
    /credential|expired|security token|InvalidClientTokenId|InvalidAccessKeyId|InvalidToken|UnrecognizedClient|\bSSO\b/i,
    'sign in to its account, e.g. with "aws sso login", and set AWS_PROFILE',
  ],
  [/access ?denied|not authorized|unauthorized/i, 'whoever asks needs what it names in that account and region'],
  [/throttl|rate exceeded/i, 'AWS was asked several times and wants fewer requests; try again in a minute'],
  [/ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT/, 'AWS is not reached from here: look at network and proxy'],
];

/**
 * What AWS says, and what to do about it where that is known.
 *
 * @param name of the error, where it has one
 */
export function withRemedy(text: string, name = ''): string {
  const remedy = REMEDIES.find(([refusal]) => refusal.test(`${name} ${text}`))?.[1];
  return remedy === undefined ? text : `${text}; ${remedy}`;
}
