/** That Zabbix has the values of the instances, and their sums. */
import type { Report } from '../report';
import { INSTANCES, NAME, until, VERSIONS } from './world';
import type { Zabbix } from './zabbix';

const OF_VERSIONS = VERSIONS.flatMap(({ name }) =>
  ['requests', 'errors', 'p99'].map((key) => `version.${key}[${name}]`),
);
const OF_INSTANCE = ['cpu', 'memory', 'disk', 'requests', 'errors', 'p99', 'threads', 'boot', 'load1', ...OF_VERSIONS];
const OF_FLEET = ['ready', 'requests', 'errors', 'p99', 'cpu', ...OF_VERSIONS];

/** Keys of items that have no value yet. */
async function missing(zabbix: Zabbix, host: string, keys: readonly string[]): Promise<string[]> {
  const items = await zabbix.items(host);
  return keys.filter((key) => Number(items.get(key)?.lastclock ?? 0) === 0);
}

async function faultsOf(zabbix: Zabbix, host: string): Promise<string> {
  const items = [...(await zabbix.items(host)).values()];
  return JSON.stringify(items.filter(({ error }) => error !== '')).slice(0, 900);
}

export async function valuesOf(report: Report, zabbix: Zabbix): Promise<void> {
  const keys = OF_INSTANCE.map((key) => `slipway.${key}`);
  const hosts = INSTANCES.map((_, i) => `${NAME} i-${i + 1}`);
  const there = await until(240, async () => {
    for (const host of hosts) if ((await missing(zabbix, host, keys)).length > 0) return false;
    return true;
  });
  const found = there === undefined ? await faultsOf(zabbix, hosts[2]!) : `${there} s`;
  report.check(there !== undefined, `Zabbix makes a host of each instance, with ${OF_INSTANCE.join(', ')}`, found);
  const fleet = OF_FLEET.map((key) => `slipway.fleet.${key}`);
  const sums = await until(120, async () => (await missing(zabbix, NAME, fleet)).length === 0);
  report.check(sums !== undefined, 'Zabbix has the sums over all of them', await faultsOf(zabbix, NAME));
  const ready = await until(60, async () => (await zabbix.items(NAME)).get('slipway.fleet.ready')?.lastvalue === '3');
  report.check(ready !== undefined, 'Zabbix sees three that predict');
}
