/** Holds the answers of one model against those of another: of a shadow against those that were served. */
import {
  countPair,
  largestOf,
  NO_COUNTS,
  type OutputCounts,
  pairsOf,
  type ShadowCounts,
  type ShadowDifference,
} from '../instance/shadow-counts';
import { answers } from '../rows/answer';
import type { Label, Method } from '../rows/signature';
import type { Tensors } from '../rows/tensor';
import type { Predictions } from './golden-replay';
import type { ComparedOutput } from './shadow-fit';

/** Characters of a label in the counts. */
const LONGEST_LABEL = 60;

/** Differences that are collected before the smaller ones go. */
const COLLECTED = 64;

type Row = Readonly<Record<string, Label | null>>;
export type Answer = Label | readonly Label[];

/** What an answer of one row says of another. */
interface Held {
  readonly agrees: boolean;
  readonly difference: number;
}

/** Rows that were answered by both. */
export interface BothAnswered<Answers = Tensors> {
  readonly requestId: string;
  /** Index of each row in the request. */
  readonly places: readonly number[];
  readonly served: Answers;
  readonly shadow: Answers;
  /** The rows themselves, where their values may be told. */
  readonly values?: readonly Row[];
}

export class Agreement {
  private rows = 0;
  private agreeingRows = 0;
  private readonly outputs = new Map<Method, { -readonly [K in keyof OutputCounts]: OutputCounts[K] }>();
  private pairs = new Map<string, number>();
  private largest: ShadowDifference[] = [];

  constructor(
    private readonly compared: readonly ComparedOutput[],
    private readonly tolerance: number,
  ) {}

  add({ served, shadow, ...rows }: BothAnswered): void {
    const both = this.compared.filter(({ method }) => served[method] !== undefined && shadow[method] !== undefined);
    const of = (tensors: Tensors): Predictions =>
      Object.fromEntries(both.map(({ method }) => [method, answers(tensors[method]!)]));
    this.addAnswers({ ...rows, served: of(served), shadow: of(shadow) });
  }

  /** The same of answers that are no tensors any more. */
  addAnswers({ requestId, places, served, shadow, values }: BothAnswered<Predictions>): void {
    const agrees = places.map(() => true);
    for (const output of this.compared) {
      const { method } = output;
      const [ours, theirs] = [served[method], shadow[method]];
      if (ours === undefined || theirs === undefined) continue;
      const counts = this.countsOf(method);
      for (const [i, row] of places.entries()) {
        const held = this.hold(output, ours[i]!, theirs[i]!);
        counts.rows++;
        if (held.agrees) counts.agreeing++;
        else agrees[i] = false;
        if (Number.isFinite(held.difference)) {
          counts.sumOfDifferences += held.difference;
          counts.largest = Math.max(counts.largest, held.difference);
        }
        if (output.kind === 'labels' && output.places.length === 1) {
          countPair(this.pairs, labelText(ours[i]!), labelText(theirs[i]!));
        }
        if (held.difference > 0) {
          this.collect({
            requestId,
            row,
            output: method,
            difference: Number.isFinite(held.difference) ? held.difference : null,
            served: ours[i]!,
            shadow: theirs[i]!,
            ...(values && { values: values[i]! }),
          });
        }
      }
    }
    this.rows += places.length;
    this.agreeingRows += agrees.filter(Boolean).length;
  }

  /** What was counted since it was asked last. */
  take(): ShadowCounts {
    const counts: ShadowCounts = {
      ...NO_COUNTS,
      rows: this.rows,
      agreeingRows: this.agreeingRows,
      outputs: Object.fromEntries(this.outputs),
      confusion: pairsOf(this.pairs),
      largest: largestOf(this.largest),
    };
    this.rows = 0;
    this.agreeingRows = 0;
    this.outputs.clear();
    this.pairs = new Map();
    this.largest = [];
    return counts;
  }

  private countsOf(method: Method) {
    let counts = this.outputs.get(method);
    if (!counts) {
      counts = { rows: 0, agreeing: 0, sumOfDifferences: 0, largest: 0 };
      this.outputs.set(method, counts);
    }
    return counts;
  }

  private collect(difference: ShadowDifference): void {
    this.largest.push(difference);
    if (this.largest.length >= COLLECTED) this.largest = largestOf(this.largest);
  }

  private hold({ kind, places }: ComparedOutput, served: Answer, shadow: Answer): Held {
    const [ours, theirs] = [served, shadow].map((answer) => (Array.isArray(answer) ? answer : [answer])) as Label[][];
    let agrees = true;
    let largest = 0;
    for (const [i, place] of places.entries()) {
      const [value, other] = [ours![i]!, theirs![place]!];
      if (kind === 'labels') {
        if (value === other) continue;
        agrees = false;
        largest = 1;
        continue;
      }
      const difference = distance(value as number, other as number);
      largest = Math.max(largest, difference);
      const most = kind === 'probabilities' ? this.tolerance : this.tolerance * Math.abs(value as number);
      if (difference > 0 && !(difference <= most)) agrees = false;
    }
    return { agrees, difference: largest };
  }
}

/** Infinite where one of them is no number and the other is. */
function distance(value: number, other: number): number {
  if (Object.is(value, other) || value === other) return 0;
  const difference = Math.abs(value - other);
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}

function labelText(label: Answer): string {
  const text = String(label);
  return text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL)}...` : text;
}
