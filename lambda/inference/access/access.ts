/** Who may ask: whoever has an API key, or a token of the issuer. */
import type { IncomingHttpHeaders } from 'node:http';
import type { JSONWebKeySet } from 'jose';
import { type ApiKey, nameOfKey, parseApiKeys } from '../../../lib/model/formats/api-keys';
import type { HandlerAccess } from '../../../lib/model/stage/access';
import { HttpError } from '../http/http-answer';
import type { Log } from '../log/log';
import { parseKeySet, Tokens } from './tokens';
import { WatchedFile } from './watched-file';

/** Who asked, for the log: `key:NAME` or `jwt:SUBJECT`; never the key. */
export type Caller = string;

const BEARER = /^Bearer +([^\s]+) *$/i;

/** A JSON Web Token has three parts; our keys have no dot. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Longest credential that is looked at, in characters. */
const LONGEST = 8192;

const REALM = 'Bearer realm="slipway"';

function unauthorized(detail: string, error?: 'invalid_token'): HttpError {
  const challenge = error ? `${REALM}, error="${error}"` : REALM;
  return new HttpError(401, 'access', detail, { headers: { 'www-authenticate': challenge } });
}

export class Access {
  private readonly keys?: WatchedFile<ApiKey[]>;
  private readonly keySet?: WatchedFile<JSONWebKeySet>;
  private readonly tokens?: Tokens;
  /** Whether each request is logged. */
  readonly logsRequests: boolean;
  private readonly scope?: string;

  /** @throws SlipwayError E_FILE when the keys or the key set cannot be read */
  constructor(settings: HandlerAccess, log: Log) {
    this.logsRequests = settings.requestLog !== false;
    if (settings.apiKeys !== undefined) this.keys = new WatchedFile(settings.apiKeys, parseApiKeys, log);
    if (settings.jwt) {
      this.keySet = new WatchedFile(settings.jwt.keySet, parseKeySet, log);
      this.tokens = new Tokens(settings.jwt);
      this.scope = settings.jwt.scope;
    }
  }

  /**
   * @returns who asked; at once for a key, which is the rule
   * @throws HttpError 401 without a good key or token, 403 for a token without the scope
   */
  check(headers: IncomingHttpHeaders): Caller | Promise<Caller> {
    const credential = (headers['x-api-key'] as string | undefined) ?? BEARER.exec(headers.authorization ?? '')?.[1];
    if (credential === undefined) {
      throw unauthorized(`this endpoint wants ${this.wanted()} in the header "authorization: Bearer ..."`);
    }
    if (credential.length > LONGEST) throw unauthorized('the key or token is not known', 'invalid_token');
    if (this.tokens && TOKEN.test(credential)) return this.callerOfToken(credential);
    const name = this.keys && nameOfKey(this.keys.value, credential);
    if (name === undefined) throw unauthorized('the key or token is not known', 'invalid_token');
    return `key:${name}`;
  }

  private async callerOfToken(token: string): Promise<Caller> {
    const identity = await this.tokens!.verify(token, this.keySet!.value).catch((error: Error) => {
      throw unauthorized(error.message, 'invalid_token');
    });
    if (this.scope !== undefined && !identity.scopes.includes(this.scope)) {
      throw new HttpError(403, 'access', `the token does not have the scope "${this.scope}"`, {
        headers: { 'www-authenticate': `${REALM}, error="insufficient_scope", scope="${this.scope}"` },
      });
    }
    return `jwt:${identity.subject}`;
  }

  private wanted(): string {
    const token = this.tokens && 'a token of its issuer';
    const key = this.keys && 'an API key (also as "x-api-key: ...")';
    return [key, token].filter((one) => one !== undefined).join(' or ');
  }

  /** Read keys and key set again, if they have changed. */
  look(): void {
    this.keys?.look();
    this.keySet?.look();
  }

  close(): void {
    this.keys?.close();
    this.keySet?.close();
  }
}
