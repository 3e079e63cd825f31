/** The proof itself, run by `run.ts` as the first process of namespaces of its own: when it ends, all of it ends. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PACKAGE_FILES } from '../../lib/model/package/manifest';
import { makeCertificates } from '../boot/aws/certificates';
import { command } from '../boot/command';
import { bootedStages } from '../boot/stages';
import type { Booting } from '../boot/world';
import { World } from '../boot/world';
import { Report } from '../report';
import { Balancer, type TargetGroup, targetGroupOf } from './balancer';
import { Clients, lostOf, percentile } from './clients';
import { Fleet } from './fleet';
import type { Outcome, Phase } from './load';

const NAME = 'endpoint.test';
const ADDRESS = '10.77.0.2';
const INSTANCES = 3;

/** What three such instances and their clients do on two processors beside each other, without waiting. */
const STEADY: Phase = { requestsPerSecond: 180, rows: 1 };
/** Of which none may be lost while all instances are replaced. */
const LEAST_REQUESTS = 20_000;

/** A handler that was killed is started again by systemd, and is ready, within this time. */
const RESTART_SECONDS = 15;
/** Share of a processor that the slow one has, beside others that are not. */
const SLOW = 0.03;
const SLOW_CLIENTS = 100;

const NOT_PROVED: Readonly<Record<string, string>> = {
  'more load than the instances can do': 'what they can do is not measured here',
  'an Application Load Balancer itself: its nodes, its own limits, its fail-open when no target is healthy':
    'HAProxy stands in for it, set up from the template',
  'packets that are lost or late on a link that is up': 'not every kernel has netem',
};

class Proof {
  private constructor(
    private readonly report: Report,
    private readonly fleet: Fleet,
    private readonly clients: Clients,
    private readonly group: TargetGroup,
  ) {}

  static async prepare(report: Report, rootFileSystem: string, folder: string): Promise<Proof> {
    const { group: deployment } = bootedStages(folder);
    const certificates = makeCertificates([deployment.stage.region], [NAME]);
    const world = new World({ report, rootFileSystem, folder, certificates });
    await world.start();
    command('ip', ['address', 'add', `${ADDRESS}/24`, 'dev', 'instances']);
    const group = targetGroupOf(deployment.resources);
    const balancer = await Balancer.start({ address: ADDRESS, certificates, group, folder });
    const golden = join(deployment.model.directory, PACKAGE_FILES.golden);
    const { authority } = certificates;
    const clients = new Clients({ address: ADDRESS, name: NAME, authority, golden });
    return new Proof(report, new Fleet(world, deployment, balancer), clients, group);
  }

  async run(): Promise<void> {
    const { report, fleet } = this;
    report.section(`${INSTANCES} instances boot`);
    await Promise.all(Array.from({ length: INSTANCES }, () => fleet.launch()));
    report.check(await fleet.untilHealthy(INSTANCES, 60), 'the load balancer has all of them');

    await this.steady();
    await this.replaceAll();
    await this.scaleIn();
    await this.kill();
    await this.stopped();
    await this.cutOff();
    await this.slowInstance();
    await this.slowClients();
  }

  private async steady(): Promise<void> {
    this.report.section('steady load');
    // connections and compiled code come first
    await this.clients.during({ ...STEADY, requestsPerSecond: 30 }, () => pause(5000));
    const outcome = await this.clients.during(STEADY, () => pause(20_000));
    this.noneLost('steady', outcome);
  }

  /** As CloudFormation does it: one leaves, the next one comes, and the one after that leaves when it has signalled. */
  private async replaceAll(): Promise<void> {
    const { report, fleet } = this;
    report.section('all instances are replaced, one after the other');
    const outcome = await this.clients.during(STEADY, async () => {
      const begun = performance.now();
      for (const old of [...fleet.members]) {
        await fleet.terminate(old);
        await fleet.launch();
      }
      await fleet.untilHealthy(INSTANCES, 60);
      const seconds = (performance.now() - begun) / 1000;
      await pause(Math.max(0, (LEAST_REQUESTS / STEADY.requestsPerSecond - seconds) * 1000 + 500));
    });
    report.check(outcome.sent >= LEAST_REQUESTS, `at least ${LEAST_REQUESTS} requests`, String(outcome.sent));
    this.noneLost('replacement', outcome);
  }

  private async scaleIn(): Promise<void> {
    const { report, fleet } = this;
    report.section('an instance leaves, and another one comes');
    const outcome = await this.clients.during(STEADY, async () => {
      await fleet.terminate(fleet.members[0]!);
      await fleet.launch();
      report.check(await fleet.untilHealthy(INSTANCES, 60), 'the load balancer has all of them again');
    });
    this.noneLost('graceful stop', outcome);
  }

  private async kill(): Promise<void> {
    const { report, fleet } = this;
    report.section('the handler of an instance is killed (-9)');
    const victim = fleet.members[0]!;
    const restarts = await fleet.restarts(victim);
    const at = 2;
    const outcome = await this.clients.during(STEADY, async () => {
      await pause(at * 1000);
      await fleet.signal(victim, 'KILL');
      await pause(RESTART_SECONDS * 2000);
    });
    report.equal((await fleet.restarts(victim)) - restarts, 1, 'systemd has started it again');
    this.lostWithin('kill -9', outcome, at, RESTART_SECONDS, STEADY.requestsPerSecond * RESTART_SECONDS);
    report.check(await fleet.untilHealthy(INSTANCES, 60), 'the load balancer has all of them');
  }

  /** The process is there and says nothing. */
  private async stopped(): Promise<void> {
    const { fleet } = this;
    this.report.section('the handler of an instance hangs');
    const victim = fleet.members[0]!;
    await this.unhealthyFor(victim, 'a handler that hangs', {
      begin: () => fleet.signal(victim, 'STOP'),
      end: () => fleet.signal(victim, 'CONT'),
    });
  }

  private async cutOff(): Promise<void> {
    this.report.section('the network of an instance is cut');
    const victim = this.fleet.members[1]!;
    const link = (state: 'up' | 'down') => command('ip', ['link', 'set', `to-${victim.name}`, state]);
    await this.unhealthyFor(victim, 'an instance that cannot be reached', {
      begin: async () => void link('down'),
      end: async () => void link('up'),
    });
  }

  /** Something is wrong with an instance until the load balancer has noticed and a while longer, then no more. */
  private async unhealthyFor(
    victim: Booting,
    what: string,
    wrong: { begin(): Promise<void>; end(): Promise<void> },
  ): Promise<void> {
    const { report, fleet, group } = this;
    const check = group.intervalSeconds + group.timeoutSeconds;
    const noticed = check * group.unhealthy + 5;
    const taken = check * group.healthy + 5;
    const outcome = await this.clients.during(STEADY, async () => {
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
    // who has the fewest requests in hand gets the next: one that answers none soon has more than the others
    this.lostWithin(what, outcome, 0, 2 + noticed, STEADY.requestsPerSecond);
  }

  private async slowInstance(): Promise<void> {
    const { fleet } = this;
    this.report.section(`one instance has ${SLOW * 100} % of a processor`);
    fleet.limit(fleet.members.slice(0, 1), SLOW);
    const outcome = await this.clients.during(STEADY, () => pause(15_000));
    fleet.limit(fleet.members, undefined);
    this.noneLost('slow instance', outcome);
  }

  private async slowClients(): Promise<void> {
    this.report.section(`${SLOW_CLIENTS} clients send a byte a second`);
    const end = this.clients.openSlowly(SLOW_CLIENTS);
    const outcome = await this.clients.during(STEADY, () => pause(15_000));
    end();
    this.noneLost('slow clients', outcome);
  }

  private noneLost(what: string, outcome: Outcome): void {
    this.said(what, outcome);
    const { shed, wrong, sent } = outcome;
    const lost = lostOf(outcome) + shed;
    this.report.check(lost === 0, `${what}: 0 of ${sent} requests are lost`, lost ? reasons(outcome) : '');
    this.report.equal(wrong, 0, `${what}: no wrong answer`);
  }

  /** Requests are lost that were due in a certain time, at most so many. */
  private lostWithin(what: string, outcome: Outcome, from: number, seconds: number, most: number): void {
    this.said(what, outcome);
    const { lostAt, wrong, shed, sent } = outcome;
    const outside = lostAt.filter((at) => at < from - 1 || at > from + seconds).length;
    this.report.check(
      lostAt.length + shed <= most && outside === 0,
      `${what}: at most ${most} of ${sent} requests are lost, all within ${seconds} s`,
      reasons(outcome),
    );
    this.report.equal(wrong, 0, `${what}: no wrong answer`);
  }

  private said(what: string, outcome: Outcome): void {
    const [p50, p99, last] = [0.5, 0.99, 1].map((fraction) => percentile(outcome, fraction).toFixed(1));
    console.log(`     ${what}: ${outcome.right} right; p50 ${p50} ms, p99 ${p99} ms, longest ${last} ms`);
  }
}

function reasons(outcome: Outcome): string {
  const { lost, shed, lostAt } = outcome;
  const parts = Object.entries(lost).map(([what, count]) => `${count} x ${what}`);
  if (shed > 0) parts.push(`${shed} shed`);
  if (lostAt.length > 0) parts.push(`due ${Math.min(...lostAt).toFixed(1)} to ${Math.max(...lostAt).toFixed(1)} s`);
  return parts.length > 0 ? parts.join(', ') : 'none';
}

async function main(rootFileSystem: string, folder: string): Promise<boolean> {
  const startedAt = performance.now();
  const report = new Report(console.log);
  const proof = await Proof.prepare(report, rootFileSystem, folder);
  await proof.run();
  report.section('what this cannot show');
  for (const [what, reason] of Object.entries(NOT_PROVED)) report.unproved(what, reason);
  console.log(`\n${Math.round((performance.now() - startedAt) / 1000)} s`);
  return report.close().failed === 0;
}

const [rootFileSystem, folder] = process.argv.slice(2) as [string, string];
main(rootFileSystem, folder).then(
  (passed) => process.exit(passed ? 0 : 1),
  (error: Error) => {
    console.error(error.stack);
    process.exit(1);
  },
);
