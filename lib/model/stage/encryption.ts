/** What encrypts what a stage keeps. */

/** Asks for a key of the stage's own, where else the ARN of a key is. */
export const OWN_KEY = 'stage';

/** Whose key it is; undefined where the services use theirs. @param key `OWN_KEY`, or an ARN */
export function keyKind(key: unknown): 'own' | 'given' | undefined {
  if (key === undefined) return undefined;
  return key === OWN_KEY ? 'own' : 'given';
}
