/** Objects of Nagios: the endpoint and its instances as hosts, a service for each check that alarms of the plan are about. */
import type { PlannedAlarm } from '../../sizing/alarms/alarm';
import type { CheckName } from '../check/checks';
import { everyMeasure, type Files, madeBy, runbookLink, split, type WatchedStage } from '../stage/stage';

interface Service {
  readonly check: CheckName;
  /** The threshold of an alarm as a range of the check. */
  readonly range: (alarm: PlannedAlarm) => string;
}

const above = (check: CheckName, of: (threshold: number) => number = (threshold) => threshold): Service => ({
  check,
  range: ({ threshold }) => String(Number(of(threshold).toFixed(3))),
});

const SERVICES = everyMeasure<Service>({
  healthyHosts: { check: 'ready', range: () => '1:' },
  serverErrorPercent: above('errors'),
  errorBudgetBurn: { because: 'a check sees seconds; a budget burns over hours' },
  p99Seconds: above('latency', (seconds) => 1000 * seconds),
  p99SecondsWithinPlan: above('latency', (seconds) => 1000 * seconds),
  cpuPercent: above('cpu'),
  requestsPerMinute: { because: 'a check sees one instance; the rate of the fleet is a sum over all' },
  refusedPerMinute: above('refused'),
  otherReleases: { because: 'a check sees one instance; "predictions" tells when another package is served' },
  shadowDroppedPercent: { because: 'how a shadow fares Prometheus and CloudWatch tell' },
  memoryPercent: above('memory'),
  diskPercent: above('disk'),
  certificateDays: { check: 'certificate', range: ({ threshold }) => `${threshold}:` },
  dataDrift: { because: 'drift is a value for each column, which Prometheus and CloudWatch have' },
});

/** What stands in for an alarm that pages. */
const ENDPOINT_CHECKS = new Set<CheckName>(['predictions', 'latency', 'certificate']);

interface Ranges {
  readonly warning?: string;
  readonly critical?: string;
  /** That the ranges are of, the most important first. */
  readonly alarms: readonly PlannedAlarm[];
}

/** The tightest range wins where several alarms of one severity are about one check. */
function rangesOf(stage: WatchedStage, check: CheckName): Ranges {
  const alarms = split(stage, SERVICES).watched.filter(([, service]) => service.check === check);
  const tightest = (pages: boolean) =>
    alarms
      .filter(([{ severity }]) => severity.startsWith('page') === pages && severity !== 'note')
      .map(([alarm, service]) => service.range(alarm))
      .sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b))[0];
  const [warning, critical] = [tightest(false), tightest(true)];
  const beyond = critical !== undefined && Number.parseFloat(warning ?? '') > Number.parseFloat(critical);
  return {
    ...(warning !== undefined && !beyond && { warning }),
    ...(critical !== undefined && { critical }),
    alarms: alarms.map(([alarm]) => alarm),
  };
}

type Directives = Readonly<Record<string, string | number | undefined>>;

function define(kind: string, directives: Directives): string {
  const lines = Object.entries(directives)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${name.padEnd(24)}${value}`);
  return `define ${kind} {\n${lines.join('\n')}\n}\n`;
}

/** `;` begins a comment, `!` an argument. */
const plain = (text: string) => text.replaceAll(';', ',').replaceAll('!', '.');

const SUMMARY: Partial<Record<CheckName, string>> = {
  predictions: 'answers are those of the model',
  ready: 'the instance predicts',
};

function service(stage: WatchedStage, check: CheckName): string {
  const { warning, critical, alarms } = rangesOf(stage, check);
  const onEndpoint = ENDPOINT_CHECKS.has(check);
  const [first] = alarms;
  const ranges = [warning && `-w ${warning}`, critical && `-c ${critical}`].filter(Boolean).join(' ');
  // of these the check itself knows what is wrong
  const judged = check === 'predictions' || check === 'ready' ? '' : ranges;
  return define('service', {
    use: `slipway-${stage.name}-service`,
    ...(onEndpoint ? { host_name: stage.domainName } : { hostgroup_name: `slipway-${stage.name}-instances` }),
    service_description: `slipway ${check}`,
    display_name: SUMMARY[check] ?? first?.symptom,
    check_command: `slipway_${onEndpoint ? 'endpoint' : 'instance'}!${check}!${judged}`,
    notes: first && plain(`First: ${first.firstStep}`),
    notes_url: first && runbookLink(stage, first),
    ...(check === 'certificate' && { check_interval: 720, retry_interval: 60 }),
  });
}

export const nagiosUnwatched = (stage: WatchedStage) => split(stage, SERVICES).unwatched;

/** What hosts and services share: looked at all day, each minute, and told after three times. */
const WATCHED: Directives = {
  check_period: '24x7',
  notification_period: '24x7',
  check_interval: 1,
  retry_interval: 1,
  max_check_attempts: 3,
  contact_groups: 'admins',
};

export function nagiosFiles(stage: WatchedStage): Files {
  const { name, domainName, model, instances, keys } = stage;
  const group = `slipway-${name}-instances`;
  const checks = [
    ...new Set(['predictions' as const, ...split(stage, SERVICES).watched.map(([, { check }]) => check)]),
  ];
  const key = keys ? ' --key-file $USER3$' : '';
  const any = stage.plan.serviceLevel.backendTls ? ' --any-certificate' : '';
  const host = (directives: Directives) =>
    define('host', {
      ...WATCHED,
      ...directives,
    });
  const text = [
    `# ${madeBy(stage, 'nagios')}`,
    '# In resource.cfg: $USER2$ is the command slipway, e.g. /opt/credit/node_modules/.bin/slipway; $USER4$ the folder of',
    '# slipway.yaml, e.g. /opt/credit; with access control $USER3$ is the file with the API key.\n',
    define('command', {
      command_name: 'slipway_endpoint',
      command_line: `$USER2$ check $ARG1$ -u $_HOSTURL$ --model $USER4$/$_HOSTPACKAGE$ $ARG2$ -t 20${key}`,
    }),
    define('command', {
      command_name: 'slipway_instance',
      command_line: `$USER2$ check $ARG1$ -H $HOSTADDRESS$${any} $ARG2$ -t 20${key && `${key} --key-over-http`}`,
    }),
    define('service', {
      name: `slipway-${name}-service`,
      register: 0,
      ...WATCHED,
    }),
    host({
      host_name: domainName,
      alias: `${model.name}, ${name}`,
      address: stage.address,
      check_command: 'slipway_endpoint!certificate!',
      _URL: `https://${stage.address}`,
      _PACKAGE: model.folder,
    }),
    define('hostgroup', { hostgroup_name: group, alias: `instances of ${domainName}` }),
    ...instances.map((address) =>
      host({
        host_name: `${domainName} ${address}`,
        address,
        hostgroups: group,
        check_command: 'slipway_instance!ready!',
      }),
    ),
    // a service of a group without a member is refused
    ...checks
      .filter((check) => ENDPOINT_CHECKS.has(check) || instances.length > 0)
      .map((check) => service(stage, check)),
  ].join('\n');
  return { [`slipway-${name}.cfg`]: text };
}
