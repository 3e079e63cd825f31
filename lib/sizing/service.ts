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

export interface RequestCost {
  readonly service: Service;
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
    service: serviceOf(samples.map((sample) => sample + HTTP_MS).sort()),
    requestBytes: rows * request + HEADER_BYTES.request,
    answerBytes: rows * answer + HEADER_BYTES.answer,
  };
}
