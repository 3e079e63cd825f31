/**
 * API keys, of which the endpoint knows the hashes alone.
 *
 * A key is 256 random bits, so that one round of SHA-256 protects it: there is nothing to guess. The file has one
 * line for each key, `name sha256:HEX`, and a name may stand twice, so that a client can change its key.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { sha256 } from './digest';

export interface ApiKey {
  readonly name: string;
  /** SHA-256 of the key. */
  readonly hash: Buffer;
}

const NAME = '[A-Za-z0-9][\\w.-]{0,63}';
const LINE = new RegExp(`^(${NAME})\\s+sha256:([0-9a-f]{64})$`);

/** Whether a key may have this name: letters, digits, dots, hyphens and underscores, at most 64. */
export function isKeyName(text: string): boolean {
  return new RegExp(`^${NAME}$`).test(text);
}

/** The line that lets a key in. */
export function apiKeyLine(name: string, key: string): string {
  return `${name} sha256:${sha256(key)}`;
}

/**
 * Read the lines of keys. Empty lines, and lines that begin with `#`, are left out.
 *
 * @throws Error naming the first line that is wrong, without showing it
 */
export function parseApiKeys(text: string): ApiKey[] {
  return text.split('\n').flatMap((line, index) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const [, name, hash] = LINE.exec(trimmed) ?? [];
    if (!name || !hash) {
      throw new Error(`line ${index + 1} is not "name sha256:HEX"; "slipway key NAME" makes such a line`);
    }
    return [{ name, hash: Buffer.from(hash, 'hex') }];
  });
}

/**
 * The name of a key, or undefined. All hashes are compared, each in constant time: neither which key it is nor how much
 * of one was right can be told from the time.
 */
export function nameOfKey(keys: readonly ApiKey[], candidate: string): string | undefined {
  const hash = createHash('sha256').update(candidate).digest();
  let name: string | undefined;
  for (const key of keys) if (timingSafeEqual(key.hash, hash)) name = key.name;
  return name;
}
