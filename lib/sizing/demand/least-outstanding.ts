/**
 * Requests that go to the instance with the fewest outstanding ones, from a load balancer of several nodes of which each counts
 * its own alone. Instances are queues whose arrivals become fewer the more requests they have; in an instance a request goes
 * to any of its workers. The states of such an instance have a product form where service times are exponential (Jackson);
 * how full the others are is taken to be as likely as it is for the instance itself (as of the power of choices, Vvedenskaya
 * and others, 1996). Against a simulation that makes none of these assumptions see `npx tsx bench/sizing/balancer-nodes.ts`.
 */

import type { Balancing } from '../service-level/arrivals';
import { kept } from './kept';

/** What a request finds at its worker. */
export interface Met {
  /** That there is a request before it. */
  readonly probability: number;
  /** How many there then are, in the mean. */
  readonly before: number;
}

/** Less likely than this is taken to be never. */
const UNLIKELY = 1e-10;
/** Change of the rates, in the mean of an instance's states, below which they are found. */
const FOUND = 1e-6;
const MOST_STEPS = 400;
/** After so many steps one goes as far as all that follow would: each is a fixed part of the one before (Aitken). */
const LEAP = 8;

/** How likely it is that some of so many requests are of one node, from `first` on; of less than `UNLIKELY` nothing is kept. */
interface Shares {
  readonly first: number;
  readonly likely: Float64Array;
}

function sharesOfNode(nodes: number, count: number): Shares {
  if (nodes === 1) return { first: count, likely: Float64Array.of(1) };
  const odds = 1 / (nodes - 1);
  const mode = Math.min(count, Math.floor((count + 1) / nodes));
  const [fewer, more]: [number[], number[]] = [[], []];
  for (let own = mode, one = 1; own > 0 && one > UNLIKELY; own--) {
    one *= own / (count - own + 1) / odds;
    fewer.unshift(one);
  }
  for (let own = mode, one = 1; own < count && one > UNLIKELY; own++) {
    one *= ((count - own) / (own + 1)) * odds;
    more.push(one);
  }
  const likely = Float64Array.from([...fewer, 1, ...more]);
  const sum = likely.reduce((total, one) => total + one);
  return { first: mode - fewer.length, likely: likely.map((one) => one / sum) };
}

/**
 * Shares of the time for which an instance has so many requests, when it then gets so many times what it gets in the mean; as
 * many as are not unlikely.
 */
function occupancy(workers: number, utilisation: number, times: readonly number[]): Float64Array {
  const likely = [1];
  let sum = 1;
  for (let count = 1, one = 1; one > UNLIKELY * sum || count <= workers; count++) {
    one *= (utilisation * (times[count - 1] ?? times.at(-1)!) * (count - 1 + workers)) / count;
    likely.push(one);
    sum += one;
  }
  return Float64Array.from(likely, (one) => one / sum);
}

/**
 * By the requests that a node has at an instance, how many times its mean rate it sends there: it sends where none of the
 * others has fewer, and to any of those that have as few.
 */
function chosen(likely: Float64Array, instances: number): Float64Array {
  const times = new Float64Array(likely.length);
  let more = 0;
  for (let own = likely.length - 1; own >= 0; own--) {
    const asMany = more + likely[own]!;
    times[own] =
      likely[own]! > UNLIKELY
        ? (asMany ** instances - more ** instances) / likely[own]!
        : instances * asMany ** (instances - 1);
    more = asMany;
  }
  return times;
}

/** Steps of utilisation that are told apart: in between it is taken to be the next. */
const STEPS = 500;

const met = new Map<string, Met>();

/**
 * What a request finds at its worker.
 *
 * @param utilisation of the workers, below 1
 */
export function metAt(balancing: Balancing, utilisation: number): Met {
  const step = Math.min(STEPS - 1, Math.ceil(utilisation * STEPS));
  const { instances, workers, nodes } = balancing;
  return kept(met, `${instances} ${workers} ${nodes} ${step}`, () => solved(balancing, step / STEPS));
}

function solved({ instances, workers, nodes }: Balancing, utilisation: number): Met {
  const known: Shares[] = [];
  const sharesOf = (count: number) => {
    known[count] ??= sharesOfNode(nodes, count);
    return known[count];
  };
  let times: readonly number[] = [1];
  let likely = occupancy(workers, utilisation, times);
  let moved: readonly number[] = [];
  for (let step = 1; step <= MOST_STEPS; step++) {
    const own = new Float64Array(likely.length);
    for (let count = 0; count < likely.length; count++) {
      const { first, likely: some } = sharesOf(count);
      for (let i = 0; i < some.length; i++) own[first + i]! += likely[count]! * some[i]!;
    }
    const sends = chosen(own, instances);
    const moves: number[] = [];
    let [change, along, length] = [0, 0, 0];
    for (let count = 0; count < likely.length; count++) {
      const { first, likely: some } = sharesOf(count);
      let sum = 0;
      for (let i = 0; i < some.length; i++) sum += some[i]! * sends[first + i]!;
      const move = (sum - (times[count] ?? times.at(-1)!)) / 2;
      const last = moved[count] ?? 0;
      change += likely[count]! * Math.abs(move);
      along += likely[count]! * move * last;
      length += likely[count]! * last * last;
      moves.push(move);
    }
    const kept = along / length;
    const leap = step % LEAP === 0 && kept > 0 && kept < 1 ? 1 / (1 - kept) : 1;
    times = moves.map((move, count) => Math.max(0, (times[count] ?? times.at(-1)!) + leap * move));
    moved = leap === 1 ? moves : [];
    likely = occupancy(workers, utilisation, times);
    if (change < FOUND) break;
  }
  let [all, behind, before] = [0, 0, 0];
  for (let count = 0; count < likely.length; count++) {
    const come = likely[count]! * (times[count] ?? times.at(-1)!);
    all += come;
    behind += count === 0 ? 0 : (come * count) / (count + workers - 1);
    before += (come * count) / workers;
  }
  return { probability: behind / all, before: before / behind };
}
