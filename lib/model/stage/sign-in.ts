/** Signing in at the load balancer, for people with a browser. */

/** Which paths want it: the page and the OpenAPI document, or all of them. */
export const SIGN_IN_PATHS = ['page', 'all'] as const;

/** A provider of OpenID Connect. All addresses are https ones, which the load balancer reaches by IPv4. */
export interface OidcProvider {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userInfoEndpoint: string;
  readonly clientId: string;
  /** ARN of a secret of Secrets Manager; CloudFormation reads it, and no template has it. */
  readonly clientSecret: string;
  /** Where the secret is JSON, the member that has it. @default - the whole secret is the client secret */
  readonly secretKey?: string | undefined;
}

/** A user pool of Amazon Cognito with a client that has a secret. */
export interface CognitoPool {
  /** ARN of the user pool. */
  readonly userPool: string;
  readonly clientId: string;
  /** Its domain: the prefix of `amazoncognito.com`, or a domain of its own. */
  readonly domain: string;
}

export interface SignIn {
  /** One of both. */
  readonly oidc?: OidcProvider | undefined;
  readonly cognito?: CognitoPool | undefined;
  /** @default 'page' */
  readonly paths?: (typeof SIGN_IN_PATHS)[number] | undefined;
  /** What of the user the provider is asked for. @default 'openid' */
  readonly scope?: string | undefined;
  /** Hours after which they sign in again, 1 to 168. @default 168 */
  readonly sessionHours?: number | undefined;
}

/** Paths of the handler that are for people with a browser. */
export const PAGE_PATHS = ['/docs', '/docs/*', '/openapi.json'] as const;

/** Where the load balancer takes users back; providers have to allow it. */
export const CALLBACK_PATH = '/oauth2/idpresponse';

/** Of a secret of Secrets Manager. */
export const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+$/;
export const USER_POOL_ARN = /^arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[\w-]+_[0-9a-zA-Z]+$/;

/** How much of it a plan knows. */
export type SignInLevel = `${'oidc' | 'cognito'} for ${(typeof SIGN_IN_PATHS)[number]}`;

export const signInOf = (signIn: SignIn | undefined): SignInLevel | undefined =>
  signIn && `${signIn.oidc ? 'oidc' : 'cognito'} for ${signIn.paths ?? 'page'}`;

/** Which paths of an endpoint are closed to who has not signed in. */
export const signsInForAll = (signIn: SignIn | undefined) => signIn?.paths === 'all';

/** Who brings a token has a rule of its own, beside that by which people sign in. */
export const SIGN_IN_BESIDE_TOKENS_SHARED =
  'stands beside authenticate.paths: all, which takes two rules, and each of several models has one; leave one of both out';
export const SIGN_IN_BESIDE_TOKENS_UNTRIED =
  'stands beside verifyJwt and authenticate.paths: all, which take two rules, and a rollout divides the requests of one; leave one of the three out';

const WEEK_HOURS = 168;

/** What both forms of the action have, that of templates and that of the API. */
export const signInTerms = ({ scope = 'openid', sessionHours = WEEK_HOURS }: SignIn) => ({
  scope,
  sessionSeconds: 3600 * sessionHours,
});

/** As the API of Elastic Load Balancing has the action, of a listener that has it already: the secret is not said again. */
export function signInApiAction(signIn: SignIn) {
  const { scope, sessionSeconds } = signInTerms(signIn);
  const common = { Scope: scope, SessionTimeout: sessionSeconds, OnUnauthenticatedRequest: 'authenticate' as const };
  if (signIn.oidc) {
    const { issuer, authorizationEndpoint, tokenEndpoint, userInfoEndpoint, clientId } = signIn.oidc;
    return {
      Type: 'authenticate-oidc' as const,
      Order: 1,
      AuthenticateOidcConfig: {
        Issuer: issuer,
        AuthorizationEndpoint: authorizationEndpoint,
        TokenEndpoint: tokenEndpoint,
        UserInfoEndpoint: userInfoEndpoint,
        ClientId: clientId,
        UseExistingClientSecret: true,
        ...common,
      },
    };
  }
  const { userPool, clientId, domain } = signIn.cognito!;
  return {
    Type: 'authenticate-cognito' as const,
    Order: 1,
    AuthenticateCognitoConfig: {
      UserPoolArn: userPool,
      UserPoolClientId: clientId,
      UserPoolDomain: domain,
      ...common,
    },
  };
}
