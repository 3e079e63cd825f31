/** Who may call an endpoint. */

/** Tokens of an issuer (JWT, RFC 7519). */
export interface JwtAccess {
  /** Exactly the `iss` of the tokens, e.g. `https://login.example.com/`. */
  readonly issuer: string;
  /** What must be among the `aud` of the tokens. */
  readonly audience: string;
  /** Where the issuer's JSON Web Key Set lies, its public keys. */
  readonly keySet: string;
  /** What must be among the scopes of the tokens, else 403. @default - nothing */
  readonly scope?: string;
}

/**
 * Who may call; health is open in any case. At least one of `apiKeys` and `jwt`.
 *
 * What lies somewhere lies in a parameter of SSM Parameter Store, e.g. `/slipway/prod/keys`, for a stage and a construct; for
 * the handler in a file, which it reads again when it changes.
 */
export interface Access {
  /** Where the API keys lie, a line `name sha256:HEX` each, as `slipway key` makes them. @default - none are taken */
  readonly apiKeys?: string;
  /** @default - no tokens are taken */
  readonly jwt?: JwtAccess;
  /**
   * Where one of the API keys itself lies, by which a deployment sends golden rows to the endpoint. @default - none: a
   * deployment sees that the endpoint is ready and closed
   */
  readonly deploymentKey?: string;
  /** ARN of the KMS key of the parameters. @default - the key of the account for SSM, aws/ssm */
  readonly encryptionKey?: string;
  /** Whether there is a line in the log for each request. @default true */
  readonly requestLog?: boolean;
}

/** What the handler is told of it. */
export type HandlerAccess = Omit<Access, 'encryptionKey' | 'deploymentKey'>;
