/** What `slipway watch` writes: the table of alarms, with the numbers of a plan, in the words of each watcher. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { MEASURES } from '../../lib/sizing/alarms/measures';
import { plannedAlarms } from '../../lib/sizing/alarms/planned-alarms';
import { EXPRESSIONS } from '../../lib/watching/prometheus/expressions';
import { split, type WatchedStage } from '../../lib/watching/stage/stage';
import { WATCHERS, type WatcherName } from '../../lib/watching/watchers';
import { uuid } from '../../lib/watching/zabbix/items';
import { exampleStage, INTEGRATIONS, integrations } from '../../testing/integrations';
import { groupPlan, joiningPlan, singlePlan } from '../constructs/example-plan';

const example = exampleStage();
const names = Object.keys(WATCHERS) as WatcherName[];

const textOf = (watcher: WatcherName, stage: WatchedStage) => Object.values(WATCHERS[watcher].files(stage)).join('\n');

/** Alarms that tell somebody. */
const telling = ({ alarms }: WatchedStage) => alarms.filter(({ severity }) => severity !== 'note');

const stageOf = (plan: typeof groupPlan, more: Partial<WatchedStage> = {}): WatchedStage => ({
  ...example,
  plan,
  alarms: plannedAlarms(plan, true),
  ...more,
});

describe('integrations/', () => {
  test('has what slipway watch writes for the example (npm run integrations)', () => {
    const expected = integrations();
    const found = names.flatMap((watcher) =>
      readdirSync(join(INTEGRATIONS, watcher)).map((name) => join(watcher, name)),
    );
    expect(found.sort()).toEqual(Object.keys(expected).sort());
    for (const [path, text] of Object.entries(expected)) {
      expect([path, readFileSync(join(INTEGRATIONS, path), 'utf8')]).toEqual([path, text]);
    }
  });
});

describe.each([
  ['a VM', singlePlan],
  ['a group', groupPlan],
  ['joined requests', joiningPlan],
])('of %s', (_, plan) => {
  const stage = stageOf(plan);

  test.each(['prometheus', 'nagios', 'zabbix'] as const)('%s has each alarm, or a reason why not', (watcher) => {
    const unwatched = WATCHERS[watcher].unwatched(stage);
    for (const [, because] of unwatched) expect(because.length).toBeGreaterThan(10);
    const text = textOf(watcher, stage);
    for (const alarm of telling(stage)) {
      const left = unwatched.some(([{ name }]) => name === alarm.name);
      // Nagios has a service for several alarms, with the first step of the first
      if (watcher !== 'nagios') expect([alarm.name, text.includes(alarm.runbook)]).toEqual([alarm.name, !left]);
    }
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  test('what only AWS knows is the only thing that Prometheus leaves out, and the certificate', () => {
    const left = split(stage, EXPRESSIONS).unwatched.map(([{ measure }]) => measure);
    expect(left.filter((measure) => !('onlyAws' in MEASURES[measure]) && measure !== 'certificateDays')).toEqual([]);
    expect(left).toContain('bootFailures');
  });
});

test('instances behind TLS are asked by HTTPS, and their own certificates are taken', () => {
  const stage = stageOf({ ...groupPlan, serviceLevel: { ...groupPlan.serviceLevel, backendTls: true } });
  for (const watcher of ['prometheus', 'otel'] as const) {
    expect(textOf(watcher, stage)).toMatch(/scheme: https\n\s+tls_config:\n\s+insecure_skip_verify: true/);
  }
  expect(textOf('zabbix', stage)).toContain('https://{HOST.CONN}');
  expect(textOf('nagios', stage)).toContain('-H $HOSTADDRESS$ --any-certificate ');
  for (const watcher of names)
    expect(textOf(watcher, stageOf(groupPlan))).not.toMatch(/insecure|any-certificate|https:..\{HOST/);
});

test('a plan that changes changes the files', () => {
  const slower = { ...groupPlan, alarms: { ...groupPlan.alarms, p99Ms: 123, memoryPercent: 87 } };
  const [before, after] = [stageOf(groupPlan), stageOf(slower)];
  for (const watcher of names.filter((name) => name !== 'otel')) {
    expect(textOf(watcher, after)).not.toBe(textOf(watcher, before));
  }
  expect(textOf('prometheus', after)).toContain('> 0.123');
  expect(textOf('nagios', after)).toMatch(/latency!-w \d+ -c 123\b/);
  expect(textOf('nagios', after)).toContain('memory!-w 87');
  expect(textOf('zabbix', after)).toContain('min(/Slipway instance prod/slipway.memory,5m)>87');
  expect(textOf('grafana', after)).toContain('"value": 87');
});

test('a stage with access control asks with a key, which is in no file', () => {
  const keyed = stageOf(groupPlan, { keys: true });
  expect(textOf('prometheus', keyed)).toContain('credentials_file: slipway-prod.key');
  expect(textOf('nagios', keyed)).toContain('--key-file $USER3$ --key-over-http');
  expect(textOf('zabbix', keyed)).toContain('Bearer {$SLIPWAY.KEY}');
  for (const watcher of names)
    expect(textOf(watcher, stageOf(groupPlan))).not.toMatch(/credentials_file|key-file|Bearer/);
});

interface Rule {
  readonly alert?: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

test('rules of Prometheus say who has to know, the first step, and where the runbook is', () => {
  const files = WATCHERS.prometheus.files({ ...example, documents: 'https://git.example.com/credit/' });
  const { groups } = parse(files['slipway-prod.rules.yml']!) as { groups: { rules: Rule[] }[] };
  const alerts = groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined);
  for (const { annotations, labels } of alerts) {
    expect(labels.severity).toMatch(/^(page|inform|none)$/);
    expect(annotations.runbook_url).toMatch(/^https:\/\/git\.example\.com\/credit\/docs\/runbook\.md#[a-z0-9-]+$/);
    expect(annotations.first_step).toMatch(/\.$/);
  }
  const of = (name: string) => alerts.find(({ alert }) => alert === name)!;
  expect(of('SlipwayNoHealthyHost').labels).toMatchObject({ severity: 'page' });
  expect(of('SlipwayNoHealthyHost').labels).not.toHaveProperty('during_deployment');
  expect(of('SlipwayLatency')).toMatchObject({ for: '2m', labels: { severity: 'page', during_deployment: 'silent' } });
  expect(of('SlipwayDeploying').labels.severity).toBe('none');
});

test('objects of Nagios have each brace and directive on a line of its own, and each instance is a host', () => {
  const text = textOf('nagios', example);
  for (const line of text.split('\n')) expect(line).toMatch(/^(define [a-z]+ \{|\}| {2}[a-zA-Z_]+ +\S.*|#.*|)$/);
  expect(text.match(/^ {2}address +10\.0\.\d\.11$/gm)).toHaveLength(2);
});

test('without an instance Nagios has no service of one', () => {
  const text = textOf('nagios', { ...example, instances: [] });
  expect(text).not.toContain('hostgroup_name          slipway-prod-instances\n  service_description');
  expect(text).toContain('slipway certificate');
});

test('templates of Zabbix name each thing by an id of its own, which stays', () => {
  const text = WATCHERS.zabbix.files(example)['slipway-prod.zabbix.yml']!;
  const ids = text.match(/(?<=uuid: )\S+/g)!;
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^'[0-9a-f]{12}4[0-9a-f]{3}8[0-9a-f]{15}'$/);
  expect(uuid('a')).toBe(uuid('a'));
});

test('a dashboard of Grafana shows the numbers of the plan, and no two panels in one place', () => {
  const dashboard = JSON.parse(textOf('grafana', example));
  const places = dashboard.panels.map(
    ({ gridPos }: { gridPos: { x: number; y: number } }) => `${gridPos.x},${gridPos.y}`,
  );
  expect(new Set(places).size).toBe(places.length);
  expect(JSON.stringify(dashboard)).toContain(`"value":${example.plan.alarms.p99Ms / 1000}`);
});

test('versions that are served side by side have a line each in Grafana and Zabbix, and one served alone has none', () => {
  const version = { modelSha256: '0'.repeat(64), engine: 'native', cpuShare: 0.5, memoryMiB: 1 } as const;
  const names = ['1', '2.0-rc_1'];
  const versions = names.map((name) => ({ ...version, name, weight: 0.5 }));
  const several = stageOf({ ...groupPlan, versions });
  const dashboard = JSON.parse(textOf('grafana', several)) as { panels: { title: string }[] };
  const byVersion = dashboard.panels.filter(({ title }) => title.endsWith('by version'));
  expect(byVersion).toHaveLength(3);
  expect(JSON.stringify(byVersion)).toContain(`"value":${groupPlan.alarms.p99Ms / 1000}`);
  const { zabbix_export } = parse(WATCHERS.zabbix.files(several)['slipway-prod.zabbix.yml']!) as {
    zabbix_export: {
      templates: { items: { key: string; params?: string }[] }[];
      graphs: { name: string; graph_items: { color: string; item: { key: string } }[] }[];
    };
  };
  const items = new Map(zabbix_export.templates.flatMap((template) => template.items.map((item) => [item.key, item])));
  for (const name of names) {
    const p99 = items.get(`slipway.version.p99[${name}]`)!;
    expect(p99.params).toBe(`bucket_percentile(//slipway.version.latency.bucket[*,${name}],5m,99)`);
    expect(items.has(`slipway.version.latency.bucket[+Inf,${name}]`)).toBe(true);
    expect(items.has(`slipway.fleet.version.requests[${name}]`)).toBe(true);
  }
  const graphs = zabbix_export.graphs.filter(({ name }) => name.includes('by version'));
  expect(graphs).toHaveLength(3);
  for (const { graph_items } of graphs) {
    expect(graph_items.map(({ item }) => items.has(item.key))).toEqual([true, true]);
    expect(new Set(graph_items.map(({ color }) => color)).size).toBe(2);
  }
  for (const watcher of ['grafana', 'zabbix'] as const) {
    expect(textOf(watcher, stageOf(groupPlan))).not.toMatch(/version_requests|by version/);
  }
});
