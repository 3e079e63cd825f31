/** The proof itself, run by `run.ts` as the first process of namespaces of its own: when it ends, all of it ends. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PACKAGE_FILES } from '../../lib/model/package/manifest';
import { makeCertificates } from '../boot/aws/certificates';
import { command } from '../boot/command';
import { unitProperties } from '../boot/confinement';
import { type Deployment, synthesise } from '../boot/deployment';
import { bootedStages } from '../boot/stages';
import type { Booting } from '../boot/world';
import { World } from '../boot/world';
import { changeModel } from '../deploy/changed-model';
import { recordRows } from '../record';
import { Report } from '../report';
import { Balancer, type TargetGroup, targetGroupOf } from './balancer';
import { canary } from './canary';
import { Clients } from './clients';
import { Fleet } from './fleet';
import type { Phase } from './load';
import { overload } from './overload';
import { Verdicts } from './verdicts';

const NAME = 'endpoint.test';
const ADDRESS = '10.77.0.2';
const INSTANCES = 3;

/** What three such instances and their clients do on two processors beside each other, without waiting. */
const STEADY = { requestsPerSecond: 180, rows: 1 } as const satisfies Phase;
/** Of which none may be lost while all instances are replaced. */
const LEAST_REQUESTS = 20_000;

/** A handler that hangs answers again within this time, or is left out by then. */
const HUNG_SECONDS = 50;
/** A handler that was killed is started again by systemd, and is ready, within this time. */
const RESTART_SECONDS = 15;
/** Share of a processor that the slow one has, beside others that are not. */
const SLOW = 0.03;
const SLOW_CLIENTS = 100;

const NOT_PROVED: Readonly<Record<string, string>> = {
  'an Application Load Balancer itself: its nodes, its own limits, its fail-open when no target is healthy':
    'HAProxy stands in for it, set up from the template',
  'packets that are lost or late on a link that is up': 'not every kernel has netem',
};

class Proof {
  private readonly verdicts: Verdicts;

  private constructor(
    private readonly report: Report,
    private readonly fleet: Fleet,
    private readonly clients: Clients,
    private readonly group: TargetGroup,
    private readonly next: Deployment,
  ) {
    this.verdicts = new Verdicts(report);
  }

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
    return new Proof(report, new Fleet(world, deployment, balancer), clients, group, nextOf(deployment, folder));
  }

  /** @param only names of the scenarios to run. @default - all */
  async run(only: readonly string[]): Promise<void> {
    const { report, fleet } = this;
    const scenarios: Readonly<Record<string, () => Promise<void>>> = {
      steady: () => this.steady(),
      replacement: () => this.replaceAll(),
      canary: () => this.canary(),
      stop: () => this.scaleIn(),
      kill: () => this.kill(),
      hang: () => this.hung(),
      cut: () => this.cutOff(),
      'slow-instance': () => this.slowInstance(),
      'slow-clients': () => this.slowClients(),
      overload: () => this.overload(),
    };
    const unknown = only.filter((name) => scenarios[name] === undefined);
    if (unknown.length > 0) throw new Error(`${unknown} is not known; there is ${Object.keys(scenarios).join(', ')}`);
    report.section(`${INSTANCES} instances boot`);
    await Promise.all(Array.from({ length: INSTANCES }, () => fleet.launch()));
    report.check(await fleet.untilHealthy(INSTANCES, 60), 'the load balancer has all of them');

    for (const [name, scenario] of Object.entries(scenarios)) {
      if (only.length === 0 || only.includes(name)) await scenario();
    }
  }

  private async steady(): Promise<void> {
    this.report.section('steady load');
    // connections and compiled code come first
    await this.clients.during({ ...STEADY, requestsPerSecond: 30 }, () => pause(5000));
    const outcome = await this.clients.during(STEADY, () => pause(20_000));
    this.verdicts.noneLost('steady load', outcome);
  }

  /** As CloudFormation does it: one leaves, the next one comes, and the one after that leaves when it has signalled. */
  private async replaceAll(): Promise<void> {
    const { report, fleet } = this;
    report.section('all instances are replaced, one after the other');
    const replace = async () => {
      for (const old of [...fleet.members]) {
        await fleet.terminate(old);
        await fleet.launch();
      }
      await fleet.untilHealthy(INSTANCES, 60);
    };
    const outcome = await this.clients.during(STEADY, () => this.atLeast(replace));
    this.verdicts.noneLost('rolling replacement of all', outcome, LEAST_REQUESTS);
  }

  private async canary(): Promise<void> {
    const { report, fleet } = this;
    report.section('a canary is withdrawn, another one is promoted');
    const outcome = await this.clients.during(STEADY, () => this.atLeast(() => canary(report, fleet, this.next)));
    this.verdicts.noneLost('canary, withdrawn and promoted', outcome, LEAST_REQUESTS);
  }

  /** Goes on until enough requests have been sent. */
  private async atLeast(happens: () => Promise<void>): Promise<void> {
    const begun = performance.now();
    await happens();
    const seconds = (performance.now() - begun) / 1000;
    await pause(Math.max(0, (LEAST_REQUESTS / STEADY.requestsPerSecond - seconds) * 1000 + 500));
  }

  private async scaleIn(): Promise<void> {
    const { report, fleet } = this;
    report.section('an instance leaves, and another one comes');
    const leave = async () => {
      await fleet.terminate(fleet.members[0]!);
      await fleet.launch();
      report.check(await fleet.untilHealthy(INSTANCES, 60), 'the load balancer has all of them again');
    };
    const outcome = await this.clients.during(STEADY, () => this.atLeast(leave));
    this.verdicts.noneLost('graceful stop', outcome, LEAST_REQUESTS);
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
    this.verdicts.lostWithin('kill -9', outcome, at, RESTART_SECONDS, STEADY.requestsPerSecond * RESTART_SECONDS);
    report.check(await fleet.untilHealthy(INSTANCES, 60), 'the load balancer has all of them');
  }

  /** The process is there and says nothing. */
  private async hung(): Promise<void> {
    const { report, fleet } = this;
    report.section('the handler of an instance hangs');
    const victim = fleet.members[0]!;
    const { WatchdogUSec } = await unitProperties(victim, 'WatchdogUSec');
    const ends = WatchdogUSec !== '0' && WatchdogUSec !== 'infinity';
    const outcome = await this.clients.during(STEADY, async () => {
      await pause(2000);
      await fleet.signal(victim, 'STOP');
      const out = await fleet.untilSeen(victim, false, HUNG_SECONDS);
      report.check(out !== undefined, 'a handler that hangs is left out', `after ${out?.toFixed(1)} s`);
      if (!ends) await fleet.signal(victim, 'CONT');
      const back = await fleet.untilSeen(victim, true, HUNG_SECONDS);
      const how = ends ? 'restarted by the watchdog of systemd' : 'set going again';
      report.check(back !== undefined, `and taken in again, ${how}`, `after ${back?.toFixed(1)} s`);
      await pause(3000);
    });
    // who has the fewest requests in hand gets the next: one that answers none soon has more than the others
    this.verdicts.lostWithin('a handler that hangs (SIGSTOP)', outcome, 0, 2 + HUNG_SECONDS, STEADY.requestsPerSecond);
    if (!ends) report.unproved('a handler that hangs is restarted', 'the unit has no watchdog');
  }

  private async overload(): Promise<void> {
    const { report, fleet, clients, verdicts } = this;
    report.section('three times as many requests as the instances can answer');
    await overload(report, fleet, clients, verdicts);
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
    this.verdicts.lostWithin(what, outcome, 0, 2 + noticed, STEADY.requestsPerSecond);
  }

  private async slowInstance(): Promise<void> {
    const { fleet } = this;
    this.report.section(`one instance has ${SLOW * 100} % of a processor`);
    fleet.limit(fleet.members.slice(0, 1), SLOW);
    const outcome = await this.clients.during(STEADY, () => pause(15_000));
    fleet.limit(fleet.members, undefined);
    this.verdicts.noneLost('slow instance', outcome);
  }

  private async slowClients(): Promise<void> {
    this.report.section(`${SLOW_CLIENTS} clients send a byte a second`);
    const end = this.clients.openSlowly(SLOW_CLIENTS);
    const outcome = await this.clients.during(STEADY, () => pause(15_000));
    end();
    this.verdicts.noneLost('slow clients', outcome);
  }
}

/** What is to replace a deployment: the same model in a package of other digests, whose answers are known. */
function nextOf({ stage, model, plan }: Deployment, folder: string): Deployment {
  const { domain } = stage;
  const changed = changeModel(model.directory, join(folder, 'next-model'), 2);
  const next = { ...stage, name: 'next', domain: { ...domain, name: `next.${domain.name}` } };
  return synthesise([{ stage: next, model: changed, plan }], join(folder, 'next.out'))[0]!;
}

async function main(rootFileSystem: string, folder: string, only: readonly string[]): Promise<boolean> {
  const startedAt = performance.now();
  const report = new Report(console.log);
  const proof = await Proof.prepare(report, rootFileSystem, folder);
  await proof.run(only);
  report.section('what this cannot show');
  for (const [what, reason] of Object.entries(NOT_PROVED)) report.unproved(what, reason);
  console.log(`\n${Math.round((performance.now() - startedAt) / 1000)} s`);
  recordRows('traffic', report.rows, { HAProxy: command('haproxy', ['-v']).split(' ')[2] ?? '' });
  return report.close().failed === 0;
}

const [rootFileSystem, folder, ...only] = process.argv.slice(2) as [string, string, ...string[]];
main(rootFileSystem, folder, only).then(
  (passed) => process.exit(passed ? 0 : 1),
  (error: Error) => {
    console.error(error.stack);
    process.exit(1);
  },
);
