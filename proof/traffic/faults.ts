/** What happens to an instance, and to clients, that nobody has planned: each loses at most so many requests. */
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../boot/client';
import { command } from '../boot/command';
import type { Booting } from '../boot/world';
import type { Report } from '../report';
import type { TargetGroup } from './balancer-configuration';
import type { Clients } from './clients';
import type { Fleet } from './fleet';
import { STEADY } from './load-phases';
import type { Verdicts } from './verdicts';

/** Until a handler that has ended answers again: two seconds of systemd, and a start beside two that serve. */
const RESTART_SECONDS = 10;
/** What systemd's watchdog takes, until it ends a handler that hangs, and a look at it. */
const WATCHDOG_SECONDS = 30 + 5;
/**
 * Requests that are lost while a handler is started. Its system refuses connections at once, so that it has the fewest requests
 * in hand at all times, and gets each one.
 */
const LOST_BY_RESTART = STEADY.requestsPerSecond * RESTART_SECONDS;
/**
 * Requests that one which does not answer has in hand: the next goes to who has fewer, so that it is not given more than the
 * others have at their worst, which is less than a second of the load.
 */
const LOST_BY_SILENCE = STEADY.requestsPerSecond;

/** Share of a processor that the slow one has, beside others that are not. */
const SLOW = 0.03;
const SLOW_CLIENTS = 100;

export interface FaultsOptions {
  readonly report: Report;
  readonly fleet: Fleet;
  readonly clients: Clients;
  readonly group: TargetGroup;
  readonly verdicts: Verdicts;
}

export class Faults {
  constructor(private readonly proof: FaultsOptions) {}

  async kill(): Promise<void> {
    const { report, fleet } = this.proof;
    report.section('the handler of an instance is killed (-9)');
    const victim = fleet.members[0]!;
    const restarts = await fleet.restarts(victim);
    const at = 2;
    const outcome = await this.proof.clients.during(STEADY, async () => {
      await pause(at * 1000);
      await fleet.signal(victim, 'KILL');
      await pause(RESTART_SECONDS * 2000);
    });
    report.equal((await fleet.restarts(victim)) - restarts, 1, 'systemd has started it again');
    this.proof.verdicts.lostWithin('kill -9', outcome, at, RESTART_SECONDS, LOST_BY_RESTART);
    report.check(await fleet.untilHealthy(fleet.members.length, 60), 'the load balancer has all of them');
  }

  /** The process is there and says nothing. The load balancer may leave it out before the watchdog ends it, or not. */
  async hung(): Promise<void> {
    const { report, fleet } = this.proof;
    report.section('the handler of an instance hangs');
    const victim = fleet.members[0]!;
    const restarts = await fleet.restarts(victim);
    const outcome = await this.proof.clients.during(STEADY, async () => {
      await pause(2000);
      const begun = performance.now();
      await fleet.signal(victim, 'STOP');
      const ended = await until(async () => (await fleet.restarts(victim)) > restarts, WATCHDOG_SECONDS);
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      report.check(ended, `the watchdog of systemd ends it within ${WATCHDOG_SECONDS} s`, `after ${seconds} s`);
      const back = await fleet.untilSeen(victim, true, this.takenInSeconds);
      report.check(back !== undefined, 'and it is taken in again', `after ${back?.toFixed(1)} s`);
      await pause(3000);
    });
    report.equal((await fleet.restarts(victim)) - restarts, 1, 'once');
    const most = LOST_BY_SILENCE + LOST_BY_RESTART;
    const within = WATCHDOG_SECONDS + RESTART_SECONDS;
    this.proof.verdicts.lostWithin('a handler that hangs (SIGSTOP)', outcome, 2, within, most);
  }

  async cutOff(): Promise<void> {
    this.proof.report.section('the network of an instance is cut');
    const victim = this.proof.fleet.members[1]!;
    const link = (state: 'up' | 'down') => command('ip', ['link', 'set', `to-${victim.name}`, state]);
    await this.unhealthyFor(victim, 'an instance that cannot be reached', {
      begin: async () => void link('down'),
      end: async () => void link('up'),
    });
  }

  /** Until the load balancer sends requests to one that answers again. */
  private get takenInSeconds(): number {
    const { intervalSeconds, timeoutSeconds, healthy } = this.proof.group;
    return (intervalSeconds + timeoutSeconds) * healthy + 5;
  }

  /** Something is wrong with an instance until the load balancer has noticed and a while longer, then no more. */
  private async unhealthyFor(
    victim: Booting,
    what: string,
    wrong: { begin(): Promise<void>; end(): Promise<void> },
  ): Promise<void> {
    const { report, fleet, group } = this.proof;
    const taken = this.takenInSeconds;
    const noticed = (group.intervalSeconds + group.timeoutSeconds) * group.unhealthy + 5;
    const outcome = await this.proof.clients.during(STEADY, async () => {
      await pause(2000);
      await wrong.begin();
      const out = await fleet.untilSeen(victim, false, noticed);
      report.check(out !== undefined, `${what} is left out within ${noticed} s`, `after ${out?.toFixed(1)} s`);
      await pause(5000);
      await wrong.end();
      const back = await fleet.untilSeen(victim, true, taken);
      report.check(back !== undefined, `and taken in again within ${taken} s`, `after ${back?.toFixed(1)} s`);
      await pause(3000);
    });
    this.proof.verdicts.lostWithin(what, outcome, 2, noticed, LOST_BY_SILENCE);
  }

  async slowInstance(): Promise<void> {
    const { fleet } = this.proof;
    this.proof.report.section(`one instance has ${SLOW * 100} % of a processor`);
    fleet.limit(fleet.members.slice(0, 1), SLOW);
    const outcome = await this.proof.clients.during(STEADY, () => pause(15_000));
    fleet.limit(fleet.members, undefined);
    this.proof.verdicts.noneLost('slow instance', outcome);
  }

  async slowClients(): Promise<void> {
    this.proof.report.section(`${SLOW_CLIENTS} clients send a byte a second`);
    const end = this.proof.clients.openSlowly(SLOW_CLIENTS);
    const outcome = await this.proof.clients.during(STEADY, () => pause(15_000));
    end();
    this.proof.verdicts.noneLost('slow clients', outcome);
  }
}
