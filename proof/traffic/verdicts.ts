/** What the loads of the proof showed: checks, and rows of the table of results. */
import type { Report } from '../report';
import { lostOf, percentile } from './clients';
import type { Outcome } from './load';

export class Verdicts {
  constructor(private readonly report: Report) {}

  /** @param least requests without which it says nothing */
  noneLost(what: string, outcome: Outcome, least = 0): void {
    const { shed, wrong, sent } = outcome;
    const lost = lostOf(outcome) + shed;
    const found = `${lost} lost, ${wrong} wrong of ${sent}${lost ? ` (${reasons(outcome)})` : ''}; ${times(outcome)}`;
    const of = least > 0 ? `of at least ${least} requests` : 'of all requests';
    this.report.row(what, `0 ${of} lost or wrong`, found, lost === 0 && wrong === 0 && sent >= least);
  }

  /** Requests are lost that were due in a certain time, at most so many. */
  lostWithin(what: string, outcome: Outcome, from: number, seconds: number, most: number): void {
    const { lostAt, wrong, shed, sent } = outcome;
    const outside = lostAt.filter((at) => at < from - 1 || at > from + seconds).length;
    const lost = lostAt.length + shed;
    this.report.row(
      what,
      `at most ${most} lost, all due within ${seconds} s, none wrong`,
      `${lost} lost, ${wrong} wrong of ${sent} (${reasons(outcome)}); ${times(outcome)}`,
      lost <= most && outside === 0 && wrong === 0,
    );
  }
}

function times({ latencies }: Outcome): string {
  const [p50, p99, last] = [0.5, 0.99, 1].map((fraction) => percentile(latencies, fraction).toFixed(1));
  return `p50 ${p50} ms, p99 ${p99} ms, longest ${last} ms`;
}

export function reasons({ lost, shed, lostAt }: Outcome): string {
  const parts = Object.entries(lost).map(([what, count]) => `${count} x ${what}`);
  if (shed > 0) parts.push(`${shed} shed`);
  if (lostAt.length > 0) {
    const [first, last] = [Math.min, Math.max].map((of) => lostAt.reduce((a, b) => of(a, b)).toFixed(1));
    parts.push(`due ${first} to ${last} s`);
  }
  return parts.length > 0 ? parts.join(', ') : 'none';
}
