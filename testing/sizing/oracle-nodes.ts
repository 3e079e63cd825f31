/** What a request meets behind a load balancer of several nodes: a part of the brute force, which shares no code with lib/sizing. */

/** Utilisations are rounded up to so many steps. */
const STEPS = 500;

export interface Meeting {
  /** That somebody is before it. */
  readonly somebody: number;
  /** How many then are, in the mean. */
  readonly howMany: number;
}

const known = new Map<string, Meeting>();

export function meeting(instances: number, workers: number, nodes: number, busy: number): Meeting {
  const step = Math.min(STEPS - 1, Math.ceil(busy * STEPS));
  const key = [instances, workers, nodes, step].join();
  const found = known.get(key) ?? solve(instances, workers, nodes, step / STEPS);
  known.set(key, found);
  return found;
}

/** Of `n` requests of an instance `own` are of one node, as Pascal's triangle has it. */
function triangle(nodes: number, last: number): number[][] {
  const rows: number[][] = [[1]];
  for (let n = 1; n <= last; n++) {
    const above = rows[n - 1]!;
    rows.push(
      Array.from({ length: n + 1 }, (_, own) => {
        return ((above[own] ?? 0) * (nodes - 1) + (above[own - 1] ?? 0)) / nodes;
      }),
    );
  }
  return rows;
}

function solve(instances: number, workers: number, nodes: number, busy: number): Meeting {
  const mean = (workers * busy) / (1 - busy);
  const last = Math.ceil(20 + mean + 7 * Math.sqrt(mean / (1 - busy)));
  const rows = triangle(nodes, last);
  let attraction = new Array<number>(last + 1).fill(1);
  let share: number[] = [];
  let sizeBefore = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 2000; round++) {
    // a worker that has something to do ends a request: of n on w workers so many have
    share = [1];
    for (let n = 1; n <= last; n++) {
      const working = (workers * n) / (n + workers - 1);
      share.push((share[n - 1]! * attraction[n - 1]! * busy * workers) / working);
    }
    const whole = share.reduce((a, b) => a + b);
    share = share.map((one) => one / whole);
    const atLeast = new Array<number>(last + 2).fill(0);
    for (let own = last; own >= 0; own--) {
      let exactly = 0;
      for (let n = own; n <= last; n++) exactly += share[n]! * rows[n]![own]!;
      atLeast[own] = atLeast[own + 1]! + exactly;
    }
    const wanted = atLeast.slice(0, -1).map((all, own) => {
      const more = atLeast[own + 1]!;
      // where this instance and `ties` of the others have as few, it is one of them
      let sum = 0;
      for (let i = 0; i < instances; i++) sum += all ** i * more ** (instances - 1 - i);
      return sum;
    });
    const next = rows.map((row) => row.reduce((sum, likely, own) => sum + likely * wanted[own]!, 0));
    const step = next.map((value, n) => (value - attraction[n]!) / 2);
    const size = step.reduce((sum, value, n) => sum + share[n]! * Math.abs(value), 0);
    // where each step is a part of the last, all that are to come are a geometric series
    const part = size / sizeBefore;
    const far = round % 12 === 11 && part < 1 ? 1 / (1 - part) : 1;
    attraction = attraction.map((value, n) => Math.max(0, value + far * step[n]!));
    sizeBefore = far === 1 ? size : Number.POSITIVE_INFINITY;
    if (size < 1e-8) break;
  }
  const come = share.map((one, n) => one * attraction[n]!);
  const all = come.reduce((a, b) => a + b);
  const somebody = come.reduce((sum, one, n) => sum + (n === 0 ? 0 : (one * n) / (n + workers - 1)), 0);
  const howMany = come.reduce((sum, one, n) => sum + (one * n) / workers, 0);
  return { somebody: somebody / all, howMany: howMany / somebody };
}

/** Of a queue without an end, that somebody waits: all of so many are busy. */
export function allBusy(servers: number, busy: number): number {
  // Poisson weights up to the servers, and a geometric rest
  let term = 1;
  let sum = 1;
  for (let n = 1; n < servers; n++) {
    term *= (busy * servers) / n;
    sum += term;
  }
  const rest = (term * busy) / (1 - busy);
  return rest / (sum + rest);
}
