/** Pages of which sites may call an endpoint from a browser. */

/** Every site. */
export const ANY_ORIGIN = '*';

/** As a browser sends it: scheme, host and port, in its shortest form (RFC 6454, section 6.2). */
export function isOrigin(text: string): boolean {
  if (text === ANY_ORIGIN) return true;
  if (!/^https?:\/\//.test(text)) return false;
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
}

export const ORIGIN =
  'must be an origin: scheme, host in lower case and, where it is not the usual one, port, with nothing after it, e.g. https://app.example.com; or "*"';
