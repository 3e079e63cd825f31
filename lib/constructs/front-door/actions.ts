/** What a listener, or a rule of it, does with a request: the tokens are checked first, where they are. */
import type { CfnListener, CfnListenerRule } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { SignIn } from '../../model/stage/sign-in';
import type { VerifyJwt } from '../../model/stage/verify-jwt';
import type { Weighted } from './door';
import { signInAction } from './sign-in-action';

/** @param of as CloudFormation has it: the listener by itself, or a rule */
export function forwarded(
  of: CfnListener | CfnListenerRule,
  targetGroups: readonly Weighted[],
  jwt: VerifyJwt | undefined,
  signIn?: SignIn,
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
  if (signIn) {
    const forward = { type: 'forward', order: 2, forwardConfig };
    // of a listener the time of a session is a text, of a rule it is a number (AWS CloudFormation, resource types)
    if ('conditions' in of) of.actions = [signInAction(signIn, (seconds) => seconds), forward];
    else of.defaultActions = [signInAction(signIn, String), forward];
  } else if ('conditions' in of) of.actions = actions;
  else of.defaultActions = actions;
}
