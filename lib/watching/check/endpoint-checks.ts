/** What a client sees of an endpoint, as checks. */
import { connect, type PeerCertificate } from 'node:tls';
import { shownUrl } from '../../../lambda/verification/endpoint-url';
import { explain, type Trust } from '../../../lambda/verification/https-client';
import { measurePace } from '../../../lambda/verification/pace';
import { type VerifiedPackage, verifyEndpoint } from '../../../lambda/verification/replay';
import { SlipwayError } from '../../model/error';
import { differenceText } from '../../model/package/difference-text';
import type { EndpointCheckName } from './checks';
import type { Finding } from './outcome';

export interface EndpointTarget {
  readonly url: URL;
  readonly trust: Trust;
  /** The package that should be served. @throws SlipwayError where none is named */
  readonly modelPackage: () => VerifiedPackage;
  /** What the check may take, milliseconds. */
  readonly longestMs: number;
}

const DAY_MS = 24 * 3600 * 1000;
/** p99 of fewer would be their maximum. */
const PACE_REQUESTS = 100;

async function predictions({ url, trust, modelPackage }: EndpointTarget): Promise<Finding> {
  const expected = modelPackage();
  const { rows, serves, differences, maximumDifference, requestMs } = await verifyEndpoint(url, expected, trust);
  const release = `${expected.manifest.name} ${expected.digest.slice(0, 12)}`;
  const slowest = Math.max(0, ...requestMs);
  const differing = new Set(differences.map(({ row }) => row)).size;
  return {
    text: `${rows - differing} of ${rows} golden rows hold, ${release}`,
    performance: [
      { label: 'differing', value: differing, minimum: 0, maximum: rows },
      { label: 'difference', value: maximumDifference, minimum: 0 },
      { label: 'slowest', value: slowest, unit: 'ms', minimum: 0 },
    ],
    ...(serves !== undefined && { fault: `it serves ${serves}, not ${release}` }),
    details: differences.slice(0, 20).map((difference) => differenceText(difference)),
  };
}

async function latency({ url, trust, modelPackage, longestMs }: EndpointTarget): Promise<Finding> {
  const expected = modelPackage();
  if (!expected.golden) {
    throw new SlipwayError('E_PACKAGE', `${expected.directory}: has no golden rows, so there is nothing to send`);
  }
  const options = { requests: PACE_REQUESTS, longestMs: 0.8 * longestMs };
  const { p99Ms, requests } = await measurePace(url, expected, trust, options);
  return {
    text: `p99 is ${p99Ms.toFixed(1)} ms over ${requests} requests from here`,
    performance: [
      { label: 'p99', value: p99Ms, unit: 'ms', minimum: 0 },
      { label: 'requests', value: requests, minimum: 0 },
    ],
  };
}

async function certificate({ url, trust, longestMs }: EndpointTarget): Promise<Finding> {
  if (url.protocol !== 'https:') {
    throw new SlipwayError('E_USAGE', `${shownUrl(url)}: has no certificate; give an address that begins with https`);
  }
  const { ends, issuer, problem } = await certificateOf(url, trust, longestMs);
  const days = (ends.getTime() - Date.now()) / DAY_MS;
  return {
    text: `the certificate of ${issuer} ends on ${ends.toISOString().slice(0, 10)}, in ${Math.floor(days)} days`,
    performance: [{ label: 'days', value: Math.floor(days) }],
    ...(days <= 0
      ? { fault: 'the certificate has ended' }
      : problem !== undefined && { fault: `the certificate is not trusted (${problem})` }),
  };
}

interface SeenCertificate {
  readonly ends: Date;
  readonly issuer: string;
  /** Why it is not trusted. */
  readonly problem?: string;
}

const nameOf = ({ issuer }: PeerCertificate) => String(issuer?.O ?? issuer?.CN ?? 'nobody');

function certificateOf(url: URL, { ca }: Trust, longestMs: number): Promise<SeenCertificate> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new SlipwayError('E_UNREACHABLE', `${shownUrl(url)}: ${reason}`));
    const socket = connect({
      host,
      port: Number(url.port || 443),
      servername: host,
      ...(ca !== undefined && { ca }),
      rejectUnauthorized: false, // one that is not trusted is what this is to tell
    });
    socket.setTimeout(longestMs, () => {
      fail('no certificate in time');
      socket.destroy();
    });
    socket.once('error', (error) => fail(explain(error)));
    socket.once('secureConnect', () => {
      const seen = socket.getPeerCertificate();
      const problem = socket.authorizationError as Error | string | undefined;
      const reason = problem instanceof Error ? (problem as NodeJS.ErrnoException).code : problem;
      socket.destroy();
      if (!seen.valid_to) return fail('there is no certificate');
      resolve({
        ends: new Date(seen.valid_to),
        issuer: nameOf(seen),
        ...(reason && { problem: reason }),
      });
    });
  });
}

export const ENDPOINT_CHECKS = {
  predictions,
  latency,
  certificate,
} as const satisfies Record<EndpointCheckName, (target: EndpointTarget) => Promise<Finding>>;
