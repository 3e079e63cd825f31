/** Templates of Zabbix: one for the endpoint, which finds its instances and makes a host of each, and one for an instance. */
import { stringify } from 'yaml';
import type { PlannedAlarm } from '../../sizing/alarms/alarm';
import { LEAST_FAILURES } from '../../sizing/alarms/error-budget';
import type { SizingPlan } from '../../sizing/plan/plan';
import { everyMeasure, type Files, madeBy, runbookLink, split, type WatchedStage } from '../stage/stage';
import { type Entry, fleetItems, instanceItems, namesOf, uuid } from './items';
import { fleetVersionItems, versionGraphs, versionItems } from './version-items';

/** The parser of Zabbix takes a plain date for a date, and wants a text. */
const STRINGS = { lineWidth: 0, defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN' } as const;

type Template = 'instance' | 'endpoint';

interface Trigger {
  readonly template: Template;
  /** @param of names an item of the template @param window of minutes in which all values must breach, e.g. `3m` */
  readonly expression: (of: (key: string) => string, alarm: PlannedAlarm, window: string, plan: SizingPlan) => string;
}

const SIGN = { above: '>', 'at least': '>=', below: '<' } as const;

/** All values of the window breach when the least of them does. */
const least = ({ comparison }: PlannedAlarm) => (comparison === 'below' ? 'max' : 'min');

const compared = (template: Template, key: string, factor = 1): Trigger => ({
  template,
  expression: (of, alarm, window) => {
    const value = `${least(alarm)}(${of(key)},${window})`;
    return `${factor === 1 ? '' : `${factor}*`}${value}${SIGN[alarm.comparison]}${alarm.threshold}`;
  },
});

/** Nobody divides by nought. */
const A_LITTLE = 0.000001;

const LONG_WINDOW_MINUTES = 60;

function burn(of: (key: string) => string, window: string, budgetPercent: number): string {
  const mean = (key: string) => `avg(${of(`slipway.fleet.${key}`)},${window})`;
  return `100*${mean('errors')}/(${mean('requests')}+${A_LITTLE})/${budgetPercent}`;
}

const TRIGGERS = everyMeasure<Trigger>({
  healthyHosts: compared('endpoint', 'slipway.fleet.ready'),
  serverErrorPercent: {
    template: 'endpoint',
    expression: (of, { threshold }, window) => `${burn(of, window, 1)}>${threshold}`,
  },
  errorBudgetBurn: {
    template: 'endpoint',
    expression: (of, { minutes, alsoMinutes, datapoints, threshold }, _, { alarms }) => {
      const breached = (window: string) => `${burn(of, window, alarms.errorBudgetPercent)}>${threshold}`;
      const failures = `avg(${of('slipway.fleet.errors')},${minutes}m)*${minutes * 60}>=${LEAST_FAILURES}`;
      const windows = Array.from({ length: datapoints }, (_, i) =>
        i === 0 ? `${minutes}m` : `${minutes}m:now-${i * minutes}m`,
      );
      return [
        ...windows.map(breached),
        ...(alsoMinutes === undefined ? [] : [breached(`${alsoMinutes}m`)]),
        ...(minutes >= LONG_WINDOW_MINUTES ? [failures] : []),
      ].join(' and ');
    },
  },
  p99Seconds: compared('endpoint', 'slipway.fleet.p99'),
  p99SecondsWithinPlan: {
    template: 'endpoint',
    expression: (of, alarm, window, { serviceLevel }) =>
      `min(${of('slipway.fleet.p99')},${window})>${alarm.threshold} and max(${of('slipway.fleet.requests')},${window})<=${serviceLevel.requestsPerSecond}`,
  },
  cpuPercent: compared('endpoint', 'slipway.fleet.cpu'),
  requestsPerMinute: compared('endpoint', 'slipway.fleet.requests', 60),
  refusedPerMinute: compared('endpoint', 'slipway.fleet.refused', 60),
  otherReleases: { because: 'a trigger cannot compare the packages of all hosts; Prometheus and CloudWatch do' },
  shadowDroppedPercent: { because: 'how a shadow fares Prometheus and CloudWatch tell' },
  memoryPercent: compared('instance', 'slipway.memory'),
  diskPercent: compared('instance', 'slipway.disk'),
  certificateDays: {
    because: 'no handler sees the certificate; "slipway check certificate" is an external check of Zabbix',
  },
  dataDrift: compared('instance', 'slipway.drift'),
});

const PRIORITY = { page: 'HIGH', 'page always': 'DISASTER', inform: 'WARNING', note: 'INFO' } as const;

function triggerOf(stage: WatchedStage, alarm: PlannedAlarm, { template, expression }: Trigger): Entry {
  const name = namesOf(stage)[template];
  const window = `${(alarm.breaching ?? alarm.datapoints) * alarm.minutes}m`;
  const of = (key: string) => `/${name}/${key}`;
  return {
    uuid: uuid(`${name} trigger ${alarm.name}`),
    expression: expression(of, alarm, window, stage.plan),
    name: `{HOST.NAME}: ${alarm.symptom}`,
    url: runbookLink(stage, alarm),
    priority: PRIORITY[alarm.severity],
    description: `${alarm.meaning}\nFirst: ${alarm.firstStep}`,
    tags: [
      { tag: 'alarm', value: alarm.name },
      { tag: 'stage', value: stage.name },
    ],
  };
}

/** As many as a model may have versions. */
const COLOURS = ['1A7C11', 'F63100', '2774A4', 'A54F10', 'FC6EA3', '6C59DC', 'AC8C14', '611F27'] as const;

function graph(template: string, name: string, keys: readonly string[]): Entry {
  return {
    uuid: uuid(`${template} graph ${name}`),
    name,
    graph_items: keys.map((key, i) => ({
      sortorder: String(i),
      color: COLOURS[i],
      item: { host: template, key },
    })),
  };
}

/** The script that a rule of discovery runs on the Zabbix server; `slipway-instances STAGE MODEL REGION`. */
const INSTANCES_SCRIPT = `#!/bin/sh
# The running instances of a stage, for discovery by Zabbix: put it into the folder of external scripts, e.g.
# /usr/lib/zabbix/externalscripts. It needs the AWS CLI and the permission ec2:DescribeInstances.
exec aws ec2 describe-instances --region "$3" --output json --no-cli-pager \\
  --filters "Name=tag:slipway:stage,Values=$1" "Name=tag:slipway:model,Values=$2" Name=instance-state-name,Values=running \\
  --query 'Reservations[].Instances[].{"{#ID}": InstanceId, "{#ADDRESS}": PrivateIpAddress}'
`;

function discovery(stage: WatchedStage): Entry {
  const { name, model, region, domainName } = stage;
  const { endpoint, instance, hosts } = namesOf(stage);
  return {
    uuid: uuid(`${endpoint} instances`),
    name: 'Instances',
    type: 'EXTERNAL',
    key: `slipway-instances["${name}","${model.name}","${region}"]`,
    delay: '{$SLIPWAY.DISCOVERY}',
    // one that was replaced is no news
    lifetime: '1h',
    description: `The running instances of ${domainName}; a host is made of each`,
    host_prototypes: [
      {
        uuid: uuid(`${endpoint} host`),
        host: `slipway-${name}-{#ID}`,
        name: `${domainName} {#ID}`,
        group_links: [{ group: { name: hosts } }],
        templates: [{ name: instance }],
        custom_interfaces: 'YES',
        interfaces: [{ ip: '{#ADDRESS}' }],
      },
    ],
  };
}

export const zabbixUnwatched = (stage: WatchedStage) => split(stage, TRIGGERS).unwatched;

export function zabbixFiles(stage: WatchedStage): Files {
  const { name, domainName, keys } = stage;
  const { endpoint, instance, templates, hosts } = namesOf(stage);
  const interval = { macro: '{$SLIPWAY.INTERVAL}', value: '1m', description: 'How often is looked' };
  const template = (of: string, more: Entry): Entry => ({
    uuid: uuid(of),
    template: of,
    name: of,
    description: madeBy(stage, 'zabbix'),
    groups: [{ name: templates }],
    ...more,
  });
  const document = {
    zabbix_export: {
      version: '6.0',
      date: '2026-01-01T00:00:00Z', // a file of the same plan is the same file
      groups: [templates, hosts].map((group) => ({ uuid: uuid(`group ${group}`), name: group })),
      templates: [
        template(instance, {
          items: [...instanceItems(stage), ...versionItems(stage)],
          macros: [
            interval,
            { macro: '{$SLIPWAY.PORT}', value: '8080' },
            ...(keys ? [{ macro: '{$SLIPWAY.KEY}', type: 'SECRET_TEXT', description: 'The API key' }] : []),
          ],
        }),
        template(endpoint, {
          items: [...fleetItems(stage), ...fleetVersionItems(stage)],
          discovery_rules: [discovery(stage)],
          macros: [
            interval,
            { macro: '{$SLIPWAY.DISCOVERY}', value: '1m', description: 'How often instances are looked for' },
          ],
        }),
      ],
      triggers: split(stage, TRIGGERS)
        .watched.filter(([{ severity }]) => severity !== 'note')
        .map(([alarm, trigger]) => triggerOf(stage, alarm, trigger)),
      graphs: [
        graph(instance, 'CPU, memory, disk', ['slipway.cpu', 'slipway.memory', 'slipway.disk']),
        graph(instance, 'Requests', ['slipway.requests', 'slipway.errors', 'slipway.refused']),
        graph(instance, 'Latency', ['slipway.p99']),
        graph(endpoint, `Requests of ${domainName}`, [
          'slipway.fleet.requests',
          'slipway.fleet.errors',
          'slipway.fleet.refused',
        ]),
        graph(endpoint, `Latency of ${domainName}`, ['slipway.fleet.p99']),
        graph(endpoint, `Instances of ${domainName}`, ['slipway.fleet.ready']),
        ...versionGraphs(stage).map(([name, keys]) => graph(endpoint, name, keys)),
      ],
    },
  };
  return {
    [`slipway-${name}.zabbix.yml`]: stringify(document, STRINGS),
    'slipway-instances': INSTANCES_SCRIPT,
  };
}
