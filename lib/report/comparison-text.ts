/** How a plan's prediction held, as plain text of at most 100 columns. */
import { type Comparison, held, TOLERATED_SHARE } from '../comparison/compare';
import { usd } from '../model/units';
import type { SizingPlan } from '../sizing/plan/plan';
import { table, wrapped } from './table';

/** At least two figures. */
const ms = (value: number) => value.toFixed(value < 10 ? 1 : 0);
const percent = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} %`;
const fleet = (one: { instances: number; instanceType: string }) => `${one.instances} x ${one.instanceType}`;

function verdict(comparison: Comparison, { serviceLevel }: SizingPlan): string {
  const { withinPeak, overPeak, overPrediction, overServiceLevel } = comparison;
  if (withinPeak === 0) {
    return `every period had more than the ${serviceLevel.requestsPerSecond} requests/s that were planned for: raise requestsPerSecond and plan again`;
  }
  const minutes = comparison.observations.periodSeconds / 60;
  const of = `of ${withinPeak} periods of ${minutes} minutes`;
  const parts = [
    held(comparison)
      ? `the prediction held: ${overPrediction} ${of} were slower than it said`
      : `the prediction did not hold: ${overPrediction} ${of} were slower than it said, ${percent(100 * TOLERATED_SHARE)} are tolerated`,
    overServiceLevel === 0
      ? `none was over the service level of ${serviceLevel.p99Ms} ms`
      : `${overServiceLevel} were over the service level of ${serviceLevel.p99Ms} ms`,
  ];
  if (overPeak > 0) {
    parts.push(
      `${overPeak} more had over ${serviceLevel.requestsPerSecond} requests/s, which nothing was promised for`,
    );
  }
  return parts.join('; ');
}

function nextText({ cpu, next, nextProblem, current, observations }: Comparison, plan: SizingPlan): string {
  if (plan.requestsPerRun > 1)
    return 'not known: runs join the requests that wait, so that CPU does not tell what a request takes; compare p99';
  if (!cpu) {
    const most = percent(observations.periods.reduce((a, { cpuPercent }) => Math.max(a, cpuPercent), 0));
    return `not known: traffic or CPU varied too little to tell the CPU time of a request from what else runs there; at most ${most} of CPU were used`;
  }
  const measured = `a request takes ${cpu.ms.toPrecision(2)} ms of CPU here, ${cpu.predictedMs.toPrecision(2)} were predicted`;
  if (!next) return `${measured}; planned again with that, no fleet does: ${nextProblem}`;
  const saving = current.usdPerMonth - next.usdPerMonth;
  if (fleet(next) === fleet(plan.choice)) return `${measured}; planned again with that, the fleet stays as it is`;
  const change = `${saving > 0 ? 'saves' : 'costs'} ${usd(Math.abs(saving))} USD/month${saving > 0 ? '' : ' more'}`;
  return `${measured}; planned again with that: ${fleet(next)}, which ${change} (${next.binding})`;
}

export function comparisonText(stage: string, plan: SizingPlan, comparison: Comparison): string {
  const { observations, busiest, cpu, current } = comparison;
  const lines = [
    ...wrapped(`${stage}, ${fleet(plan.choice)}, from ${observations.from} to ${observations.until}`, 'Looked at '),
    ...wrapped(verdict(comparison, plan), 'Verdict   '),
    ...wrapped(nextText(comparison, plan), 'Size      '),
  ];
  if (observations.memoryPercent !== undefined) {
    const limit = `the handler may use ${percent(current.memoryLimitPercent)}`;
    lines.push(
      ...wrapped(`${percent(observations.memoryPercent)} used at most, system included; ${limit}`, 'Memory    '),
    );
  }
  if (cpu) lines.push(...wrapped(`${percent(cpu.idlePercent)} of CPU without any request`, 'System    '));
  if (busiest.length > 0) {
    lines.push(
      '',
      'The busiest periods; predicted are the handler alone, and with all margins',
      ...table([
        ['at', 'requests/s', 'instances', 'p99 ms', 'predicted', 'CPU %', 'predicted'],
        ...busiest.map(({ at, requestsPerSecond, instances, p99Ms, cpuPercent, expected }) => [
          at.slice(0, 16),
          requestsPerSecond.toFixed(1),
          instances.toFixed(1),
          ms(p99Ms),
          `${ms(expected.p99Ms.likely)} to ${ms(expected.p99Ms.cautious)}`,
          cpuPercent.toFixed(1),
          `${expected.cpuPercent.likely.toFixed(1)} to ${expected.cpuPercent.cautious.toFixed(1)}`,
        ]),
      ]),
    );
  }
  return `${lines.join('\n')}\n`;
}
