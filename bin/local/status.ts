import { readFileSync } from 'node:fs';
import { request } from 'node:https';

/** Status code of a GET over HTTPS, or undefined while nothing answers. */
export function getStatus(url: URL, certificate: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const sent = request(url, { ca: readFileSync(certificate), agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', () => resolve(undefined));
    sent.end();
  });
}
