/** JSON Web Tokens of an issuer, checked against its public keys. */
import type { JSONWebKeySet, JWTPayload, JWTVerifyOptions } from 'jose';
import type { JwtAccess } from '../../../lib/model/stage/access';

/** Asymmetric alone: with a public key set no other algorithm could be meant. */
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];

/** Clocks of issuer and instance may differ by so much, seconds. */
const CLOCK_TOLERANCE = 30;

/** Tokens that were good and have not ended: one signature is checked once. */
const REMEMBERED = 1000;

export interface Identity {
  readonly subject: string;
  readonly scopes: readonly string[];
}

interface Remembered extends Identity {
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * Read a key set.
 *
 * @throws Error when it is not one
 */
export function parseKeySet(text: string): JSONWebKeySet {
  const document = JSON.parse(text) as JSONWebKeySet;
  if (!Array.isArray(document?.keys)) throw new Error('not a JSON Web Key Set, {"keys": [...]}');
  return document;
}

export class Tokens {
  private readonly good = new Map<string, Remembered>();
  private keySet: JSONWebKeySet | undefined;

  constructor(private readonly settings: JwtAccess) {}

  /**
   * @returns who the token is for
   * @throws Error with a reason that may be told, when the token is not good
   */
  async verify(token: string, keySet: JSONWebKeySet): Promise<Identity> {
    if (keySet !== this.keySet) {
      this.good.clear(); // a key that was taken back ends its tokens
      this.keySet = keySet;
    }
    const known = this.good.get(token);
    if (known) {
      if (Date.now() < known.until) return known;
      this.good.delete(token);
    }
    const payload = await this.check(token, keySet);
    const { sub } = payload as { readonly sub?: unknown }; // the library only looks whether there is one
    if (typeof sub !== 'string' || sub === '') throw new Error('the claim "sub" of the token must be a text');
    const identity = {
      subject: sub,
      scopes: scopesOf(payload),
      until: (payload.exp! + CLOCK_TOLERANCE) * 1000,
    };
    if (this.good.size >= REMEMBERED) this.good.delete(this.good.keys().next().value as string);
    this.good.set(token, identity);
    return identity;
  }

  private async check(token: string, keySet: JSONWebKeySet): Promise<JWTPayload> {
    // loaded by the first token: most endpoints never see one
    const { createLocalJWKSet, errors, jwtVerify } = await import('jose');
    const { issuer, audience } = this.settings;
    const options: JWTVerifyOptions = {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE,
      requiredClaims: ['exp', 'sub'],
    };
    try {
      return (await jwtVerify(token, createLocalJWKSet(keySet), options)).payload;
    } catch (caught) {
      let error = caught;
      // a token that does not name its key, of an issuer that has several: one of them is right
      if (error instanceof errors.JWKSMultipleMatchingKeys) {
        for await (const key of error) {
          try {
            return (await jwtVerify(token, key, options)).payload;
          } catch (reason) {
            error = reason;
            if (!(reason instanceof errors.JWSSignatureVerificationFailed)) break;
          }
        }
      }
      if (error instanceof errors.JWTExpired) throw new Error('the token has expired');
      if (error instanceof errors.JWKSNoMatchingKey)
        throw new Error('the token is signed with a key that is not known');
      if (error instanceof errors.JWTClaimValidationFailed) {
        throw new Error(
          `the claim "${error.claim}" of the token is ${error.reason === 'missing' ? 'missing' : 'not the expected one'}`,
        );
      }
      throw new Error('the token is not valid');
    }
  }
}

/** OAuth 2.0 writes `scope` as words (RFC 8693), some issuers `scp` as an array. */
function scopesOf({ scope, scp }: JWTPayload): string[] {
  if (typeof scope === 'string') return scope.split(' ');
  return Array.isArray(scp)
    ? scp.filter((one) => typeof one === 'string')
    : typeof scp === 'string'
      ? scp.split(' ')
      : [];
}
