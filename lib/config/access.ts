/** `access` of slipway.yaml: who may call, by keys and tokens that instances check. */
import { z } from 'zod';
import { LIMITS, MOST_ORIGINS } from '../aws/limits';
import { type Place, placeProblem } from '../aws/place';
import { ANY_ORIGIN } from '../model/stage/origins';
import type { StageMistake } from './mistake';
import { distinct, text } from './value-forms';

const parameterName = text(LIMITS.parameter);

export const accessSchema = z
  .strictObject({
    apiKeys: parameterName.optional(),
    jwt: z
      .strictObject({
        issuer: text(LIMITS.issuer),
        audience: text(LIMITS.audience),
        keySet: parameterName,
        scope: text(LIMITS.scope).optional(),
      })
      .optional(),
    deploymentKey: parameterName.optional(),
    encryptionKey: text(LIMITS.key).optional(),
    requestLog: z.boolean().optional(),
    origins: distinct(text(LIMITS.origin), 1, 'must name a site: leave it out otherwise')
      .max(MOST_ORIGINS, `must be at most ${MOST_ORIGINS}`)
      .refine(
        (origins) => !origins.includes(ANY_ORIGIN) || origins.length === 1,
        'has "*", which is every site: name it alone',
      )
      .optional(),
  })
  .refine(
    ({ apiKeys, jwt, origins, ...rest }) =>
      apiKeys !== undefined || jwt !== undefined || (origins !== undefined && Object.keys(rest).length === 0),
    'must name apiKeys, jwt or both; origins may stand alone',
  );

export type AccessDocument = z.infer<typeof accessSchema>;

/** What keeps callers out; origins alone keep nobody out. */
export function controlOf(access: AccessDocument = {}): Omit<AccessDocument, 'origins'> | undefined {
  const { origins: _, ...control } = access;
  return Object.keys(control).length > 0 ? control : undefined;
}

export function accessMistakes(access: AccessDocument | undefined, place: Place): StageMistake[] {
  const { apiKeys, jwt, deploymentKey, encryptionKey } = access ?? {};
  const mistakes: StageMistake[] = [];
  const at = (key: string[], message: string) => mistakes.push([['access', ...key], message]);
  if (encryptionKey !== undefined) {
    const problem = placeProblem(encryptionKey, place, 'parameters are decrypted with a key', false);
    if (problem) at(['encryptionKey'], problem);
  }
  if (jwt && apiKeys === jwt.keySet) {
    at(['jwt', 'keySet'], `is ${apiKeys}, which has the API keys; the key set has a parameter of its own`);
  }
  if (deploymentKey !== undefined && apiKeys === undefined) {
    at(['deploymentKey'], 'needs access.apiKeys: it is one of the keys that are let in');
  }
  if (deploymentKey !== undefined && [apiKeys, jwt?.keySet].includes(deploymentKey)) {
    at(['deploymentKey'], `is ${deploymentKey}, which has what instances read; the key has a parameter of its own`);
  }
  return mistakes;
}
