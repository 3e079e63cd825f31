/** How requests come: several at once, and at a rate that rises and falls within the peak. */

/** What makes arrivals harder to serve than those of clients that know nothing of each other. */
export interface Bursts {
  /**
   * Index of dispersion of the requests that come in a second, variance over mean, as long as the rate stays the same. 1 for
   * clients that send one at a time. Clients that send one to n at once, each number as often, have (2 n + 1) / 3.
   */
  readonly dispersion: number;
  /** Standard deviation of the mean rate of ten seconds, as a share of the rate of the peak. */
  readonly swing: number;
}

export const BURST_NAMES = ['none', 'usual', 'strong'] as const;
export type BurstName = (typeof BURST_NAMES)[number];

/** From one to three at once, as clients that fan out; strong: from one to seven at once, as batches and retries. */
export const BURSTS: Readonly<Record<BurstName, Bursts>> = {
  none: { dispersion: 1, swing: 0 },
  usual: { dispersion: 7 / 3, swing: 0.1 },
  strong: { dispersion: 5, swing: 0.25 },
};

export const DEFAULT_BURSTS: BurstName = 'usual';

export const burstsOf = (bursts: BurstName | Bursts = DEFAULT_BURSTS): Bursts =>
  typeof bursts === 'string' ? BURSTS[bursts] : bursts;

/** Beyond it clients send more than 50 at once; those are better sent as rows of one request. */
export const MOST_DISPERSION = 101 / 3;
/** Beyond it the highest rates would be more than twice the peak, which is then no peak. */
export const MOST_SWING = 0.5;

/** Where only the dispersion is known: the rate swings as usual. */
export const dispersed = (dispersion: number): Bursts => ({ dispersion, swing: BURSTS.usual.swing });

/** What makes no sense about bursts, each as a sentence without its full stop. */
export function burstProblems(bursts: BurstName | Bursts = DEFAULT_BURSTS): string[] {
  if (typeof bursts === 'string') {
    return BURST_NAMES.includes(bursts) ? [] : [`bursts must be one of ${BURST_NAMES.join(', ')}, got "${bursts}"`];
  }
  const { dispersion, swing } = bursts;
  const problems: string[] = [];
  if (!(dispersion >= 1)) problems.push(`the index of dispersion must be at least 1, got ${dispersion}`);
  else if (dispersion > MOST_DISPERSION) {
    problems.push(
      `the index of dispersion must be at most ${Math.floor(MOST_DISPERSION)}, got ${dispersion}: a client then sends more than 50 requests at once; send them as rows of one`,
    );
  }
  if (!(swing >= 0 && swing <= MOST_SWING)) {
    problems.push(`the swing of the rate must be 0 to ${MOST_SWING} of the peak, got ${swing}: plan for a higher peak`);
  }
  return problems;
}

/** Most requests that one client sends at once. */
export const mostAtOnce = ({ dispersion }: Bursts): number => (3 * dispersion - 1) / 2;

/** What bursts mean, as phrases. @param bursts @default - what is assumed, and so said to be */
export function burstsText(bursts?: BurstName | Bursts): string {
  const { dispersion, swing } = burstsOf(bursts);
  const most = Math.round(10 * mostAtOnce({ dispersion, swing })) / 10;
  const clients = most === 1 ? 'clients send one request at a time' : `clients send one to ${most} requests at once`;
  const rate = swing === 0 ? 'at a steady rate' : `at a rate that swings by ${Math.round(100 * swing)} %`;
  return `${clients}, ${rate}${bursts === undefined ? ' (assumed)' : ''}`;
}

/**
 * How likely it is that so many requests of the same client come just before a request, 0 of them first. A number of clients
 * that is not whole is a mixture of the two next to it.
 */
function companions(bursts: Bursts): number[] {
  const most = mostAtOnce(bursts);
  const fewer = Math.floor(most);
  /** Of clients that send up to `n`: of the requests so many have at least j before them. */
  const of = (n: number, j: number) => (2 * Math.max(0, n - j)) / (n * (n + 1));
  return Array.from(
    { length: Math.ceil(most) },
    (_, j) => (1 - (most - fewer)) * of(fewer, j) + (most - fewer) * of(fewer + 1, j),
  );
}

/**
 * A load balancer whose nodes each send a request to the instance with the fewest of their own; in it to any worker.
 */
export interface Balancing {
  readonly instances: number;
  /** Of an instance. */
  readonly workers: number;
  readonly nodes: number;
}

/** What waits in a queue that requests of other models are in as well. */
export interface SharedQueue {
  /** Work of all that comes, for each millisecond of work of the requests in question. */
  readonly work: number;
  /**
   * How much the work that comes varies, as the time of a run of steady requests would be: that of a run of each model times
   * its squared coefficient of variation and the dispersion of its requests, in the mean by their work; milliseconds.
   */
  readonly spreadMs: number;
  /** What may be left of the run under way, equally likely times by model, with the share of the work that is the model's. */
  readonly rests: readonly { readonly share: number; readonly restsMs: Float64Array }[];
}

/** How requests come to one of the queues between which they are dealt out at random. */
export interface Arrivals {
  /** @default - nothing but these requests is in the queue */
  readonly shared?: SharedQueue;
  /** How likely it is that so many requests of the same client have come to this queue just before a request; 0 of them first. */
  readonly companions: readonly number[];
  /** Index of dispersion of the requests at this queue. */
  readonly dispersion: number;
  /** How they come to this queue rather than another. @default - to any, at random */
  readonly balancing?: Balancing;
  /** Rates as multiples of the peak's, the highest first, with the share of the requests that come at each. */
  readonly rates: readonly { readonly times: number; readonly share: number }[];
}

/** A binomial law with four draws stands for the bell of the rates: in units of their deviation, in sixteenths of the time. */
const BELL = [
  [2, 1],
  [1, 4],
  [0, 6],
  [-1, 4],
  [-2, 1],
] as const;

function ratesOf(swing: number): Arrivals['rates'] {
  if (swing === 0) return [{ times: 1, share: 1 }];
  return BELL.map(([deviations, sixteenths]) => {
    const times = 1 + swing * deviations;
    return { times, share: (times * sixteenths) / 16 };
  });
}

/** Of so many companions each comes to the same queue with the same probability, whatever the others do. */
function thinned(counts: readonly number[], probability: number): number[] {
  const kept = counts.map(() => 0);
  counts.forEach((share, count) => {
    let likely = share * (1 - probability) ** count; // that none comes
    for (let k = 0; k <= count; k++) {
      kept[k]! += likely;
      likely *= ((count - k) / (k + 1)) * (probability / (1 - probability));
    }
  });
  return kept;
}

/** @param queues between which the requests are dealt out, at least 1 */
export function arrivalsAt(bursts: Bursts, queues: number): Arrivals {
  const all = companions(bursts);
  return {
    companions: queues === 1 ? all : thinned(all, 1 / queues),
    dispersion: 1 + (bursts.dispersion - 1) / queues,
    rates: ratesOf(bursts.swing),
  };
}
