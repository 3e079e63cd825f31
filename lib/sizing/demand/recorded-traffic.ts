/** How bursty traffic is that was recorded: requests of each second, or the access log of a load balancer. */
import { gunzipSync } from 'node:zlib';
import { SlipwayError } from '../../model/error';
import { MIB } from '../../model/units';
import { type Bursts, MOST_DISPERSION, MOST_SWING } from '../service-level/arrivals';

/** Bytes of a file, packed or not; a day of a busy load balancer, packed, has fewer. */
export const LONGEST_RECORD = 256 * MIB;
/** A log of a busy hour has some hundred MiB. */
const LONGEST_LOG = 512 * MIB;
/** The busiest stretch of this length is what counts, or all of it where that is less. */
const BUSIEST_SECONDS = 3600;
const LEAST_SECONDS = 300;
const LEAST_REQUESTS = 1000;
/** A record with a gap of days would fill memory with seconds of nothing. */
const LONGEST_SECONDS = 400 * 24 * 3600;
/** Seconds over which the rate is a rate, and not chance. */
const RATE_SECONDS = 10;

/** Place of `request_creation_time` in a line of an Application Load Balancer's access log, as its user guide has them. */
const CREATION_FIELD = 21;

function text(bytes: Buffer, name: string): string {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes, { maxOutputLength: LONGEST_LOG }).toString('utf8');
  } catch (cause) {
    throw new SlipwayError('E_FILE', `${name}: cannot be unpacked as gzip, or has more than ${LONGEST_LOG / MIB} MiB`, {
      cause,
    });
  }
}

/** `Date.parse` takes nearly anything that ends in a number for a time. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/;
/** Numbers from here on are milliseconds: as seconds they would be in the year 5138. */
const FIRST_MILLISECOND = 1e11;

/** Whole seconds since 1970 of an ISO time, of UTC where it names no zone, or of a number of seconds or milliseconds. */
function secondOf(field: string): number {
  if (/^\d+(\.\d+)?$/.test(field)) {
    const number = Number(field);
    return Math.floor(number < FIRST_MILLISECOND ? number : number / 1000);
  }
  const parts = ISO_TIME.exec(field);
  if (!parts) return Number.NaN;
  const [, clock, , , zone] = parts;
  return Math.floor(Date.parse(clock !== undefined && zone === undefined ? `${field}Z` : field) / 1000);
}

/** Counts by second, from the first second to the last. @param counted seconds with their requests, in any order */
function filled(counted: ReadonlyMap<number, number>, name: string): number[] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const second of counted.keys()) {
    first = Math.min(first, second);
    last = Math.max(last, second);
  }
  if (last - first > LONGEST_SECONDS) {
    throw new SlipwayError('E_FILE', `${name}: goes from second ${first} to ${last}, more than 400 days; give one day`);
  }
  return Array.from({ length: last - first + 1 }, (_, i) => counted.get(first + i) ?? 0);
}

function ofLog(lines: readonly string[], name: string): number[] {
  const counted = new Map<number, number>();
  for (const [i, line] of lines.entries()) {
    const field = line.match(/"[^"]*"|\S+/g)?.[CREATION_FIELD];
    const second = field === undefined ? Number.NaN : secondOf(field);
    if (!Number.isFinite(second)) {
      throw new SlipwayError(
        'E_FILE',
        `${name}:${i + 1}: is no line of the access log of an Application Load Balancer: its field ${CREATION_FIELD + 1} is no time`,
      );
    }
    counted.set(second, (counted.get(second) ?? 0) + 1);
  }
  return filled(counted, name);
}

/** Lines of `requests` or of `time,requests`; the first may be a header. */
function ofCsv(lines: readonly string[], name: string): number[] {
  const rows = lines.map((line) => line.split(',').map((cell) => cell.trim()));
  const header = rows[0] !== undefined && Number.isNaN(Number(rows[0].at(-1) || 'none')) ? 1 : 0;
  const timed = new Map<number, number>();
  const counts: number[] = [];
  for (const [i, cells] of rows.entries()) {
    if (i < header) continue;
    const count = Number(cells.at(-1) || 'none');
    const second = cells.length === 2 ? secondOf(cells[0]!) : 0;
    if (!(cells.length <= 2 && count >= 0 && Number.isSafeInteger(count) && Number.isFinite(second))) {
      throw new SlipwayError(
        'E_FILE',
        `${name}:${i + 1}: must have the requests of one second, or its time and they, e.g. 2026-11-02T09:00:00Z,41`,
      );
    }
    if (cells.length === 2) timed.set(second, (timed.get(second) ?? 0) + count);
    else counts.push(count);
  }
  return timed.size > 0 ? filled(timed, name) : counts;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The consecutive seconds of an hour that have the most requests. */
function busiest(counts: readonly number[]): readonly number[] {
  let sum = 0;
  let [most, end] = [0, 0];
  for (const [i, count] of counts.entries()) {
    sum += count - (counts[i - BUSIEST_SECONDS] ?? 0);
    if (sum > most) [most, end] = [sum, i + 1];
  }
  const first = Math.max(0, Math.min(end, counts.length) - BUSIEST_SECONDS);
  return counts.slice(first, first + BUSIEST_SECONDS);
}

/**
 * @param counts requests of consecutive seconds
 * @returns of the busiest hour: the dispersion from what one second differs from the next, so that a rate that rises or falls
 * is none; the swing from the means of ten seconds, less what the dispersion explains
 */
export function burstsIn(counts: readonly number[]): Bursts {
  const hour = busiest(counts);
  const rate = mean(hour);
  const steps = hour.slice(1).map((count, i) => (count - hour[i]!) ** 2);
  const dispersion = Math.max(1, mean(steps) / 2 / rate);
  const rates = Array.from({ length: Math.floor(hour.length / RATE_SECONDS) }, (_, i) =>
    mean(hour.slice(i * RATE_SECONDS, (i + 1) * RATE_SECONDS)),
  );
  const middle = mean(rates);
  const variance = mean(rates.map((one) => (one - middle) ** 2)) - (dispersion * rate) / RATE_SECONDS;
  return { dispersion, swing: Math.sqrt(Math.max(0, variance)) / rate };
}

/**
 * @param bytes CSV with the requests of each second, with or without its time, or an access log of an Application Load
 * Balancer; either may be packed by gzip
 * @param name of the file, for messages
 * @throws SlipwayError E_FILE when it is neither, too short to tell, or beyond what can be planned for
 */
export function recordedBursts(bytes: Buffer, name: string): Bursts {
  const lines = text(bytes, name).split(/\r?\n/);
  while (lines.at(-1) === '') lines.pop();
  const counts = /^(https?|h2|grpcs|wss?) /.test(lines[0] ?? '') ? ofLog(lines, name) : ofCsv(lines, name);
  const requests = counts.reduce((sum, count) => sum + count, 0);
  if (counts.length < LEAST_SECONDS || requests < LEAST_REQUESTS) {
    throw new SlipwayError(
      'E_FILE',
      `${name}: has ${requests} requests in ${counts.length} seconds, too few to tell how bursty they are; ${LEAST_REQUESTS} in ${LEAST_SECONDS} seconds are the least`,
    );
  }
  const bursts = burstsIn(counts);
  if (bursts.dispersion > MOST_DISPERSION || bursts.swing > MOST_SWING) {
    throw new SlipwayError(
      'E_FILE',
      `${name}: its busiest hour has an index of dispersion of ${bursts.dispersion.toFixed(1)} and a rate that swings by ${Math.round(100 * bursts.swing)} %, more than a plan can take in (${MOST_DISPERSION.toFixed(0)} and ${100 * MOST_SWING} %); give a record of the peak alone, and send batches as rows of one request`,
    );
  }
  return bursts;
}
