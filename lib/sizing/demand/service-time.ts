/** Times of runs, measured, and of the answers that they give. */

/** Service times of one run, which answers one request, or several that are joined. */
export interface Service {
  /** Equally likely service times, milliseconds, ascending. */
  readonly samplesMs: Float64Array;
  readonly meanMs: number;
  /** Squared coefficient of variation: variance over squared mean. */
  readonly variation: number;
  /** That a run takes of those that wait, at the most. */
  readonly requests: number;
  /**
   * Equally likely times until the answer for a request that finds no queue but so many requests that came just before it,
   * ascending. A run of one request is there for it; one that joins begins after the run that is under way, so what is left
   * of that comes on top.
   */
  answersMs(companions: number): Float64Array;
  /** Equally likely times that may be left of a run under way. */
  restsMs(): Float64Array;
}

/** Ends of a run under way that are told apart. */
const RESIDUALS = 20;

/**
 * What is left of the run under way, for whoever comes at any time while there is one: equally likely times, ascending. A
 * long run is met more often than a short one, and at any of its moments alike.
 *
 * @param samples ascending
 */
export function residuals(samples: Float64Array, count = RESIDUALS): Float64Array {
  let rest = 0; // of the samples from `next` on
  for (const sample of samples) rest += sample;
  const whole = rest;
  let next = 0;
  return Float64Array.from({ length: count }, (_, i) => {
    // the share of the time of all runs that has more than x of a run left is the sum of what they exceed x by
    const beyond = (1 - (i + 0.5) / count) * whole;
    while (rest - (samples.length - next) * samples[next]! > beyond) rest -= samples[next++]!;
    return (rest - beyond) / (samples.length - next);
  });
}

/** Sorts numbers that are runs of so many, each ascending. */
function mergedRuns(numbers: Float64Array, length: number): Float64Array {
  let from: Float64Array = numbers;
  let to: Float64Array = new Float64Array(numbers.length);
  for (let run = length; run < from.length; run *= 2) {
    for (let start = 0; start < from.length; start += 2 * run) {
      const middle = Math.min(start + run, from.length);
      const end = Math.min(start + 2 * run, from.length);
      for (let left = start, right = middle, place = start; place < end; place++) {
        const takesLeft = left < middle && (right >= end || from[left]! <= from[right]!);
        to[place] = takesLeft ? from[left++]! : from[right++]!;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

/** As many equally likely sums of two times as the first has. @param second ascending */
function sumOf(first: Float64Array, second: Float64Array): Float64Array {
  const sums = new Float64Array(first.length * second.length);
  first.forEach((one, i) => {
    for (let k = 0; k < second.length; k++) sums[i * second.length + k] = one + second[k]!;
  });
  const sorted = mergedRuns(sums, second.length);
  return first.map((_, i) => sorted[Math.floor((i + 0.5) * second.length)]!);
}

/** @param requests that a run of these times answers */
export function serviceOf(samplesMs: Float64Array, requests = 1): Service {
  let sum = 0;
  for (const sample of samplesMs) sum += sample;
  const meanMs = sum / samplesMs.length;
  let squares = 0;
  for (const sample of samplesMs) squares += (sample - meanMs) ** 2;
  // most ways to join are turned down by their mean alone, so that nothing is added up before it is asked for
  const runs = [samplesMs];
  const runsMs = (count: number): Float64Array => {
    runs[count - 1] ??= sumOf(runsMs(count - 1), samplesMs);
    return runs[count - 1]!;
  };
  const answers: Float64Array[] = [];
  let rests: Float64Array | undefined;
  const joinedMs = (companions: number): Float64Array => {
    const behind = sumOf(runsMs(Math.ceil((companions + 1) / requests)), residuals(samplesMs));
    if (companions === 0) return behind;
    // where nobody was there, the first of them has begun a run of its own, which the others wait for
    const alone = runsMs(1 + Math.ceil(companions / requests));
    return behind.map((ms, i) => Math.max(ms, alone[i]!));
  };
  return {
    samplesMs,
    meanMs,
    variation: squares / samplesMs.length / meanMs ** 2,
    requests,
    restsMs() {
      rests ??= residuals(samplesMs);
      return rests;
    },
    answersMs(companions) {
      answers[companions] ??= requests === 1 ? runsMs(companions + 1) : joinedMs(companions);
      return answers[companions]!;
    },
  };
}
