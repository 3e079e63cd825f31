/** A stage as a watcher other than CloudWatch sees it, and what is written for one. */
import type { PlannedAlarm } from '../../sizing/alarms/alarm';
import { MEASURES, type Measure, type OnlyAws } from '../../sizing/alarms/measures';
import type { SizingPlan } from '../../sizing/plan/plan';

export interface WatchedStage {
  readonly name: string;
  /** Name of the endpoint in its metrics. */
  readonly domainName: string;
  /** What clients write after `https://`. */
  readonly address: string;
  readonly region: string;
  readonly model: { readonly name: string; readonly digest: string; readonly folder: string };
  readonly plan: SizingPlan;
  /** Of the plan, in the order of their importance. */
  readonly alarms: readonly PlannedAlarm[];
  /** Whether the handlers ask for a key. */
  readonly keys: boolean;
  /** Addresses of instances, for a watcher that does not find them itself. */
  readonly instances: readonly string[];
  /** Where docs/ of the repository can be read, to stand before a section of the runbook, e.g. `https://git.example.com/credit/`. */
  readonly documents: string;
}

/** Texts by the name of their file. */
export type Files = Readonly<Record<string, string>>;

/** Why a watcher has nothing for a measure. */
export interface Unwatched {
  readonly because: string;
}

export const isUnwatched = (value: unknown): value is Unwatched =>
  typeof value === 'object' && value !== null && 'because' in value;

const ONLY_AWS = Object.fromEntries(
  Object.entries(MEASURES).flatMap(([name, measure]) =>
    'onlyAws' in measure ? [[name, { because: measure.onlyAws }]] : [],
  ),
) as Record<OnlyAws, Unwatched>;

/** What watchers tell of a measure, with the reason where they tell nothing: all measures, lest a new one is forgotten. */
export function everyMeasure<T>(own: Readonly<Record<Exclude<Measure, OnlyAws>, T | Unwatched>>) {
  return { ...ONLY_AWS, ...own } as Readonly<Record<Measure, T | Unwatched>>;
}

/** The alarms that a watcher has something for, and those that it has not. */
export function split<T>(
  { alarms }: Pick<WatchedStage, 'alarms'>,
  table: Readonly<Record<Measure, T | Unwatched>>,
): {
  readonly watched: readonly (readonly [PlannedAlarm, T])[];
  readonly unwatched: readonly (readonly [PlannedAlarm, string])[];
} {
  const watched: [PlannedAlarm, T][] = [];
  const unwatched: [PlannedAlarm, string][] = [];
  for (const alarm of alarms) {
    const entry = table[alarm.measure];
    if (isUnwatched(entry)) unwatched.push([alarm, entry.because]);
    else watched.push([alarm, entry]);
  }
  return { watched, unwatched };
}

/** Section of the runbook, as a link. */
export const runbookLink = ({ documents }: WatchedStage, { runbook }: Pick<PlannedAlarm, 'runbook'>) =>
  `${documents}${runbook}`;

/** First line of a file that is made. */
export const madeBy = ({ name, model }: WatchedStage, tool: string) =>
  `Made by "slipway watch --for ${tool} --stage ${name}" for ${model.name} ${model.digest.slice(0, 12)}: make it again when the plan changes.`;
