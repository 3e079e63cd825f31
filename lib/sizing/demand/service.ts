/** Compute profile -> what one request of the service level costs on the machine that was profiled. */
import { MOST_ROWS_PER_RUN } from '../../model/instance/handler-settings';
import type { Batch } from '../../model/package/batch';
import type { BatchCost, ComputeProfile, HttpCost } from '../../model/package/profile';
import type { ServiceLevel } from '../service-level/service-level';
import { type Service, serviceOf } from './service-time';

/** Bytes of HTTP headers of a request and of its answer together, TLS records included. */
const HEADER_BYTES = { request: 500, answer: 300 } as const;

/**
 * What TLS from the load balancer adds to a request, as a share of one that predicts nothing: 0.4 measured (`npm run
 * bench:tls`, which says of what it is made), rounded up. The bytes of long bodies, at some 1 ms a megabyte, are little beside
 * what reading them as JSON takes, and not counted.
 */
const BACKEND_TLS = 0.5;

/** Samples that the quantiles of a profile are spread to; enough that 1 % of them is two. */
const SAMPLES = 200;

/** Most requests that a run is planned to answer: beyond it little is saved, and one run holds up the next for longer. */
export const MOST_JOINED = 16;

/** Runs of so many threads, which answer so many requests (`service.requests`) when as many wait. */
export interface Mode {
  readonly threads: number;
  /** How long a run keeps a worker busy. */
  readonly service: Service;
  /** CPU time of a request that has a run of its own, all threads together, milliseconds; when joined it takes less. */
  readonly cpuMs: number;
  /** The same where the handler has little to do: it is woken for each, and caches are cold. */
  readonly lightCpuMs: number;
}

export interface RequestCost {
  /** By the number of threads, then by that of joined requests, ascending; the first has one of each. */
  readonly modes: readonly [Mode, ...Mode[]];
  /** Numbers of requests of which the profile has the rows in one run: 1, 2, 4 ... */
  readonly joinable: readonly number[];
  /** CPU time of a request that is no prediction, milliseconds. */
  readonly httpMs: number;
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

/** Time that joining must leave of what a request took before, to be considered: with it CPU is no measure of load any more. */
const WORTH_JOINING = 0.8;

/**
 * Of runs with the same threads and ever more requests those that are worth it.
 *
 * @param modes ascending, the first with one request
 */
export function worthJoining(modes: readonly Mode[]): Mode[] {
  const kept: Mode[] = [];
  const each = ({ service }: Mode) => service.meanMs / service.requests;
  for (const mode of modes) {
    const fewer = kept.at(-1);
    if (!fewer) kept.push(mode);
    else if (each(mode) <= WORTH_JOINING * each(fewer))
      kept.push({ ...mode, cpuMs: fewer.cpuMs, lightCpuMs: fewer.lightCpuMs });
  }
  return kept;
}

/**
 * Samples of a run of `rows` rows: linear between the batch sizes that were measured, in proportion beyond the largest. So
 * are stalls, since some are: a core that is slow for a while is slow for all of a longer run.
 */
function samplesOf({ batches: measured }: ComputeProfile, rows: number): Float64Array {
  const batches = [...measured].sort((a, b) => a.rows - b.rows);
  const next = batches.findIndex((batch) => batch.rows >= rows);
  const above = batches[next < 0 ? batches.length - 1 : next]!;
  const samples = busySamples(above);
  if (next < 0) {
    const times = rows / above.rows;
    return samples.map((sample) => sample * times);
  }
  if (next === 0 || above.rows === rows) return samples;
  const below = batches[next - 1]!;
  const share = (rows - below.rows) / (above.rows - below.rows);
  return busySamples(below).map((sample, i) => sample + share * (samples[i]! - sample));
}

/**
 * Linear between the sizes that were measured and beyond them, but of more rows never less than of the most.
 *
 * @param http ascending by rows
 */
function httpMsOf(http: readonly Pick<HttpCost, 'rows' | 'cpuMs'>[], rows: number): number {
  const found = http.findIndex((cost) => cost.rows >= rows);
  const next = found < 0 ? http.length - 1 : Math.max(1, found);
  const [below, above] = [http[next - 1]!, http[next]!];
  const aRow = (above.cpuMs - below.cpuMs) / (above.rows - below.rows);
  return rows > above.rows
    ? above.cpuMs + Math.max(0, aRow) * (rows - above.rows)
    : below.cpuMs + aRow * (rows - below.rows);
}

/**
 * What threads do to a run: the shares that were measured, at the batch size that was scanned and is nearest below. HTTP
 * stays on one thread.
 */
function threadModes(profile: ComputeProfile, rowsPerRequest: number, requests: number): Mode[] {
  const rows = rowsPerRequest * requests;
  const samples = samplesOf(profile, rows);
  const httpMs = httpMsOf(profile.http, rowsPerRequest) * requests;
  const light = profile.http.map(({ rows, cpuMs, lightCpuMs = cpuMs }) => ({ rows, cpuMs: lightCpuMs }));
  const lightMs = Math.max(0, httpMsOf(light, rowsPerRequest) * requests - httpMs);
  const mode = (threads: number, wallShare: number, cpuShare: number): Mode => {
    const service = serviceOf(samples.map((sample) => sample * wallShare + httpMs).sort(), requests);
    const alone = wallShare === 1 ? service : serviceOf(samples);
    const cpuMs = wallShare === 1 ? service.meanMs : alone.meanMs * cpuShare + httpMs;
    return { threads, service, cpuMs, lightCpuMs: cpuMs + lightMs };
  };
  // the native engine has one thread whatever it is told: that it gains by more is a disturbance of the measurement
  const scan = profile.machine.engineKind === 'native' ? [] : profile.threads;
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
 * Cost of requests of `rows` rows on the profiled machine, each in a run of its own and joined: as many as the profile has
 * the rows of, so that no joined run is longer than what was measured; none for a model whose requests are runs of their own.
 */
export function requestCost(
  measured: ComputeProfile,
  rows: number,
  batch: Batch = 'rows',
  { backendTls = false }: Pick<ServiceLevel, 'backendTls'> = {},
): RequestCost {
  const tlsMs = backendTls ? BACKEND_TLS * measured.http[0]!.cpuMs : 0;
  const http = measured.http.map(({ rows, cpuMs, lightCpuMs = cpuMs }) => ({
    rows,
    cpuMs: cpuMs + tlsMs,
    lightCpuMs: lightCpuMs + tlsMs,
  }));
  const profile = { ...measured, http };
  const mostRows = Math.min(MOST_ROWS_PER_RUN, Math.max(...profile.batches.map((batch) => batch.rows)));
  const joinable = [1];
  const mostJoined = batch === 'whole' ? 1 : MOST_JOINED;
  for (let requests = 2; requests <= mostJoined && requests * rows <= mostRows; requests *= 2) joinable.push(requests);
  const all = joinable.map((requests) => threadModes(profile, rows, requests));
  const [first, ...more] = all[0]!.map(({ threads }) =>
    worthJoining(all.flatMap((modes) => modes.filter((mode) => mode.threads === threads))),
  );
  const { request, answer } = profile.bytesPerRow;
  return {
    modes: [first![0]!, ...first!.slice(1), ...more.flat()],
    joinable,
    httpMs: profile.http[0]!.cpuMs,
    requestBytes: rows * request + HEADER_BYTES.request,
    answerBytes: rows * answer + HEADER_BYTES.answer,
  };
}
