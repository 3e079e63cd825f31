/** Three times as many requests as the instances can answer. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Report } from '../report';
import { type Clients, lostOf, percentile } from './clients';
import type { Fleet } from './fleet';
import type { Verdicts } from './verdicts';
import { reasons } from './verdicts';

/**
 * Requests of so many rows, and the share of a processor that each instance has. Clients and load balancer must have time to
 * spare beside them, on two processors, and a request must cost the instance more than it costs the clients. With a much
 * smaller share, what takes as long however slow an instance is, as compiling and collecting garbage, would be most of its work.
 * Short requests are read at once, long ones in several turns of the event loop. Connections of a closed load show what they can
 * do: one or two for each instance keep it busy, and none waits long enough to be refused.
 */
const LOADS = [
  { rows: 40, share: 0.05, connections: 6 },
  { rows: 200, share: 0.1, connections: 3 },
];
const CALIBRATION_SECONDS = 15;
const OVERLOAD_SECONDS = 15;
const TIMES = 3;

/**
 * What they answer of what they could. Of three requests, g are answered and 3 - g refused, which takes all their time: with a
 * refusal at a fifth of the cost of an answer, g + (3 - g) / 5 = 1, and g is a half.
 */
const LEAST_GOODPUT = 0.5;
/** Load balancer, TLS and a busy machine beside the deadline of a request. */
const SLACK_MS = 500;
/** Of the requests that may be answered 504, since their deadline came while they waited. */
const MOST_LATE = 0.02;
const RECOVERY_SECONDS = 5;

export async function overload(report: Report, fleet: Fleet, clients: Clients, verdicts: Verdicts): Promise<void> {
  for (const load of LOADS) {
    fleet.limit(fleet.members, load.share);
    await overloadWith(load, report, fleet, clients, verdicts);
  }
  fleet.limit(fleet.members, undefined);
}

async function overloadWith(
  { rows, connections }: (typeof LOADS)[number],
  report: Report,
  fleet: Fleet,
  clients: Clients,
  verdicts: Verdicts,
): Promise<void> {
  const { deadlineMs } = fleet.members[0]!.deployment.plan;
  const closed = { connections, rows };
  await clients.during(closed, () => pause(3000));
  const saturated = await clients.during(closed, () => pause(CALIBRATION_SECONDS * 1000));
  const capacity = saturated.right / CALIBRATION_SECONDS;
  report.check(
    capacity > 0 && saturated.shed === 0,
    'what they can do is measured, and none is refused meanwhile',
    `${capacity.toFixed(0)} requests/s of ${rows} rows, ${saturated.shed} refused`,
  );
  const phase = { requestsPerSecond: TIMES * capacity, rows };
  const begun = Date.now();
  const outcome = await clients.during(phase, () => pause(OVERLOAD_SECONDS * 1000));
  const seen = fleet.balancer.between(begun, Date.now()).map(({ milliseconds }) => milliseconds);
  const { right, shed, wrong, sent, lost, latencies, shedLatencies } = outcome;
  const goodput = right / OVERLOAD_SECONDS / capacity;
  const late = lost['504'] ?? 0;
  const other = lostOf(outcome) - late;
  const most = deadlineMs + SLACK_MS;
  const [accepted, refused] = [latencies, shedLatencies].map((times) => percentile(times, 0.99));
  report.row(
    `${TIMES} x overload, requests of ${rows} rows`,
    `p99 of the accepted and of the refused within ${most} ms, at least ${100 * LEAST_GOODPUT} % of what they can do is answered, the rest is 503; none lost or wrong`,
    `${sent} sent at ${TIMES} x ${capacity.toFixed(0)}/s: ${right} right (${(100 * goodput).toFixed(0)} %), ${shed} x 503, ${late} x 504, ${other} lost, ${wrong} wrong; p99 ${accepted!.toFixed(0)} ms accepted, ${refused!.toFixed(0)} ms refused; requests left ${percentile(outcome.lags, 0.99).toFixed(0)} ms late, and the load balancer waited for ${percentile(seen, 0.99).toFixed(0)} ms (p99)${other > 0 ? ` (${reasons(outcome)})` : ''}`,
    accepted! <= most &&
      refused! <= most &&
      goodput >= LEAST_GOODPUT &&
      late <= MOST_LATE * sent &&
      other + wrong === 0,
  );
  await pause(RECOVERY_SECONDS * 1000);
  const after = await clients.during({ requestsPerSecond: capacity / 3, rows }, () => pause(10_000));
  verdicts.noneLost(`${RECOVERY_SECONDS} s after the overload, requests of ${rows} rows`, after);
}
