/** Tokens that the load balancer checks before a request goes on. */
export interface VerifyJwt {
  /** The `iss` of the tokens. */
  readonly issuer: string;
  /** Where its public keys are: an https address that anybody reaches, at most 10 keys. RS256 alone is taken. */
  readonly jwksEndpoint: string;
  /** What else a token must say, 1 to 10. */
  readonly claims: readonly JwtClaim[];
}

/** A claim, and its values as AWS tells them: all of them are wanted. */
export interface JwtClaim {
  readonly name: string;
  readonly format: (typeof CLAIM_FORMATS)[number];
  readonly values: readonly string[];
}

export const CLAIM_FORMATS = ['single-string', 'string-array', 'space-separated-values'] as const;

/** As the API of Elastic Load Balancing has the action. */
export const jwtAction = ({ issuer, jwksEndpoint, claims }: VerifyJwt) => ({
  Type: 'jwt-validation' as const,
  Order: 1,
  JwtValidationConfig: {
    Issuer: issuer,
    JwksEndpoint: jwksEndpoint,
    AdditionalClaims: claims.map(({ name, format, values }) => ({ Name: name, Format: format, Values: [...values] })),
  },
});
