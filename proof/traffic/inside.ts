/** The proof itself, run by `run.ts` as the first process of namespaces of its own: when it ends, all of it ends. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PACKAGE_FILES } from '../../lib/model/package/manifest';
import { makeCertificates } from '../boot/aws/certificates';
import { command } from '../boot/command';
import type { Deployment } from '../boot/deployment';
import { bootedStages } from '../boot/stages';
import { World } from '../boot/world';
import { conclude } from '../record';
import { Report } from '../report';
import { Balancer, targetGroupOf } from './balancer';
import type { TargetGroup } from './balancer-configuration';
import {
  type CanaryWorld,
  canaries,
  candidatesOf,
  crashingCanary,
  erringCanary,
  type Had,
  SEEN_SECONDS,
  SHARE,
} from './canary';
import { Clients, percentile } from './clients';
import { Faults } from './faults';
import { Fleet } from './fleet';
import { STEADY } from './load-phases';
import { overload } from './overload';
import { variantOf } from './rollout';
import { Verdicts } from './verdicts';

const NAME = 'endpoint.test';
const ADDRESS = '10.77.0.2';
const INSTANCES = 3;

/** Of which none may be lost while all instances are replaced. */
const LEAST_REQUESTS = 20_000;

const NOT_PROVED: Readonly<Record<string, string>> = {
  'an Application Load Balancer itself: its nodes, its own limits, its fail-open when no target is healthy':
    'HAProxy stands in for it, set up from the template',
  'packets that are lost or late on a link that is up': 'not every kernel has netem',
};

class Proof {
  readonly verdicts: Verdicts;
  /** Milliseconds, of steady load. */
  private p99Ms = 0;

  private constructor(
    readonly report: Report,
    readonly fleet: Fleet,
    readonly clients: Clients,
    readonly group: TargetGroup,
    private readonly tried: Omit<CanaryWorld, 'p99Ms'>,
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
    const candidates = candidatesOf(deployment, folder);
    const variant = variantOf(candidates.good);
    const balancer = await Balancer.start({ address: ADDRESS, certificates, group, variant, folder });
    const fleet = new Fleet(world, deployment, balancer);
    const endpoint = { name: NAME, address: ADDRESS };
    const tried = { report, fleet, candidates, endpoint, logged: world.aws.logged };
    const golden = join(deployment.model.directory, PACKAGE_FILES.golden);
    const { authority } = certificates;
    const clients = new Clients({ address: ADDRESS, name: NAME, authority, golden });
    return new Proof(report, fleet, clients, group, tried);
  }

  /** @param only names of the scenarios to run. @default - all */
  async run(only: readonly string[]): Promise<void> {
    const { report, fleet } = this;
    const faults = new Faults(this);
    const scenarios: Readonly<Record<string, () => Promise<void>>> = {
      steady: () => this.steady(),
      replacement: () => this.replaceAll(),
      canary: () => this.canary(),
      errors: () => this.badCanary('canary that answers 500', erringCanary),
      crash: () => this.badCanary('canary that crashes', crashingCanary),
      stop: () => this.scaleIn(),
      kill: () => faults.kill(),
      hang: () => faults.hung(),
      cut: () => faults.cutOff(),
      'slow-instance': () => faults.slowInstance(),
      'slow-clients': () => faults.slowClients(),
      overload: () => this.overload(),
    };
    const unknown = only.filter((name) => scenarios[name] === undefined);
    if (unknown.length > 0) throw new Error(`${unknown} is not known; there is ${Object.keys(scenarios).join(', ')}`);
    report.section(`${INSTANCES} instances boot`);
    await Promise.all(Array.from({ length: INSTANCES }, () => fleet.launch()));
    report.check(await fleet.untilHealthy(INSTANCES, 60), 'the load balancer has all of them');

    const wanted = only.length > 0 ? only : Object.keys(scenarios);
    for (const [name, scenario] of Object.entries(scenarios)) if (wanted.includes(name)) await scenario();
  }

  private async steady(): Promise<void> {
    this.report.section('steady load');
    // connections and compiled code come first
    await this.clients.during({ ...STEADY, requestsPerSecond: 30 }, () => pause(5000));
    const outcome = await this.clients.during(STEADY, () => pause(20_000));
    this.p99Ms = percentile(outcome.latencies, 0.99);
    this.verdicts.noneLost('steady load', outcome);
  }

  private async replaceAll(): Promise<void> {
    const { report, fleet } = this;
    report.section('all instances are replaced, one after the other');
    report.equal(
      minHealthyPercentage(fleet.deployment),
      100,
      'the template has a new one come before an old one leaves',
    );
    const outcome = await this.clients.during(STEADY, () => this.atLeast(() => fleet.replaceAll()));
    this.verdicts.noneLost('rolling replacement of all', outcome, LEAST_REQUESTS);
  }

  private async canary(): Promise<void> {
    this.report.section('canaries are withdrawn, and one is promoted');
    const outcome = await this.clients.during(STEADY, () => this.atLeast(() => canaries(this.world())));
    this.verdicts.noneLost('canary, withdrawn and promoted', outcome, LEAST_REQUESTS);
  }

  /** Who gets a request that a canary cannot answer loses it: that is what its share is small for. */
  private async badCanary(what: string, happens: (world: CanaryWorld) => Promise<Had>): Promise<void> {
    this.report.section(`a ${what}`);
    const begun = Date.now();
    let had = { from: begun, until: begun };
    const outcome = await this.clients.during(STEADY, async () => {
      had = await happens(this.world());
    });
    const seconds = (had.until - had.from) / 1000;
    this.report.check(seconds <= SEEN_SECONDS, `it has its share for at most ${SEEN_SECONDS} s`, seconds.toFixed(1));
    const most = Math.ceil((SHARE.most / 100) * STEADY.requestsPerSecond * SEEN_SECONDS);
    this.verdicts.lostWithin(what, outcome, (had.from - begun) / 1000, SEEN_SECONDS, most);
  }

  private world(): CanaryWorld {
    // the plan's is of another processor: here it is what the others show, and a half of it for chance
    const { plan } = this.fleet.deployment;
    return { ...this.tried, p99Ms: Math.max(plan.serviceLevel.p99Ms, 1.5 * this.p99Ms) };
  }

  /** Goes on until enough requests have been sent. */
  private async atLeast(happens: () => Promise<void>): Promise<void> {
    const begun = performance.now();
    await happens();
    const seconds = (performance.now() - begun) / 1000;
    await pause(Math.max(0, (LEAST_REQUESTS / STEADY.requestsPerSecond - seconds) * 1000 + 500));
  }

  private async overload(): Promise<void> {
    const { report, fleet, clients, verdicts } = this;
    report.section('three times as many requests as the instances can answer');
    await overload(report, fleet, clients, verdicts);
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
}

function minHealthyPercentage({ resources }: Deployment): unknown {
  const [, group] = resources.find(([, { UpdatePolicy }]) => UpdatePolicy?.AutoScalingInstanceRefresh)!;
  const { Preferences } = group.UpdatePolicy!.AutoScalingInstanceRefresh as {
    readonly Preferences: Readonly<Record<string, unknown>>;
  };
  return Preferences.MinHealthyPercentage;
}

async function main(rootFileSystem: string, folder: string, only: readonly string[]): Promise<boolean> {
  const startedAt = performance.now();
  const report = new Report(console.log);
  const proof = await Proof.prepare(report, rootFileSystem, folder);
  await proof.run(only);
  report.section('what this cannot show');
  for (const [what, reason] of Object.entries(NOT_PROVED)) report.unproved(what, reason);
  console.log(`\n${Math.round((performance.now() - startedAt) / 1000)} s`);
  const versions = { HAProxy: command('haproxy', ['-v']).split(' ')[2] ?? '' };
  return conclude('traffic', report, { versions, whole: only.length === 0 });
}

const [rootFileSystem, folder, ...only] = process.argv.slice(2) as [string, string, ...string[]];
main(rootFileSystem, folder, only).then(
  (passed) => process.exit(passed ? 0 : 1),
  (error: Error) => {
    console.error(error.stack);
    process.exit(1);
  },
);
