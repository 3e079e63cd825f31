/** The address of an endpoint as a person writes it: what it may be, how it is shown, and what may be sent to it. */
import { SlipwayError } from '../../lib/model/error';

const EXAMPLE = 'e.g. https://credit.example.com';

/** A name with a port, `localhost:8443`, looks like a scheme to the standard of URLs; nobody means that. */
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;

/** Names of this machine, where nothing is on the way. */
const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * @param text with or without `https://`
 * @throws SlipwayError E_USAGE; what may be a password or a key is not in its message
 */
export function endpointUrl(text: string): URL {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'https' && scheme !== 'http') {
    throw new SlipwayError(
      'E_USAGE',
      `an endpoint is asked over https or http, not ${scheme}; give its URL, ${EXAMPLE}`,
    );
  }
  let url: URL;
  try {
    url = new URL(scheme === undefined ? `https://${text}` : text);
  } catch (cause) {
    // an address that cannot be read may hold a password where nobody would look for it
    const got = text.includes('@') ? '' : `, got "${text.slice(0, 200)}"`;
    throw new SlipwayError('E_USAGE', `the endpoint must be a URL, ${EXAMPLE}${got}`, { cause });
  }
  if (url.search !== '' || url.hash !== '') {
    throw new SlipwayError(
      'E_USAGE',
      `${shownUrl(url)}: the URL of an endpoint has no query and no fragment; leave out what follows the path`,
    );
  }
  return url;
}

/** A URL as it may be printed and logged: without user and password, nor a query, which may hold a key. */
export function shownUrl({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

/** Whether what is sent there can be read on the way: it is not encrypted and leaves this machine. */
export function isReadOnTheWay({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !LOOPBACK.test(hostname);
}
