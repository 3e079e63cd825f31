/** How fast an endpoint answers single rows, one after the other. */
import { postJson, type Trust } from './https-client';
import type { VerifiedPackage } from './replay';
import { unexpected, within } from './route';

export interface Pace {
  /** 99 of 100 requests took no longer, milliseconds. */
  readonly p99Ms: number;
  /** Requests that were measured. */
  readonly requests: number;
}

export interface PaceOptions {
  /** @default 300 */
  readonly requests?: number;
  /** No request is begun after so long. @default 90,000 */
  readonly longestMs?: number;
}

/** They connect, and meet whatever is cold. */
const UNMEASURED = 5;

/**
 * Send golden rows again and again, one a request; all of them in one where they depend on each other.
 *
 * @throws SlipwayError E_UNREACHABLE when a request is not answered with predictions
 */
export async function measurePace(
  url: URL,
  { golden, manifest }: VerifiedPackage,
  trust: Trust,
  { requests = 300, longestMs = 90_000 }: PaceOptions = {},
): Promise<Pace> {
  const inputs = golden!.inputs;
  const route = within(url, 'predict');
  const measured: number[] = [];
  const end = Date.now() + longestMs;
  for (let i = 0; i < requests + UNMEASURED && (Date.now() < end || measured.length === 0); i++) {
    const data = manifest.batch === 'whole' ? inputs : [inputs[i % inputs.length]];
    const { status, body, milliseconds } = await postJson(route, { data }, trust);
    if (status !== 200) throw unexpected(route, status, 'predictions', body);
    if (i >= UNMEASURED) measured.push(milliseconds);
  }
  return { p99Ms: percentile(measured, 0.99), requests: measured.length };
}

/** By the nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
