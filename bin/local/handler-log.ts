/** The log of a handler that runs for a person: shown as it comes, and listened to for why it does not become ready. */
import type { Interface } from 'node:readline';
import { ERRORS, type ErrorCode, SlipwayError } from '../../lib/model/error';
import { differenceText } from '../../lib/model/package/difference-text';
import type { GoldenDifference } from '../../lib/model/package/golden-replay';
import { printLine } from '../terminal/output';

/** What the handler says of an event that keeps it from serving. */
interface Event {
  readonly event?: unknown;
  readonly code?: string;
  readonly error?: unknown;
  readonly problems?: readonly unknown[];
  readonly model?: string;
  readonly first?: readonly GoldenDifference[];
}

/** Golden rows that differ, of which a message tells. */
const SHOWN_DIFFERENCES = 5;

export class HandlerLog {
  /** Why the handler does not serve, or not any more, as far as it has said so. */
  failure?: SlipwayError;

  /** @param lines of the handler's log */
  constructor(lines: Interface) {
    lines.on('line', (line) => {
      this.failure ??= failureIn(line);
      if (printLine(process.stdout.isTTY ? inWords(line) : line)) return;
      lines.pause(); // who reads this command's output slowly makes the handler keep its lines, or drop them
      process.stdout.once('drain', () => lines.resume());
    });
  }
}

function isCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(ERRORS, code);
}

function failureIn(line: string): SlipwayError | undefined {
  const { event, code, error, problems = [], model, first = [] } = parsed(line);
  if (event === 'failed') {
    if (isCode(code)) return new SlipwayError(code, String(error), { problems: problems.map(String) });
    return new SlipwayError('E_INTERNAL', `the handler failed (${error}); its log above says more`);
  }
  if (event !== 'golden rows differ') return undefined;
  return new SlipwayError('E_PARITY', `${model}: the golden rows do not hold in the handler on this machine`, {
    problems: first.slice(0, SHOWN_DIFFERENCES).map((difference) => differenceText(difference)),
  });
}

/** An event as somebody at a terminal reads it: `16:11:09 ready: model credit, version 5bbc32809b15, goldenRows 400`. */
export function inWords(line: string): string {
  const { event, time, level, pid: _, ...more } = parsed(line) as Event & Readonly<Record<string, unknown>>;
  if (typeof event !== 'string') return line;
  const told = Object.entries(more).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const when = typeof time === 'string' ? `${time.slice(11, 19)} ` : '';
  const grave = level === 'info' ? '' : `${level}: `;
  return `${when}${grave}${event}${told.length > 0 ? `: ${told.join(', ')}` : ''}`;
}

function parsed(line: string): Event {
  try {
    return (JSON.parse(line) as Event | null) ?? {};
  } catch {
    return {}; // not of the log, such as what a library says
  }
}
