/** What a load balancer does with who has not signed in: it sends them to the provider. */
import { SecretValue } from 'aws-cdk-lib';
import { type SignIn, signInTerms } from '../../model/stage/sign-in';

/** @param timeOf how the seconds of a session are written */
export function signInAction<T>(signIn: SignIn, timeOf: (seconds: number) => T) {
  const { oidc, cognito } = signIn;
  const { scope, sessionSeconds } = signInTerms(signIn);
  const common = { scope, sessionTimeout: timeOf(sessionSeconds), onUnauthenticatedRequest: 'authenticate' };
  if (oidc) {
    const { clientSecret, secretKey, ...provider } = oidc;
    return {
      type: 'authenticate-oidc',
      order: 1,
      authenticateOidcConfig: {
        ...provider,
        // a reference that CloudFormation resolves
        clientSecret: SecretValue.secretsManager(clientSecret, {
          ...(secretKey !== undefined && { jsonField: secretKey }),
        }).unsafeUnwrap(),
        ...common,
      },
    };
  }
  const { userPool, clientId, domain } = cognito!;
  return {
    type: 'authenticate-cognito',
    order: 1,
    authenticateCognitoConfig: {
      userPoolArn: userPool,
      userPoolClientId: clientId,
      userPoolDomain: domain,
      ...common,
    },
  };
}
