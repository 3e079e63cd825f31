/**
 * A discrete-event simulation of several models on one fleet, request by request. Each worker has all of them, runs one request
 * at a time, and chooses the next: fairly, by the CPU time that each model has had for its weight, or the one that came first.
 * It shares no formula with lib/sizing.
 */
import { type SimulatedBursts, stretches } from './simulation';

export interface SimulatedModel {
  readonly requestsPerSecond: number;
  /** Turns among those of the others. */
  readonly weight: number;
  /** Milliseconds of a run by a number in (0, 1). */
  readonly runMs: (share: number) => number;
  readonly bursts: SimulatedBursts;
}

export interface SimulatedSharing {
  /** Of all instances that are left; connections, not requests, are dealt out to those of an instance. */
  readonly workers: number;
  readonly models: readonly SimulatedModel[];
  readonly discipline: 'fair' | 'first come';
}

interface Arrival {
  readonly at: number;
  readonly model: number;
}

/** Of one model, by worker, for so many milliseconds. */
function arrivalsOf(model: SimulatedModel, index: number, wholeMs: number, workers: number, random: () => number) {
  const byWorker: Arrival[][] = Array.from({ length: workers }, () => []);
  const { bursts, requestsPerSecond } = model;
  const rates = stretches(bursts, random);
  const meanAtOnce = (1 + bursts.most) / 2;
  for (let now = 0; ; ) {
    const rate = rates[Math.min(rates.length - 1, Math.floor((now / wholeMs) * rates.length))]!;
    now += (-Math.log(random()) * 1000 * meanAtOnce) / (requestsPerSecond * rate);
    if (now > wholeMs) return byWorker;
    const together = 1 + Math.floor(random() * bursts.most);
    for (let i = 0; i < together; i++) byWorker[Math.floor(random() * workers)]!.push({ at: now, model: index });
  }
}

/** Response times by model, of one worker. @param arrivals ascending */
function served(
  { models, discipline }: SimulatedSharing,
  arrivals: readonly Arrival[],
  random: () => number,
  take: (model: number, at: number, responseMs: number) => void,
): void {
  const waiting = models.map((): { readonly times: number[]; next: number } => ({ times: [], next: 0 }));
  /** CPU time for its weight, of each; one that had nothing to do does not save up. */
  const had = models.map(() => 0);
  const isIdle = (i: number) => waiting[i]!.next === waiting[i]!.times.length;
  let [now, level, coming] = [0, 0, 0];
  for (;;) {
    for (; coming < arrivals.length && arrivals[coming]!.at <= now; coming++) {
      const { model, at } = arrivals[coming]!;
      if (isIdle(model)) had[model] = Math.max(had[model]!, level);
      waiting[model]!.times.push(at);
    }
    let chosen = -1;
    for (let i = 0; i < models.length; i++) {
      if (isIdle(i)) continue;
      const first = (k: number) => (discipline === 'fair' ? had[k]! : waiting[k]!.times[waiting[k]!.next]!);
      if (chosen < 0 || first(i) < first(chosen)) chosen = i;
    }
    if (chosen < 0) {
      if (coming === arrivals.length) return;
      now = arrivals[coming]!.at;
      continue;
    }
    const queue = waiting[chosen]!;
    const at = queue.times[queue.next++]!;
    const ms = models[chosen]!.runMs(random());
    level = had[chosen]!;
    had[chosen]! += ms / models[chosen]!.weight;
    now += ms;
    take(chosen, at, now - at);
  }
}

/**
 * 99th percentile of the response times of each model, milliseconds, after a tenth of the time has warmed the queues up.
 *
 * @param requests of the model that has fewest
 */
export function simulatedSharing(fleet: SimulatedSharing, requests: number, random: () => number): number[] {
  const { models, workers } = fleet;
  const fewest = Math.min(...models.map(({ requestsPerSecond }) => requestsPerSecond));
  const wholeMs = (1000 * requests) / fewest;
  const each = models.map((model, i) => arrivalsOf(model, i, wholeMs, workers, random));
  const responses: number[][] = models.map(() => []);
  for (let worker = 0; worker < workers; worker++) {
    const arrivals = each.flatMap((byWorker) => byWorker[worker]!).sort((a, b) => a.at - b.at);
    served(fleet, arrivals, random, (model, at, ms) => {
      if (at > wholeMs / 10) responses[model]!.push(ms);
    });
  }
  return responses.map((all) => {
    const settled = Float64Array.from(all).sort();
    return settled[Math.floor(settled.length * 0.99)]!;
  });
}
