/** Reads `/metrics` of a handler. */
import * as http from 'node:http';
import * as https from 'node:https';
import { isReadOnTheWay, shownUrl } from '../../lambda/verification/endpoint-url';
import { explain } from '../../lambda/verification/https-client';
import { SlipwayError } from '../../lib/model/error';
import { MIB } from '../../lib/model/units';

const PATIENCE_MS = 15_000;
const MOST_BYTES = 16 * MIB;

export interface MetricsTrust {
  /** PEM of certificate authorities. @default - those of Node.js */
  readonly ca?: string;
  /** Sent as a bearer token, where nobody reads it on the way. @default - none */
  readonly key?: string | undefined;
  /** Whether the key may go over plain HTTP to another machine. @default false */
  readonly keyOverHttp?: boolean;
  /** Whether the certificate may be any; the key is then sent as over plain HTTP. @default false */
  readonly anyCertificate?: boolean;
  /** @default 15,000 */
  readonly timeoutMs?: number;
}

/**
 * @param url of the handler, or of its `/metrics`
 * @throws SlipwayError E_UNREACHABLE
 */
export async function readMetricsOf(
  url: URL,
  { ca, key, keyOverHttp = false, anyCertificate = false, timeoutMs = PATIENCE_MS }: MetricsTrust,
): Promise<string> {
  const target = url.pathname.endsWith('/metrics') ? url : new URL('/metrics', url);
  const refuse = (why: string) => new SlipwayError('E_UNREACHABLE', `${shownUrl(target)}: ${why}`);
  const withKey = key !== undefined && key !== '' && (keyOverHttp || !(anyCertificate || isReadOnTheWay(target)));
  const headers = withKey ? { authorization: `Bearer ${key}` } : {};
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const options = {
      headers,
      timeout: timeoutMs,
      ...(ca !== undefined && { ca }),
      rejectUnauthorized: !anyCertificate,
    };
    const asked = (target.protocol === 'https:' ? https : http).get(target, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > MOST_BYTES) asked.destroy(new Error('the answer is too long for measurements'));
      });
      response.once('end', () => resolve({ status: response.statusCode!, text }));
    });
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    asked.once('error', (error) => reject(refuse(explain(error))));
  });
  if (status === 200) return text;
  throw refuse(
    `status ${status}; measurements are told to who asks the instance itself, not through a load balancer, and where there is access control with the key of SLIPWAY_KEY`,
  );
}
