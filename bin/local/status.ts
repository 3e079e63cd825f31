import { readFileSync } from 'node:fs';
import { request } from 'node:https';

/** What listens and does not answer for so long is asked anew. */
const TIMEOUT_MS = 2000;

/** Status code of a GET over HTTPS, or undefined while nothing answers. */
export function getStatus(url: URL, certificate: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const sent = request(url, { ca: readFileSync(certificate), agent: false, timeout: TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.end();
  });
}
