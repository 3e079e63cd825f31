/**
 * Response times of a queue: the tail of the waiting time (Erlang C with the Allen-Cunneen correction) convolved with
 * measured service samples. Against simulation it is right within -4 to +17 % for a coefficient of variation up to 0.3,
 * and too high, never too low, where requests are dealt out in turn or to the least busy instance.
 */
import { type Arrivals, arrivalsAt, BURSTS, type SharedQueue } from '../service-level/arrivals';
import type { Service } from './service-time';

/** Of clients that know nothing of each other and send one request at a time. */
export const POISSON: Arrivals = arrivalsAt(BURSTS.none, 1);

/**
 * Probability that a request must wait in an M/M/c queue.
 *
 * @param servers c, at least 1
 * @param load offered load in Erlang, arrival rate times mean service time
 * @returns 0 to 1; 1 when the load is more than the servers can do
 */
export function erlangC(servers: number, load: number): number {
  if (load >= servers) return 1;
  let blocking = 1; // Erlang B by its recursion, which does not overflow
  for (let k = 1; k <= servers; k++) blocking = (load * blocking) / (k + load * blocking);
  const utilisation = load / servers;
  return blocking / (1 - utilisation * (1 - blocking));
}

/**
 * Squared coefficient of variation of the time between two groups of requests that fill a run: less, the more of them a group
 * has. Where runs vary it is less than it seems: most arrive during the long ones.
 *
 * @param variation of the runs
 */
function groupVariation(dispersion: number, requests: number, variation: number): number {
  return requests === 1 ? dispersion : Math.min(dispersion, dispersion / requests + variation);
}

/** The tail of the waiting time, `probability * exp(-decay * ms)`. */
interface Waiting {
  /** That a request must wait at all. */
  readonly probability: number;
  /** Per millisecond. */
  readonly decay: number;
}

/**
 * Undefined for a queue that is not stable. Joined requests queue as groups that fill a run, whose arrivals vary the less the
 * more of them there are in one. Requests that come at once are for this a request with all their work, whose squared
 * coefficient of variation is that of a run and the dispersion less one.
 */
function waitingOf(
  { meanMs, variation, requests }: Service,
  servers: number,
  requestsPerMs: number,
  { dispersion, shared }: Arrivals,
): Waiting | undefined {
  const runsPerMs = requestsPerMs / requests;
  const load = runsPerMs * meanMs * (shared?.work ?? 1);
  if (load >= servers) return undefined;
  if (shared) return { probability: erlangC(servers, load), decay: (2 * (servers - load)) / shared.spreadMs };
  return {
    probability: erlangC(servers, load),
    decay: (2 * (servers / meanMs - runsPerMs)) / (groupVariation(dispersion, requests, variation) + variation),
  };
}

/** Looked up once: where the globals are those of a context, as under jest, that takes longer than the function. */
const { exp } = Math;

/** Late requests among so many that they no longer matter. */
const NEGLIGIBLE = 1e-9;

/**
 * Requests with these answers that take longer than the limit, waiting included; as many as there are answers are all.
 *
 * @param most it is enough to know that they are more
 */
function lateOf(answersMs: Float64Array, { probability, decay }: Waiting, limitMs: number, most: number): number {
  let sum = 0;
  for (let left = answersMs.length - 1; left >= 0; left--) {
    const answer = answersMs[left]!;
    const late = answer > limitMs ? 1 : probability * exp(-decay * (limitMs - answer));
    sum += late;
    if (sum > most || left * late < NEGLIGIBLE) break;
  }
  return sum;
}

/** How many answers are within a limit. @param answersMs ascending */
function within(answersMs: Float64Array, limitMs: number): number {
  let [inTime, beyond] = [0, answersMs.length];
  while (inTime < beyond) {
    const middle = (inTime + beyond) >> 1;
    if (answersMs[middle]! > limitMs) beyond = middle;
    else inTime = middle + 1;
  }
  return inTime;
}

/**
 * Late requests at a rate that stays, for many limits: at each answer the sum of `exp(-decay * (answer - other))` over the
 * others up to it is kept, so that a limit takes one exponential in place of one for each answer.
 */
class Lateness {
  private readonly sums: Float64Array;

  constructor(
    private readonly answersMs: Float64Array,
    private readonly waiting: Waiting,
  ) {
    let sum = 0;
    this.sums = answersMs.map((answer, i) => {
      sum = 1 + (i === 0 ? 0 : sum * exp(-waiting.decay * (answer - answersMs[i - 1]!)));
      return sum;
    });
  }

  /** Late requests; as many as there are answers are all. */
  over(limitMs: number): number {
    const { answersMs, waiting } = this;
    const inTime = within(answersMs, limitMs);
    const late = answersMs.length - inTime;
    if (inTime === 0) return late;
    return (
      late + waiting.probability * exp(-waiting.decay * (limitMs - answersMs[inTime - 1]!)) * this.sums[inTime - 1]!
    );
  }
}

/**
 * How much more often than in the mean a request may find a run of another model under way. Where that is just less than as many
 * as may be late, none of its wait would show in a 99th percentile, and in a busier minute all of it.
 */
const OFTEN = 1.25;

/** In a shared queue: behind the run under way, where there is one, of whatever model it is, and behind what waits. */
class SharedLateness {
  private readonly behind: Lateness;

  constructor(
    private readonly answersMs: Float64Array,
    private readonly waiting: Waiting,
    private readonly rests: SharedQueue['rests'],
  ) {
    this.behind = new Lateness(answersMs, waiting);
  }

  over(limitMs: number): number {
    const { behind, answersMs } = this;
    const busy = Math.min(1, OFTEN * this.waiting.probability);
    let sum = (1 - busy) * (answersMs.length - within(answersMs, limitMs));
    for (const { share, restsMs } of this.rests) {
      let late = 0;
      for (let i = 0; i < restsMs.length; i++) late += behind.over(limitMs - restsMs[i]!);
      sum += (busy * share * late) / restsMs.length;
    }
    return sum;
  }
}

/**
 * Share of the requests that take longer than the limit at a rate that stays; all of them where the queue is not stable, and
 * where they are more than `most`: then what takes long to add up, the answers behind further companions, is not asked for.
 */
function lateShare(
  service: Service,
  servers: number,
  requestsPerMs: number,
  limitMs: number,
  arrivals: Arrivals,
  most: number,
): number {
  const { companions } = arrivals;
  const waiting = waitingOf(service, servers, requestsPerMs, arrivals);
  if (!waiting) return 1;
  const { length } = service.samplesMs;
  let late = 0;
  for (let count = 0; count < companions.length; count++) {
    const likely = companions[count]!;
    if (likely > NEGLIGIBLE) {
      const enough = (most * length - late) / likely;
      const answersMs = service.answersMs(count);
      late +=
        likely *
        (arrivals.shared
          ? new SharedLateness(answersMs, waiting, arrivals.shared.rests).over(limitMs)
          : lateOf(answersMs, waiting, limitMs, enough));
    }
    if (late > most * length) return 1;
  }
  return late / length;
}

/** Whether more than `share` of the requests take longer than `limitMs` though none of them has to wait. */
export function isLateAlone(service: Service, limitMs: number, share: number): boolean {
  const answersMs = service.answersMs(0);
  return answersMs.length - within(answersMs, limitMs) > share * answersMs.length;
}

/** Whether few would be late in a shared queue even if each had to wait for the longest rest of a run, always at the highest rate. */
function isNeverLate(
  service: Service,
  servers: number,
  requestsPerMs: number,
  limitMs: number,
  share: number,
  { shared: _, ...arrivals }: Arrivals,
  { work, spreadMs, rests }: SharedQueue,
): boolean {
  const longest = Math.max(...rests.map(({ restsMs }) => restsMs.at(-1)!));
  if (limitMs <= longest) return false;
  const shared = { work, spreadMs, rests: [{ share: 1, restsMs: Float64Array.of(longest) }] };
  const highest = requestsPerMs * arrivals.rates[0]!.times;
  return lateShare(service, servers, highest, limitMs, { ...arrivals, shared }, share) <= share;
}

/**
 * Whether more than `share` of the requests take longer than `limitMs`, waiting included. A rate that changes does so slowly:
 * at each the queue is as if it had always been so, and at a lower rate no more requests are late than at a higher one.
 *
 * @param servers servers behind one queue
 * @param requestsPerMs arrival rate at that queue
 */
export function isLate(
  service: Service,
  servers: number,
  requestsPerMs: number,
  limitMs: number,
  share: number,
  arrivals: Arrivals = POISSON,
): boolean {
  if (arrivals.shared && isNeverLate(service, servers, requestsPerMs, limitMs, share, arrivals, arrivals.shared)) {
    return false;
  }
  let sum = 0;
  let lower = 1; // share of the requests that come at this rate or a lower one
  for (const { times, share: some } of arrivals.rates) {
    const late = lateShare(service, servers, requestsPerMs * times, limitMs, arrivals, (share - sum) / some);
    if (sum + lower * late <= share) return false;
    sum += some * late;
    lower -= some;
    if (sum > share) return true;
  }
  return false;
}

/** Share of the requests that take longer than a limit, at all rates together, as a function of the limit. */
function lateShares(service: Service, servers: number, requestsPerMs: number, arrivals: Arrivals) {
  const { rates, companions, shared } = arrivals;
  const parts: { readonly share: number; readonly lateness: Pick<Lateness, 'over'> }[] = [];
  for (const { times, share } of rates) {
    const waiting = waitingOf(service, servers, requestsPerMs * times, arrivals)!; // stable at the highest rate
    for (const [count, likely] of companions.entries()) {
      if (likely <= NEGLIGIBLE) continue;
      const answersMs = service.answersMs(count);
      const lateness = shared ? new SharedLateness(answersMs, waiting, shared.rests) : new Lateness(answersMs, waiting);
      parts.push({ share: (share * likely) / service.samplesMs.length, lateness });
    }
  }
  return (limitMs: number): number => {
    let sum = 0;
    for (const { share, lateness } of parts) sum += share * lateness.over(limitMs);
    return sum;
  };
}

/** Relative precision of a response time. */
const PRECISION = 1e-11;

/** All answers that a request may get without a queue, ascending. */
function allAnswers(service: Service, { companions }: Arrivals): Float64Array {
  const runs = companions.flatMap((likely, count) => (likely > NEGLIGIBLE ? [service.answersMs(count)] : []));
  if (runs.length === 1) return runs[0]!;
  const all = new Float64Array(runs.length * service.samplesMs.length);
  for (const [i, run] of runs.entries()) all.set(run, i * run.length);
  return all.sort();
}

/**
 * The response time that a share `quantile` of the requests stays within, milliseconds; infinite for a queue that is not
 * stable. It is sought between two answers that follow each other: there the late share falls about exponentially, and at
 * each answer it falls by a step.
 */
export function responseQuantile(
  service: Service,
  servers: number,
  requestsPerMs: number,
  quantile: number,
  arrivals: Arrivals = POISSON,
): number {
  const share = 1 - quantile;
  const highest = requestsPerMs * arrivals.rates[0]!.times;
  const work = highest * service.meanMs * (arrivals.shared?.work ?? 1);
  if (work >= servers * service.requests) return Number.POSITIVE_INFINITY;
  const lateShareOver = lateShares(service, servers, requestsPerMs, arrivals);
  const late = (limitMs: number) => lateShareOver(limitMs) > share;
  /** Above 0 where too many are late. */
  const excess = (limitMs: number) => Math.log(Math.max(Number.MIN_VALUE, lateShareOver(limitMs) / share));

  const answers = allAnswers(service, arrivals);
  let [first, last] = [0, answers.length]; // of the answers from `last` on none is late
  while (first < last) {
    const middle = (first + last) >> 1;
    if (late(answers[middle]!)) first = middle + 1;
    else last = middle;
  }
  let low = answers[last - 1] ?? 0;
  let high = (answers[last] ?? 2 * low) * (1 - PRECISION);
  if (last < answers.length && (high <= low || late(high))) return answers[last]!;
  while (late(high)) [low, high] = [high, 2 * high];
  let above = excess(low);
  let below = excess(high);
  for (let step = 1; high - low > PRECISION * high && below < 0; step++) {
    const line = low + ((high - low) * above) / (above - below);
    const middle = step % 3 === 0 || !(line > low && line < high) ? (low + high) / 2 : line;
    const found = excess(middle);
    if (Math.abs(found) < PRECISION) return middle;
    if (found > 0) [low, above] = [middle, found];
    else [high, below] = [middle, found];
  }
  return high;
}
