/** Which columns scikit-learn's univariate selectors keep, by the scores or p-values that fitting has found. */
import type { Estimator, Reader } from '../../estimator/estimator';

export type Keep = readonly boolean[];

const SCORES: Reader = { reads: ['scores_'] };
const P_VALUES: Reader = { reads: ['pvalues_'] };

/** numpy puts the least number in the place of NaN. */
function cleaned(scores: Float64Array): Float64Array {
  return scores.map((score) => (Number.isNaN(score) ? -Number.MAX_VALUE : score));
}

/** The k best; of equal ones the later, as a stable sort has it. */
export function kBest(selector: Estimator, k: unknown): Keep {
  const { values } = selector.readBy(SCORES).numbers('scores_', 1);
  if (k === 'all') return Array.from(values, () => true);
  if (typeof k !== 'number' || !Number.isInteger(k) || k < 0) throw selector.damaged('k is not a number of columns');
  const scores = cleaned(values);
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]! || a - b);
  const kept = new Set(k === 0 ? [] : order.slice(-k));
  return order.map((_, i) => kept.has(i));
}

/** Those above the percentile, and as many of those on it as there is room for. */
export function percentile(selector: Estimator, percent: unknown): Keep {
  const { values } = selector.readBy(SCORES).numbers('scores_', 1);
  if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100)) {
    throw selector.damaged('percentile is not between 0 and 100');
  }
  if (percent === 100) return Array.from(values, () => true);
  if (percent === 0) return Array.from(values, () => false);
  const scores = cleaned(values);
  if (!scores.every(Number.isFinite)) {
    throw selector.unsupported(`(${selector.className}) has infinite scores, which is not converted; use SelectKBest`);
  }
  const threshold = quantile(scores, (100 - percent) / 100);
  const room = Math.trunc((scores.length * percent) / 100) - scores.filter((score) => score > threshold).length;
  // a slice of numpy counts a negative end from behind
  const ties = [...scores.keys()].filter((i) => scores[i] === threshold);
  const kept = new Set(ties.slice(0, room));
  return Array.from(scores, (score, i) => score > threshold || kept.has(i));
}

/** numpy's linear interpolation between the sorted numbers, with its order of operations. */
export function quantile(values: Float64Array, share: number): number {
  const sorted = values.slice().sort();
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const left = sorted[below]!;
  const right = sorted[Math.min(below + 1, sorted.length - 1)]!;
  const part = place - below;
  return part >= 0.5 ? right - (right - left) * (1 - part) : left + (right - left) * part;
}

/** p-values below a bound: the false positive rate, the family-wise error. */
export function falsePositives(selector: Estimator, alpha: unknown, familyWise: boolean): Keep {
  const { values } = selector.readBy(P_VALUES).numbers('pvalues_', 1);
  const level = levelOf(selector, alpha);
  const bound = familyWise ? level / values.length : level;
  return Array.from(values, (value) => value < bound);
}

/** Benjamini and Hochberg's procedure: the false discovery rate. */
export function falseDiscoveries(selector: Estimator, alpha: unknown): Keep {
  const { values } = selector.readBy(P_VALUES).numbers('pvalues_', 1);
  const level = levelOf(selector, alpha);
  const count = values.length;
  const accepted = values
    .slice()
    .sort()
    .filter((value, i) => value <= (level / count) * (i + 1));
  const last = accepted.at(-1);
  return Array.from(values, (value) => last !== undefined && value <= last);
}

function levelOf(selector: Estimator, alpha: unknown): number {
  if (typeof alpha !== 'number' || !(alpha >= 0)) throw selector.damaged('alpha is not a number');
  return alpha;
}
