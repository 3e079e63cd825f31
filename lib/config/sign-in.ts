/** How `authenticate` stands in slipway.yaml, and what does not go with it. */
import { z } from 'zod';
import { type Place, placeProblem } from '../aws/place';
import {
  CALLBACK_PATH,
  SECRET_ARN,
  SIGN_IN_BESIDE_TOKENS_UNTRIED,
  SIGN_IN_PATHS,
  USER_POOL_ARN,
} from '../model/stage/sign-in';
import type { StageMistake } from './mistake';
import type { StageDocument } from './schema';
import { httpsUrl } from './value-forms';

const SECRET =
  'must be the ARN of a secret of Secrets Manager, e.g. arn:aws:secretsmanager:eu-west-1:111111111111:secret:slipway/client-AbCdEf; a secret in clear would be in the template and in git';
const address = httpsUrl('https://login.example.com/authorize');
const text = (what: string) => z.string(what).regex(/^[^\s"]{1,256}$/, what);
const POOL =
  'must be the ARN of a user pool, e.g. arn:aws:cognito-idp:eu-west-1:111111111111:userpool/eu-west-1_AbCdEfGhI';
const CLIENT = 'must be the id of the client, as its provider shows it';

export const signInSchema = z
  .strictObject({
    oidc: z
      .strictObject({
        issuer: address,
        authorizationEndpoint: address,
        tokenEndpoint: address,
        userInfoEndpoint: address,
        clientId: text(CLIENT),
        clientSecret: z.string(SECRET).regex(SECRET_ARN, SECRET),
        secretKey: text('must be the member of the secret that has it, e.g. client_secret').optional(),
      })
      .optional(),
    cognito: z
      .strictObject({
        userPool: z.string(POOL).regex(USER_POOL_ARN, POOL),
        clientId: text(CLIENT),
        domain: text('must be the domain of the user pool: its prefix, e.g. my-team, or one of its own'),
      })
      .optional(),
    paths: z.enum(SIGN_IN_PATHS).optional(),
    scope: z
      .string('must be scopes with spaces between, e.g. openid email')
      .regex(/^openid( [\w:.-]+)*$/, 'must be scopes with spaces between, openid first, e.g. openid email')
      .optional(),
    sessionHours: z
      .number('must be hours')
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(168, 'must be at most 168: a load balancer keeps nobody signed in for longer than a week')
      .optional(),
  })
  .refine(
    ({ oidc, cognito }) => (oidc === undefined) !== (cognito === undefined),
    'must name oidc or cognito, one of both',
  );

export function signInMistakes(stage: StageDocument, place: Place): StageMistake[] {
  const { authenticate, verifyJwt, rollout, listener, internal, egress, network } = stage;
  if (!authenticate) return [];
  const mistakes: StageMistake[] = [];
  const at = (path: string[], message: string) => mistakes.push([path, message]);
  const { oidc, cognito, paths } = authenticate;
  const misplaced = oidc && placeProblem(oidc.clientSecret, place, 'CloudFormation reads a secret', false);
  if (misplaced) at(['authenticate', 'oidc', 'clientSecret'], misplaced);
  const elsewhere = cognito && placeProblem(cognito.userPool, place, 'a load balancer knows user pools', true);
  if (elsewhere) at(['authenticate', 'cognito', 'userPool'], elsewhere);
  if (listener) {
    at(['authenticate'], 'is of a load balancer with the endpoint alone; with listener add it to the rules of yours');
  }
  if (paths === 'all' && verifyJwt && rollout) at(['rollout'], SIGN_IN_BESIDE_TOKENS_UNTRIED);
  if (internal && !network && egress !== 'nat') {
    at(
      ['authenticate'],
      `lets the load balancer call ${oidc ? 'the provider' : 'Cognito'}, and an internal one has no way to the internet; take egress: nat, or leave it out (${CALLBACK_PATH} would answer 500)`,
    );
  }
  return mistakes;
}
