/** Prometheus, Nagios and Zabbix beside each other, over one fleet that gets into trouble and out of it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WatchedStage } from '../../lib/watching/stage';
import type { Report } from '../report';
import { Nagios } from './nagios';
import { obstacle, rootFileSystem } from './programs';
import { Prometheus } from './prometheus';
import { ENDPOINT_ADDRESS, INSTANCES, NAME, until, type World } from './world';
import { databaseVersion, Zabbix } from './zabbix';

export interface FleetProof {
  readonly report: Report;
  readonly world: World;
  readonly stage: WatchedStage;
  readonly folder: string;
  readonly cache: string;
  /** Folder of its programs. */
  readonly prometheus: string;
  /** PEM file of the authority of the endpoint's certificate. */
  readonly authority: string;
  readonly versions: Record<string, string>;
  readonly tell: (message: string) => void;
}

const [, second, last] = INSTANCES;
const LAST_HOST = `${NAME} ${last}`;

/** Thresholds that this machine can keep whatever else runs on it: its own CPU and disk are as they are. */
const kept = (objects: string) =>
  objects
    .replace(/cpu!.*/, 'cpu!-w 101 -c 102')
    .replace(/disk!.*/, 'disk!-w 98 -c 99')
    .replace(/latency!.*/, 'latency!-w 6000 -c 9000')
    .replace(/memory!.*/, 'memory!-w 80 -c 95');

/** What each service of Nagios has to see, on top of OK. */
const SIGHTS = [
  { service: 'memory', host: LAST_HOST, fault: { memory: 0.9 }, state: 'WARNING' },
  { service: 'memory', host: LAST_HOST, fault: { memory: 0.97 }, state: 'CRITICAL' },
  { service: 'disk', host: LAST_HOST, fault: { disk: 0.985 }, state: 'WARNING' },
  { service: 'refused', host: LAST_HOST, fault: { refused: true }, state: 'WARNING' },
  { service: 'predictions', host: NAME, fault: { wrong: true }, state: 'CRITICAL' },
  { service: 'certificate', host: NAME, fault: { certificate: 'soon' }, state: 'WARNING' },
] as const;

export async function proveFleet(proof: FleetProof): Promise<void> {
  const { report, world, stage, folder, cache, tell, versions } = proof;
  report.section('Prometheus: a fleet of three');
  const prometheus = new Prometheus(stage, proof.prometheus, join(folder, 'prometheus'));
  const seconds = await until(60, async () => (await prometheus.up()) === INSTANCES.length);
  report.check(seconds !== undefined, 'it scrapes all three', `${seconds} s`);

  const missing = obstacle();
  let zabbix: Zabbix | undefined;
  let nagios: Nagios | undefined;
  if (missing !== undefined) {
    report.unproved('Nagios', missing);
    report.unproved('Zabbix', missing);
  } else {
    const root = rootFileSystem(cache, tell);
    writeFileSync(join(root, 'etc/hosts'), `127.0.0.1 localhost\n${ENDPOINT_ADDRESS} ${NAME}\n`);
    mkdirSync(join(folder, 'nagios'));
    mkdirSync(join(folder, 'zabbix'));
    zabbix = new Zabbix(root, join(folder, 'zabbix'));
    versions.Zabbix = zabbix.version;
    versions.PostgreSQL = databaseVersion(root);
    await zabbix.start();
    await zabbix.import(stage, INSTANCES);
    // of the instances the one behind the relay, lest plugins take all of this machine
    nagios = new Nagios(root, { ...stage, instances: [last] }, proof.authority, join(folder, 'nagios'), kept);
    versions.Nagios = nagios.version;
  }

  // gone: two of three, while the others answer
  const down = async () => {
    await world.stopHandler(second);
    await world.stopHandler(INSTANCES[0]);
  };
  const up = async () => {
    await world.startHandler(INSTANCES[0]);
    await world.startHandler(second);
  };
  if (zabbix) await zabbixSees(report, zabbix);
  report.section('instances are gone, and come back');
  await down();
  world.fault = { memory: 0.97 };
  const pages = until(300, async () => (await prometheus.firing('UnhealthyHosts')) !== undefined);
  const has = (what: string) =>
    zabbix && until(480, async () => (await zabbix!.problems()).some((name) => name.includes(what)));
  const [fired, full, gone, memory] = await Promise.all([
    pages,
    until(420, async () => (await prometheus.firing('Memory')) !== undefined),
    has('instances are missing'),
    has('memory is nearly full'),
  ]);
  const alert = await prometheus.firing('UnhealthyHosts');
  report.check(fired !== undefined, 'Prometheus fires "instances are missing"', `${fired} s`);
  report.check(full !== undefined, 'Prometheus fires "memory is nearly full", of one instance', `${full} s`);
  report.check(
    /docs\/runbook\.md#instances-are-missing$/.test(alert?.annotations.runbook_url ?? ''),
    'with its section of the runbook',
  );
  if (zabbix) {
    report.check(gone !== undefined, 'Zabbix has the problem "instances are missing"', `${gone} s`);
    report.check(memory !== undefined, 'Zabbix has the problem "memory is nearly full"', `${memory} s`);
  }
  world.fault = {};
  await up();
  const resolved = await until(180, async () => (await prometheus.firing('UnhealthyHosts')) === undefined);
  report.row(
    'Prometheus: two of three instances are gone, and come back',
    'fires, and resolves',
    `${fired} s, ${resolved} s`,
    fired !== undefined && resolved !== undefined,
  );
  const empty = (await prometheus.emptyPanels()).filter(
    (title) => !['Clock', 'Refused requests a minute'].includes(title),
  );
  report.equal(empty, [], 'each query of the dashboard of Grafana has a value');
  if (zabbix) {
    const over = await until(300, async () => {
      const names = await zabbix!.problems();
      return !names.some((name) => /instances are missing|memory is nearly full/.test(name));
    });
    report.row(
      'Zabbix: two of three instances are gone, and memory is full',
      'two problems, both end',
      `${gone} s, ${memory} s, ${over} s`,
      gone !== undefined && memory !== undefined && over !== undefined,
    );
  }
  if (nagios) await nagiosSees(report, world, nagios);
}

async function zabbixSees(report: Report, zabbix: Zabbix): Promise<void> {
  report.section('Zabbix: values');
  const host = `${NAME} i-3`;
  const keys = ['cpu', 'memory', 'disk', 'requests', 'errors', 'p99', 'threads', 'boot', 'load1'].map(
    (key) => `slipway.${key}`,
  );
  const has = async (name: string, wanted: readonly string[]) => {
    const items = await zabbix.items(name);
    return wanted.filter((key) => Number(items.get(key)?.lastclock ?? 0) === 0);
  };
  const there = await until(240, async () => (await has(host, keys)).length === 0);
  const missing = there === undefined ? await zabbix.items(host) : new Map();
  const errors = [...missing.values()].filter(({ error, key_ }) => error !== '' || keys.includes(key_));
  report.check(
    there !== undefined,
    `a host was made of each instance, and has ${keys.map((key) => key.slice(8)).join(', ')}`,
    there === undefined ? JSON.stringify(errors).slice(0, 900) : `${there} s`,
  );
  const fleet = ['ready', 'requests', 'errors', 'p99', 'cpu'].map((key) => `slipway.fleet.${key}`);
  const sums = await until(120, async () => (await has(NAME, fleet)).length === 0);
  const items = await zabbix.items(NAME);
  report.check(
    sums !== undefined,
    'the endpoint has the sums over all of them',
    JSON.stringify([...items.values()].filter(({ error }) => error !== '')).slice(0, 900),
  );
  const ready = await until(60, async () => (await zabbix.items(NAME)).get('slipway.fleet.ready')?.lastvalue === '3');
  report.check(ready !== undefined, 'three predict');
}

async function nagiosSees(report: Report, world: World, nagios: Nagios): Promise<void> {
  report.section('Nagios');
  report.check(
    /Total Errors: +0/.test(nagios.verified),
    'it takes the objects without an error',
    nagios.verified.match(/^Error.*/m)?.[0] ?? '',
  );
  const services = [
    ...['predictions', 'latency', 'certificate'].map((service) => [NAME, service] as const),
    ...['ready', 'errors', 'cpu', 'memory', 'disk', 'refused'].map((service) => [LAST_HOST, service] as const),
  ];
  const good = await until(240, () =>
    services.every(
      ([host, service]) => nagios.status(host, service)?.state === 'OK' && nagios.status(host, service)!.checked,
    ),
  );
  for (const [host, service] of services) {
    const status = nagios.status(host, service);
    report.check(status?.state === 'OK' && status.checked, `${service} is OK`, status?.output ?? 'it was not checked');
    report.check(/=/.test(status?.data ?? ''), `${service} has performance data`, status?.data ?? '');
  }
  if (good === undefined) return;
  for (const { service, host, fault, state } of SIGHTS) {
    world.fault = fault;
    const seen = await until(180, () => nagios.status(host, service)?.state === state);
    report.check(seen !== undefined, `${service} becomes ${state}`, nagios.status(host, service)?.output ?? '');
    world.fault = {};
    const recovered = await until(180, () => nagios.status(host, service)?.state === 'OK');
    report.check(recovered !== undefined, `${service} recovers`, nagios.status(host, service)?.output ?? '');
  }
  world.fault = { memory: 0.97 };
  const told = await until(240, () => nagios.notifications().includes('PROBLEM'));
  world.fault = {};
  const ended = await until(240, () => nagios.notifications().includes('RECOVERY'));
  report.row(
    'Nagios: memory is full, and is not any more',
    'somebody is told of both',
    `${told} s, ${ended} s`,
    told !== undefined && ended !== undefined,
  );
}
