/** What a listener, or a rule of it, does with a request: the tokens are checked first, where they are. */
import type { CfnListener, CfnListenerRule } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { VerifyJwt } from '../../model/stage/verify-jwt';
import type { Weighted } from './door';

/** @param of as CloudFormation has it: the listener by itself, or a rule */
export function forwarded(
  of: CfnListener | CfnListenerRule,
  targetGroups: readonly Weighted[],
  jwt: VerifyJwt | undefined,
): void {
  const forwardConfig = { targetGroups: [...targetGroups] };
  const actions = jwt
    ? [
        {
          type: 'jwt-validation',
          order: 1,
          jwtValidationConfig: {
            issuer: jwt.issuer,
            jwksEndpoint: jwt.jwksEndpoint,
            additionalClaims: jwt.claims.map(({ name, format, values }) => ({ name, format, values: [...values] })),
          },
        },
        { type: 'forward', order: 2, forwardConfig },
      ]
    : [{ type: 'forward', forwardConfig }];
  if ('conditions' in of) of.actions = actions;
  else of.defaultActions = actions;
}
