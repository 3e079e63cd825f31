/** Compute profile -> what one request of the service level costs on the machine that was profiled. */
import type { BatchCost, ComputeProfile } from '../model/profile';
import { type Service, serviceOf } from './queue';

/**
 * CPU time of HTTP for one request, milliseconds, which the profile does not hold: kernel, socket, parsing, telemetry.
 * Measured for a bare `node:http` server at 18 to 28 us on a server-class x86 core of 2022, rounded up for telemetry.
 */
export const HTTP_MS = 0.03;

/** Bytes of HTTP headers of a request and of its answer together, TLS records included. */
export const HEADER_BYTES = { request: 500, answer: 300 } as const;

/** Samples that the quantiles of a profile are spread to; enough that 1 % of them is two. */
const SAMPLES = 200;

/** One request when a run may use so many threads. */
export interface Mode {
  readonly threads: number;
  /** How long a request keeps a worker busy. */
  readonly service: Service;
  /** CPU time of a request, all threads together, milliseconds. */
  readonly cpuMs: number;
}

export interface RequestCost {
  /** By the number of threads, ascending; the first has one. */
  readonly modes: readonly [Mode, ...Mode[]];
  readonly requestBytes: number;
  readonly answerBytes: number;
}

/** The slowest samples are bent at most this far; beyond it the very largest one would no longer be seen. */
const SHARPEST = 50;

/**
 * Equally likely samples of one run, milliseconds, ascending. Between the quantiles of the profile they lie on straight
 * lines, but for the last piece: its end is the single slowest run of thousands, so it is bent until the mean is the CPU
 * time that was measured. A worker is busy for the wall time of a run, and for longer when other threads of it use more
 * CPU than that.
 */
function busySamples({ wallMsQuantiles: quantiles, cpuMs }: BatchCost): Float64Array {
  const last = quantiles.length - 1;
  const [before, slowest] = [quantiles[last - 1]!, quantiles[last]!];
  // sums over the pieces, each of width 1; the last one flat
  const flat = quantiles.slice(0, -1).reduce((sum, value) => sum + value) - quantiles[0]! / 2 + before / 2;
  const rise = slowest - before;
  const missing = cpuMs * last - flat;
  const bend = missing > 0 ? Math.min(SHARPEST, Math.max(1, rise / missing - 1)) : SHARPEST;
  const samples = Float64Array.from({ length: SAMPLES }, (_, i) => {
    const place = ((i + 0.5) / SAMPLES) * last;
    const piece = Math.floor(place);
    const share = place - piece;
    const low = quantiles[piece]!;
    return low + (piece === last - 1 ? share ** bend : share) * (quantiles[piece + 1]! - low);
  });
  const raise = Math.max(1, cpuMs / serviceOf(samples).meanMs);
  return samples.map((sample) => sample * raise);
}

/** Fewest percent that more threads must save to be considered: less is noise. */
const WORTH_THREADS = 0.95;

/**
 * What threads do to a request: the shares that were measured, at the batch size that was scanned and is nearest below. HTTP stays on one thread.
 */
function modesOf({ threads: scan }: ComputeProfile, rows: number, samples: Float64Array): RequestCost['modes'] {
  const mode = (threads: number, wallShare: number, cpuShare: number): Mode => {
    const service = serviceOf(samples.map((sample) => sample * wallShare + HTTP_MS).sort());
    const alone = wallShare === 1 ? service : serviceOf(samples);
    return { threads, service, cpuMs: wallShare === 1 ? service.meanMs : alone.meanMs * cpuShare + HTTP_MS };
  };
  const scanned = [...new Set(scan.map((cost) => cost.rows))].sort((a, b) => a - b);
  const near = scanned.filter((count) => count <= rows).at(-1) ?? scanned[0];
  const alike = scan.filter((cost) => cost.rows === near).sort((a, b) => a.threads - b.threads);
  const one = alike.find(({ threads }) => threads === 1);
  const more = alike.flatMap(({ threads, wallMs, cpuMs }) => {
    if (!one || threads === 1 || wallMs > WORTH_THREADS * one.wallMs) return [];
    return mode(threads, wallMs / one.wallMs, Math.max(1, cpuMs / one.cpuMs));
  });
  return [mode(1, 1, 1), ...more];
}

/**
 * Cost of one request of `rows` rows on the profiled machine: linear between the batch sizes that were measured, and in
 * proportion beyond the largest. That the handler computes the rows of waiting requests in one run is not counted on: it
 * happens only once a queue has formed, so it is reserve rather than capacity.
 */
export function requestCost(profile: ComputeProfile, rows: number): RequestCost {
  const batches = [...profile.batches].sort((a, b) => a.rows - b.rows);
  const next = batches.findIndex((batch) => batch.rows >= rows);
  const above = batches[next < 0 ? batches.length - 1 : next]!;
  const samples = busySamples(above);
  if (next < 0) {
    const times = rows / above.rows;
    samples.forEach((sample, i) => {
      samples[i] = sample * times;
    });
  } else if (next > 0 && above.rows > rows) {
    const below = batches[next - 1]!;
    const share = (rows - below.rows) / (above.rows - below.rows);
    busySamples(below).forEach((sample, i) => {
      samples[i] = sample + share * (samples[i]! - sample);
    });
  }
  const { request, answer } = profile.bytesPerRow;
  return {
    modes: modesOf(profile, rows, samples),
    requestBytes: rows * request + HEADER_BYTES.request,
    answerBytes: rows * answer + HEADER_BYTES.answer,
  };
}
