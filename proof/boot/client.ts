/** Requests to a handler, each on a connection of its own. */
import http from 'node:http';
import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';

const TIMEOUT_MS = 5000;
const PAUSE_MS = 200;

/** As a load balancer does: it checks no certificate of an instance. */
export const sender = ({ protocol }: URL) => (protocol === 'https:' ? https : http);
export const ANY_CERTIFICATE = { rejectUnauthorized: false } as const;

/** Status of a GET; undefined when nothing answers. */
export function statusOf(url: URL, headers: http.OutgoingHttpHeaders = {}): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = sender(url).get(
      url,
      { agent: false, timeout: TIMEOUT_MS, headers, ...ANY_CERTIFICATE },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode));
      },
    );
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(undefined));
    request.once('close', () => resolve(undefined));
  });
}

/** Asks again until the answer is right. @returns whether it came in time */
export async function until(answer: () => Promise<boolean>, seconds: number): Promise<boolean> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await answer())) {
    if (performance.now() > deadline) return false;
    await pause(PAUSE_MS);
  }
  return true;
}

/** A request that the handler has begun and that waits for its body. */
export interface OpenRequest {
  /** Sends the body. @returns the answer; status 0 when the connection broke */
  finish(): Promise<{ readonly status: number; readonly body: string }>;
}

/** Opens a POST and waits until the handler asks for the body: from then on the request is in flight. */
export function openRequest(url: URL, body: string): Promise<OpenRequest> {
  return new Promise((resolve, reject) => {
    const request = sender(url).request(url, {
      ...ANY_CERTIFICATE,
      method: 'POST',
      agent: false,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        expect: '100-continue',
      },
    });
    const answered = new Promise<{ status: number; body: string }>((answer) => {
      request.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('end', () => answer({ status: response.statusCode ?? 0, body: text }));
        response.once('error', (error) => answer({ status: 0, body: error.message }));
      });
      request.once('error', (error) => answer({ status: 0, body: error.message }));
    });
    request.once('error', reject);
    request.once('continue', () =>
      resolve({
        finish: () => {
          request.end(body);
          return answered;
        },
      }),
    );
    request.flushHeaders();
  });
}
