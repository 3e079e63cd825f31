/** Lines of a bill that the front door decides: addresses, and what comes and goes by it. */
import type { Prices } from '../catalogue/catalogue';
import type { Edge, FrontDoorKind } from '../service-level/front-door';
import { addressLine, type FixedParts, HOURS_PER_MONTH, type Take, zoneLines } from './fixed-parts';

/** What goes through a front door in a month. */
export interface Traffic {
  readonly requests: number;
  readonly requestBytes: number;
  readonly answerBytes: number;
  /** That a client sends over one connection. */
  readonly requestsPerConnection: number;
}

/** That a full TLS handshake sends to the client: a chain of certificates like ACM's, measured with openssl. */
const HANDSHAKE_BYTES = 4800;
/** An HTTP API counts a request for each begun part of a body or of an answer (API Gateway pricing, 2026-11). */
const API_BYTES = 512 * 1024;

/** What an account has free every month of what comes and goes (AWS free tier, 2026-11); without end. */
const FREE = { dataOutGB: 100, cloudFrontMillion: 10, cloudFrontGB: 1000 } as const;

const answersGB = ({ requests, answerBytes }: Traffic) => (requests * answerBytes) / 1e9;
const handshakesGB = ({ requests, requestsPerConnection }: Traffic) =>
  ((requests / requestsPerConnection) * HANDSHAKE_BYTES) / 1e9;

/** Handshakes of CloudFront and of API Gateway are not counted: both are billed by what they answer with. */
export function trafficLines({ prices, internal, frontDoor }: FixedParts, traffic: Traffic, line: Take): void {
  if (internal) return;
  const { requests, requestBytes } = traffic;
  const answers = answersGB(traffic);
  if (frontDoor === 'cloudfront') {
    line('requests through CloudFront', requests / 1e6, 'million', prices.cloudFrontMillion, 'cloudFrontMillion');
    line('answers of CloudFront', answers, 'GB', prices.cloudFrontGB, 'cloudFrontGB');
    const bodies = (requests * requestBytes) / 1e9;
    line('bodies through CloudFront', bodies, 'GB', prices.cloudFrontOriginGB, 'cloudFrontOriginGB');
    return;
  }
  if (frontDoor === 'api') requestsLine({ prices }, traffic, line);
  line('answers to the internet', answers, 'GB', prices.dataOutGB, 'dataOutGB');
  if (frontDoor === 'api') return;
  line('TLS handshakes to the internet', handshakesGB(traffic), 'GB', prices.dataOutGB, 'dataOutGB');
}

/** Of an HTTP API. */
export function requestsLine({ prices }: Pick<FixedParts, 'prices'>, traffic: Traffic, line: Take): void {
  const { requests, requestBytes, answerBytes } = traffic;
  const counted = requests * Math.max(1, Math.ceil(Math.max(requestBytes, answerBytes) / API_BYTES));
  line('requests through API Gateway', counted / 1e6, 'million', prices.httpApiMillion, 'httpApiMillion');
}

/** What of it an account has free. */
export function freeTrafficLines(
  { internal, frontDoor }: FixedParts,
  traffic: Traffic,
  free: (item: string, used: number, most: number, unit: string, price: keyof Prices) => void,
): void {
  if (internal) return;
  const answers = answersGB(traffic);
  if (frontDoor === 'cloudfront') {
    const { cloudFrontMillion, cloudFrontGB } = FREE;
    free('requests through CloudFront', traffic.requests / 1e6, cloudFrontMillion, 'million', 'cloudFrontMillion');
    free('answers of CloudFront', answers, cloudFrontGB, 'GB', 'cloudFrontGB');
    return;
  }
  const handshakes = frontDoor === 'api' ? 0 : handshakesGB(traffic);
  free('data out', answers + handshakes, FREE.dataOutGB, 'GB', 'dataOutGB');
}

/** All that a front door decides, USD a month. */
function doorUsd(parts: FixedParts, traffic: Traffic): number {
  let sum = 0;
  const take: Take = (_, quantity, __, usdPerUnitMonth) => (sum += quantity * usdPerUnitMonth);
  addressLine(parts, take);
  zoneLines(parts, take);
  trafficLines(parts, traffic, take);
  return sum;
}

/** What differs between parts of an endpoint with one door and with another: only a load balancer has a name of yours. */
export const throughDoor = (frontDoor: FrontDoorKind) => ({
  frontDoor: frontDoor === 'alb' ? undefined : frontDoor,
  hostedZone: frontDoor === 'alb' ? true : undefined,
});

/** Mean requests a second below which a door is cheaper than a public load balancer. @default - at any rate */
export function cheaperBelow(edge: Edge, parts: FixedParts, traffic: Traffic): number | undefined {
  const perMonth = 3600 * HOURS_PER_MONTH; // requests of one a second
  const more = (requests: number) => {
    const [dear, cheap] = [edge, 'alb' as const].map((kind) =>
      doorUsd({ ...parts, ...throughDoor(kind) }, { ...traffic, requests }),
    ) as [number, number];
    return dear - cheap;
  };
  const slope = more(perMonth) - more(0);
  return slope > 0 ? Math.max(0, -more(0) / slope) : undefined;
}
