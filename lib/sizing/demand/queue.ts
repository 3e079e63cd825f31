/**
 * Response times of a queue: the tail of the waiting time (Erlang C with the Allen-Cunneen correction) convolved with
 * measured service samples. Against simulation it is right within -4 to +17 % for a coefficient of variation up to 0.3,
 * and too high, never too low, where requests are dealt out in turn or to the least busy instance.
 */
import { type Arrivals, arrivalsAt, type Balancing, BURSTS, type SharedQueue } from '../service-level/arrivals';
import { metAt } from './least-outstanding';
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

/** A part of the tail of the waiting time, `probability * exp(-decay * ms)`; of several parts one may be below 0. */
interface Tail {
  /** That a request must wait at all. */
  readonly probability: number;
  /** Per millisecond. */
  readonly decay: number;
}

/** The sum of its parts: that a request waits for longer. */
type Waiting = readonly Tail[];

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
  if (shared) return [{ probability: erlangC(servers, load), decay: (2 * (servers - load)) / shared.spreadMs }];
  return [
    {
      probability: erlangC(servers, load),
      decay: (2 * (servers / meanMs - runsPerMs)) / (groupVariation(dispersion, requests, variation) + variation),
    },
  ];
}

/** Two decays that differ by less than this share are told apart by it. */
const APART = 1e-6;

/** Waits that are as likely as this and have this decay, and others on top that have nothing to do with them. */
function together(one: Tail, other: Tail): Waiting {
  const decay = Math.abs(other.decay - one.decay) < APART * one.decay ? (1 + APART) * one.decay : other.decay;
  const both = (one.probability * other.probability) / (decay - one.decay);
  return [
    { probability: one.probability * (1 - other.probability) + both * decay, decay: one.decay },
    { probability: (1 - one.probability) * other.probability - both * one.decay, decay },
  ];
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
function lateOf(answersMs: Float64Array, waiting: Waiting, limitMs: number, most: number): number {
  let sum = 0;
  for (let left = answersMs.length - 1; left >= 0; left--) {
    const answer = answersMs[left]!;
    let late = answer > limitMs ? 1 : 0;
    if (late === 0)
      for (const { probability, decay } of waiting) late += probability * exp(-decay * (limitMs - answer));
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
  private readonly sums: readonly Float64Array[];

  constructor(
    private readonly answersMs: Float64Array,
    private readonly waiting: Waiting,
  ) {
    this.sums = waiting.map(({ decay }) => {
      let sum = 0;
      return answersMs.map((answer, i) => {
        sum = 1 + (i === 0 ? 0 : sum * exp(-decay * (answer - answersMs[i - 1]!)));
        return sum;
      });
    });
  }

  /** Late requests; as many as there are answers are all. */
  over(limitMs: number): number {
    const { answersMs, waiting, sums } = this;
    const inTime = within(answersMs, limitMs);
    let late = answersMs.length - inTime;
    if (inTime === 0) return late;
    for (const [i, { probability, decay }] of waiting.entries()) {
      late += probability * exp(-decay * (limitMs - answersMs[inTime - 1]!)) * sums[i]![inTime - 1]!;
    }
    return late;
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
    const busy = Math.min(1, OFTEN * this.waiting[0]!.probability);
    let sum = (1 - busy) * (answersMs.length - within(answersMs, limitMs));
    for (const { share, restsMs } of this.rests) {
      let late = 0;
      for (let i = 0; i < restsMs.length; i++) late += behind.over(limitMs - restsMs[i]!);
      sum += (busy * share * late) / restsMs.length;
    }
    return sum;
  }
}

/** Above it a fleet is reckoned as if requests went to any instance. */
const BUSIEST_BALANCED = 0.85;

/**
 * Where requests go to the instance with the fewest: behind what is left of the run under way, behind others at the worker, and
 * behind what all workers of the fleet together cannot do, as if these had nothing to do with each other.
 */
class BalancedLateness {
  private readonly behind: Lateness;
  /** That a request has to wait. */
  private readonly probability: number;

  constructor(
    private readonly answersMs: Float64Array,
    { meanMs, variation, restsMs }: Service,
    balancing: Balancing,
    load: number,
    dispersion: number,
  ) {
    const { probability, before: steady } = metAt(balancing, load);
    const before = 1 + (steady - 1) * (1 + variation / 2); // more come during a run that is long
    const servers = balancing.instances * balancing.workers;
    const allBusy = erlangC(servers, servers * load);
    this.probability = Math.max(probability, allBusy);
    this.restsMs = restsMs();
    const more = {
      probability: 1 - 1 / before,
      decay: 1 / (before * meanMs * Math.max(1, (dispersion + variation) / 2)),
    };
    const fleetDispersion = 1 + (dispersion - 1) * servers;
    const ofFleet = {
      probability: allBusy / this.probability,
      decay: (2 * servers * (1 - load)) / (meanMs * (fleetDispersion + variation)),
    };
    this.behind = new Lateness(answersMs, together(more, ofFleet));
  }

  private readonly restsMs: Float64Array;

  over(limitMs: number): number {
    const { probability, answersMs, behind, restsMs } = this;
    let late = 0;
    for (const rest of restsMs) late += behind.over(limitMs - rest);
    return (1 - probability) * (answersMs.length - within(answersMs, limitMs)) + (probability * late) / restsMs.length;
  }
}

/** @param answersMs behind so many others of the same client */
function latenessOf(
  service: Service,
  servers: number,
  requestsPerMs: number,
  { shared, balancing, dispersion }: Arrivals,
  waiting: Waiting,
): (answersMs: Float64Array) => Pick<Lateness, 'over'> {
  if (shared) return (answersMs) => new SharedLateness(answersMs, waiting, shared.rests);
  const load = (requestsPerMs * service.meanMs) / servers;
  if (balancing && load <= BUSIEST_BALANCED) {
    return (answersMs) => new BalancedLateness(answersMs, service, balancing, load, dispersion);
  }
  return (answersMs) => new Lateness(answersMs, waiting);
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
  const lateness = latenessOf(service, servers, requestsPerMs, arrivals, waiting);
  const inTurn = !arrivals.shared && !arrivals.balancing;
  let late = 0;
  for (let count = 0; count < companions.length; count++) {
    const likely = companions[count]!;
    if (likely > NEGLIGIBLE) {
      const enough = (most * length - late) / likely;
      const answersMs = service.answersMs(count);
      late += likely * (inTurn ? lateOf(answersMs, waiting, limitMs, enough) : lateness(answersMs).over(limitMs));
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
  const { rates, companions } = arrivals;
  const parts: { readonly share: number; readonly lateness: Pick<Lateness, 'over'> }[] = [];
  for (const { times, share } of rates) {
    const waiting = waitingOf(service, servers, requestsPerMs * times, arrivals)!; // stable at the highest rate
    const lateness = latenessOf(service, servers, requestsPerMs * times, arrivals, waiting);
    for (const [count, likely] of companions.entries()) {
      if (likely <= NEGLIGIBLE) continue;
      parts.push({
        share: (share * likely) / service.samplesMs.length,
        lateness: lateness(service.answersMs(count)),
      });
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
