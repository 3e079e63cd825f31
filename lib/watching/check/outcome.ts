/** What a plugin of Nagios says: one line with performance data, and an exit status (Monitoring Plugins Development Guidelines). */
import { printable } from '../../model/text/printable';
import { alerts, type Range } from './range';

export const STATES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

export type State = (typeof STATES)[number];

/** A value for who draws it. */
export interface Performance {
  readonly label: string;
  readonly value: number;
  /** Unit, of those that the guidelines know. @default - a number */
  readonly unit?: 'ms' | 's' | '%' | 'B' | 'c';
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What a check has found, before it is judged. */
export interface Finding {
  /** Few words with the value that is judged, first of `performance`. */
  readonly text: string;
  readonly performance: readonly Performance[];
  /** What is wrong whatever the thresholds are. @default - nothing */
  readonly fault?: string;
  /** Lines for `-v`. @default - none */
  readonly details?: readonly string[];
}

export interface Thresholds {
  readonly warning?: Range;
  readonly critical?: Range;
}

export interface Outcome {
  readonly state: State;
  /** One line; further ones are details. */
  readonly text: string;
}

/** Nagios cuts a line there (MAX_PLUGIN_OUTPUT_LENGTH is 8 KiB; older ones take 4). */
const LONGEST_TEXT = 1000;

/** A line of others is no line of ours, and `|` begins performance data. */
const plain = (text: string) => printable(text).replaceAll('|', '/').slice(0, LONGEST_TEXT);

const figure = (value: number) => String(Number(value.toFixed(3)));

const isMeasured = ({ value, minimum = 0, maximum = 0 }: Performance) =>
  [value, minimum, maximum].every(Number.isFinite);

function data({ label, value, unit, minimum, maximum }: Performance, thresholds: Thresholds): string {
  const { warning, critical } = thresholds;
  const bounds = [warning?.text, critical?.text, minimum, maximum].map((bound) => bound ?? '');
  return `${label}=${figure(value)}${unit ?? ''};${bounds.join(';')}`.replace(/;+$/, '');
}

export function judged(check: string, finding: Finding, thresholds: Thresholds): Outcome {
  const { text, performance, fault, details = [] } = finding;
  const [first] = performance;
  // no range holds it, and so it would be OK
  if (fault === undefined && first !== undefined && !isMeasured(first)) {
    return stated(check, 'UNKNOWN', `what is measured there is no number: ${first.label} is ${first.value}`);
  }
  const is = (range: Range | undefined) => range !== undefined && first !== undefined && alerts(range, first.value);
  const state = fault !== undefined || is(thresholds.critical) ? 'CRITICAL' : is(thresholds.warning) ? 'WARNING' : 'OK';
  const values = performance
    .filter(isMeasured)
    .map((one) => data(one, one === first ? thresholds : {}))
    .join(' ');
  const line = lineOf(check, state, [fault, text].filter((part) => part !== undefined).join('; '));
  return {
    state,
    text: [values === '' ? line : `${line} | ${values}`, ...details.map(plain)].join('\n'),
  };
}

/** Without a value. */
export function stated(check: string, state: State, reason: string): Outcome {
  return { state, text: lineOf(check, state, reason) };
}

const lineOf = (check: string, state: State, text: string) =>
  plain(`SLIPWAY ${check.toUpperCase()} ${state} - ${text}`);
