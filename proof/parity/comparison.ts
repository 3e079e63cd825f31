/** What a library answered and what an endpoint answers, number by number. */
import type { Predictions } from '../../lib/model/package/golden-replay';
import type { Method } from '../../lib/model/rows/signature';

/** A number, or null for NaN. */
type Answer = number | string | boolean | null;
type Answers = readonly (Answer | readonly Answer[])[];

/** What generate.py writes for a model. */
export interface Recorded {
  readonly name: string;
  readonly golden: { readonly inputs: readonly unknown[] } & Partial<Record<Method, Answers>>;
  /** How far the library's own numbers move when X moves by one unit in the last place. */
  readonly movement: Partial<Record<Method, Answers | null>>;
  /** Rows far outside of training, with the answers to each alone; infinities as Python's text for them. */
  readonly far: readonly { readonly input: unknown; readonly answers: Partial<Record<Method, Answers>> }[];
}

export interface Rule {
  /** `|got - expected| <= relative * |expected|` and... */
  readonly relative: number;
  /** ...for numbers next to 0, `<= absolute`. */
  readonly absolute: number;
  /** Whether the library's own movement can excuse a number that keeps neither. */
  readonly excused: boolean;
}

export interface Compared {
  /** Numbers that were compared. */
  numbers: number;
  /** Those that keep the rule by their library's own movement alone. */
  excused: number;
  /** What is wrong, at most one a method. */
  readonly wrong: string[];
}

/**
 * A difference is excused up to this many times the movement: X moves by one rounding, while between X and the
 * answer there are many, in another order here than there.
 */
const MOVEMENTS = 4;

/**
 * A movement beyond this share of the largest answer is no rounding, but a step: X lies on a threshold, and what is
 * next to it belongs to another leaf or bin. It excuses nothing.
 */
const STEP = 1e-7;

/** @param labels whether `predict` answers with classes, which must be equal */
export function compare(recorded: Recorded, predictions: Predictions, labels: boolean, rule: Rule): Compared {
  const result: Compared = { numbers: 0, excused: 0, wrong: [] };
  for (const [method, answers] of Object.entries(predictions) as [Method, Predictions[Method]][]) {
    const expected = flat(recorded.golden[method] ?? []);
    const got = flat(answers ?? []);
    const movement = flat(recorded.movement[method] ?? []);
    const exact = method === 'predict' && labels;
    const largest = expected.reduce<number>((most, value) => Math.max(most, magnitude(value)), 0);
    let different = got.length === expected.length ? 0 : expected.length;
    let first = 0;
    expected.forEach((value, i) => {
      const verdict = exact ? (value === got[i] ? 'kept' : 'broken') : judge(value, got[i], movement[i], largest, rule);
      if (!exact) result.numbers++;
      if (verdict === 'excused') result.excused++;
      if (verdict === 'broken' && different++ === 0) first = i;
    });
    if (different > 0) {
      const where = `${different} of ${expected.length}, the first at ${first}`;
      const values = `${JSON.stringify(expected[first])} and not ${JSON.stringify(got[first])}`;
      result.wrong.push(`${recorded.name}: ${method} differs in ${where}: ${values}; moves by ${movement[first]}`);
    }
  }
  return result;
}

function judge(
  expected: Answer | undefined,
  got: Answer | undefined,
  movement: Answer | undefined,
  largest: number,
  rule: Rule,
): 'kept' | 'excused' | 'broken' {
  if (expected === null) return typeof got === 'number' && Number.isNaN(got) ? 'kept' : 'broken';
  if (typeof expected !== 'number' || typeof got !== 'number') return expected === got ? 'kept' : 'broken';
  const difference = Math.abs(got - expected);
  if (difference <= rule.relative * Math.abs(expected) || difference <= rule.absolute) return 'kept';
  if (!rule.excused || typeof movement !== 'number' || movement > STEP * largest) return 'broken';
  return difference <= MOVEMENTS * movement ? 'excused' : 'broken';
}

function magnitude(value: Answer): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.abs(value) : 0;
}

function flat(answers: Answers): readonly Answer[] {
  return answers.flat() as readonly Answer[];
}

/** Of far rows, probabilities: sums may have lost all their digits, and are compared as far as they are finite. */
const FAR = 1e-6;

/** What is wrong in the answers to one far row; undefined when they are the library's. */
export function compareFar(
  expected: Partial<Record<Method, Answers>>,
  predictions: Predictions,
  labels: boolean,
): string | undefined {
  for (const [method, answers] of Object.entries(predictions) as [Method, Predictions[Method]][]) {
    const wanted = flat(expected[method] ?? []).map((value) =>
      value === 'inf' ? Number.POSITIVE_INFINITY : value === '-inf' ? Number.NEGATIVE_INFINITY : value,
    );
    const got = flat(answers ?? []);
    const kept = wanted.every((value, i) => {
      const given = got[i];
      if (value === null) return Number.isNaN(given);
      if (typeof value !== 'number' || typeof given !== 'number' || (method === 'predict' && labels))
        return value === given;
      return (
        value === given ||
        (method === 'predict_proba' ? Math.abs(value - given) <= FAR : Number.isFinite(value) && Number.isFinite(given))
      );
    });
    if (!kept && wanted.length > 0) return `${method}: ${wanted.slice(0, 4).join()} and not ${got.slice(0, 4).join()}`;
  }
  return undefined;
}
