/** Prometheus, Nagios and Zabbix beside each other, over one fleet that gets into trouble and out of it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WatchedStage } from '../../lib/watching/stage/stage';
import type { Report } from '../report';
import { proveEndings } from './endings';
import { Nagios } from './nagios';
import { type Picture, takePictures } from './pictures';
import { obstacle, type PrometheusPrograms, rootFileSystem } from './programs';
import { Prometheus } from './prometheus';
import { CRITICAL, HOSTS_DOWN, Sights, tried, WARNING, WELL } from './sights';
import { ENDPOINT_ADDRESS, INSTANCES, NAME, until, type World } from './world';
import { databaseVersion, Zabbix } from './zabbix';
import { valuesOf } from './zabbix-values';

export interface FleetProof {
  readonly report: Report;
  readonly world: World;
  readonly stage: WatchedStage;
  readonly folder: string;
  readonly cache: string;
  readonly programs: PrometheusPrograms;
  /** PEM file of the authority of the endpoint's certificate. */
  readonly authority: string;
  readonly versions: Record<string, string>;
  readonly tell: (message: string) => void;
}

/** What Prometheus fires on a fleet of which one is left, which is nearly full, refuses and fails. */
const ALERTS = ['UnhealthyHosts', 'Memory', 'Disk', 'Refused', 'ServerErrors'] as const;
const PROBLEMS = ['instances are missing', 'memory is nearly full', 'disk is nearly full', 'answers fail'] as const;

/** The slowest rule wants five minutes, and the interval of who watches comes on top. */
const FIRES_SECONDS = 480;
const RESOLVES_SECONDS = 300;

interface Watchers {
  readonly prometheus: Prometheus;
  readonly zabbix?: Zabbix;
  readonly nagios?: Nagios;
  readonly sights?: Sights;
}

async function start(proof: FleetProof): Promise<Watchers> {
  const { report, stage, folder, cache, versions, programs, tell } = proof;
  const prometheus = new Prometheus(stage, programs, join(folder, 'prometheus'));
  const missing = obstacle();
  if (missing !== undefined) {
    for (const name of ['Nagios', 'Zabbix', 'pictures']) report.unproved(name, missing);
    report.section('three instances, and all is well');
    return { prometheus };
  }
  const root = await rootFileSystem(cache, tell);
  await proveEndings(report, root);
  report.section('three instances, and all is well');
  writeFileSync(join(root, 'etc/hosts'), `127.0.0.1 localhost\n${ENDPOINT_ADDRESS} ${NAME}\n`);
  for (const name of ['nagios', 'zabbix']) mkdirSync(join(folder, name));
  const zabbix = new Zabbix(root, join(folder, 'zabbix'));
  versions.Zabbix = zabbix.version;
  versions.PostgreSQL = databaseVersion(root);
  await zabbix.start();
  await zabbix.import(stage, INSTANCES);
  // of the instances the one behind the relay, lest plugins take all of this machine
  const watched = { ...stage, instances: [INSTANCES[2]] };
  const nagios = new Nagios(root, watched, proof.authority, join(folder, 'nagios'), tried);
  versions.Nagios = nagios.version;
  return { prometheus, zabbix, nagios, sights: new Sights(report, nagios) };
}

/** @returns seconds until it holds; each of `names` is reported */
async function all(
  report: Report,
  names: readonly string[],
  patience: number,
  wording: (name: string) => string,
  holds: () => Promise<(name: string) => boolean>,
  explain: () => Promise<string> = async () => '',
): Promise<number | undefined> {
  let last: (name: string) => boolean = () => false;
  const seconds = await until(patience, async () => {
    last = await holds();
    return names.every(last);
  });
  const why = seconds === undefined ? await explain() : '';
  for (const name of names) report.check(last(name), wording(name), last(name) ? '' : why);
  return seconds;
}

/** The disk of the two that were gone is that of this machine, however full it is. */
const ofMachine = / i-[12]: disk /;

/** @returns whether all of it could be tried */
export async function proveFleet(proof: FleetProof): Promise<boolean> {
  const { report, world } = proof;
  world.fault = WELL;
  const watchers = await start(proof);
  const { prometheus, zabbix, nagios, sights } = watchers;
  const scraped = await until(90, async () => (await prometheus.up()) === INSTANCES.length);
  report.check(scraped !== undefined, 'Prometheus scrapes all three', `${scraped} s`);
  if (zabbix) await valuesOf(report, zabbix);
  await sights?.well();

  if (sights) {
    report.section('Nagios: what warns, and hosts that are down');
    world.fault = WARNING;
    await sights.warns();
    world.fault = HOSTS_DOWN;
    await sights.hostsDown();
    world.fault = WELL;
    await sights.hostsUp();
  }

  report.section('two of three instances are gone, the third is nearly full, refuses and fails');
  const troubled = await trouble(proof, watchers);
  const links = [...(await prometheus.firing()).values()].map(({ annotations }) => annotations.runbook_url ?? '');
  report.check(
    links.length > 0 && links.every((link) => /docs\/runbook\.md#[a-z-]+$/.test(link)),
    'each alert of Prometheus names its section of the runbook',
    links.join(', '),
  );
  if (zabbix && nagios) await takePictures(report, await pagesOf(prometheus, nagios, zabbix));

  report.section('all is well again');
  world.fault = WELL;
  await world.startHandler(INSTANCES[0]);
  await world.startHandler(INSTANCES[1]);
  const [resolved, over] = await Promise.all([
    all(
      report,
      ALERTS,
      RESOLVES_SECONDS,
      (name) => `Prometheus resolves ${name}`,
      async () => {
        const firing = await prometheus.firing();
        return (name) => !firing.has(name);
      },
    ),
    zabbix &&
      all(
        report,
        PROBLEMS,
        RESOLVES_SECONDS,
        (name) => `Zabbix ends "${name}"`,
        async () => {
          const names = (await zabbix.problems()).filter((problem) => !ofMachine.test(problem));
          return (name) => !names.some((problem) => problem.includes(name));
        },
        () => zabbix.explained(),
      ),
    sights?.recovers(),
  ]);
  const empty = (await prometheus.emptyPanels()).filter((title) => title !== 'Clock');
  report.equal(empty, [], 'each query of the dashboard of Grafana has a value in Prometheus');

  report.section('over all of it');
  const times = (...seconds: (number | undefined)[]) => seconds.map((each) => `${each ?? 'never'} s`).join(', ');
  const row = (who: string, bound: string, ...seconds: (number | undefined)[]) =>
    report.row(`${who} over a fleet in trouble`, bound, times(...seconds), !seconds.includes(undefined));
  row('Prometheus', `fires ${ALERTS.length} alerts, and resolves them`, troubled.fired, resolved);
  if (!zabbix || !sights) return false;
  row('Zabbix', `has ${PROBLEMS.length} problems, which end`, troubled.problems, over);
  report.row('Nagios over a fleet in trouble', EACH_CHECK, `${sights.seen} states`, sights.holds);
  return true;
}

const EACH_CHECK = 'OK, WARNING, CRITICAL and recovery of each check; "ready" has no WARNING';

const pagesOf = async (prometheus: Prometheus, nagios: Nagios, zabbix: Zabbix): Promise<readonly Picture[]> => [
  {
    name: 'prometheus-alerts',
    url: prometheus.alertsPage,
    width: 1200,
    height: 800,
    shows: ALERTS.map((name) => `Slipway${name} (1 active)`),
    // those that fire, with one of them opened
    before: async (page) => {
      await page.locator('label:has(#inactiveAlerts)').click();
      await page.getByText('SlipwayMemory').first().click();
    },
  },
  {
    name: 'nagios-services',
    url: nagios.statusPage,
    width: 1200,
    height: 530,
    shows: ['slipway memory', 'SLIPWAY MEMORY CRITICAL', 'SLIPWAY READY OK'],
  },
  {
    name: 'zabbix-problems',
    url: zabbix.problemsPage,
    width: 1400,
    height: 720,
    part: 'form[name=problem]',
    shows: PROBLEMS,
    before: (page) => zabbix.logIn(page),
  },
  {
    name: 'zabbix-graphs',
    url: await zabbix.graphsPage(`${NAME} i-3`),
    width: 1500,
    height: 500,
    part: '#charts img',
    shows: ['Graphs'],
    before: (page) => zabbix.logIn(page),
  },
];

interface Troubled {
  readonly fired: number | undefined;
  readonly problems: number | undefined;
}

async function trouble({ report, world }: FleetProof, { prometheus, zabbix, sights }: Watchers): Promise<Troubled> {
  world.fault = CRITICAL;
  await world.stopHandler(INSTANCES[1]);
  await world.stopHandler(INSTANCES[0]);
  const [fired, problems] = await Promise.all([
    all(
      report,
      ALERTS,
      FIRES_SECONDS,
      (name) => `Prometheus fires ${name}`,
      async () => {
        const firing = await prometheus.firing();
        return (name) => firing.has(name);
      },
    ),
    zabbix &&
      all(
        report,
        PROBLEMS,
        FIRES_SECONDS,
        (name) => `Zabbix has the problem "${name}"`,
        async () => {
          const names = await zabbix.problems();
          return (name) => names.some((problem) => problem.includes(name));
        },
      ),
    sights?.critical(),
  ]);
  return { fired, problems };
}
