import { Match, type Template } from 'aws-cdk-lib/assertions';
import type { Alarm, CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { metricsOf, plannedAlarms } from '../../../lib/sizing/alarms/planned-alarms';
import { bootOf, endpointTemplate } from '../endpoint-template';
import { exampleModel, groupPlan, joiningPlan, singlePlan } from '../example-plan';

const group = endpointTemplate({ plan: groupPlan }).template;
const single = endpointTemplate({ plan: singlePlan }).template;
const watchedModel = { ...exampleModel, training: { rows: 1000, columns: [] } };

function alarm(template: Template, id: string): Record<string, unknown> {
  const found = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).filter(([logicalId]) =>
    new RegExp(`^EndpointAlarms${id}[0-9A-F]{8}$`).test(logicalId),
  );
  expect(found).toHaveLength(1);
  return found[0]![1].Properties;
}

test.each([
  ['Cpu', { Threshold: 81, MetricName: 'CPUUtilization', ComparisonOperator: 'GreaterThanThreshold' }],
  ['Memory', { Threshold: 82, MetricName: 'MemoryUtilization', Namespace: 'Slipway', Statistic: 'Maximum' }],
  ['Disk', { Threshold: 83, MetricName: 'DiskUtilization', Namespace: 'Slipway', Statistic: 'Maximum' }],
  ['Latency', { Threshold: 0.14, DatapointsToAlarm: 3, EvaluationPeriods: 5 }],
  ['Prediction', { Threshold: 0.028, DatapointsToAlarm: 12, EvaluationPeriods: 15 }],
  ['ServerErrors', { Threshold: 2, DatapointsToAlarm: 3, TreatMissingData: 'notBreaching' }],
  ['UnhealthyHosts', { Threshold: 3, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'ignore' }],
  ['CertificateExpiry', { Threshold: 30, ComparisonOperator: 'LessThanThreshold' }],
])('%s alarms at the threshold of the plan', (id, expected) => expect(alarm(group, id)).toMatchObject(expected));

test('a single VM is down when it is not healthy', () => {
  expect(alarm(single, 'UnhealthyHosts')).toMatchObject({ Threshold: 1 });
});

test('CPU is the mean of the group', () => {
  const name = (template: Template) => (alarm(template, 'Cpu').Dimensions as { Name: string }[])[0]!.Name;
  expect(name(group)).toBe('AutoScalingGroupName');
  expect(name(single)).toBe('AutoScalingGroupName');
});

test('where requests are joined too many of them alarm, and busy processors do not', () => {
  const joining = endpointTemplate({ plan: joiningPlan });
  expect(alarm(joining.template, 'Overload')).toMatchObject({
    Threshold: 740 * 60,
    Metrics: [{ MetricStat: { Metric: { MetricName: 'RequestCount' }, Stat: 'Sum', Period: 60 } }],
    ComparisonOperator: 'GreaterThanThreshold',
  });
  expect(joining.endpoint.alarms.get('Cpu')).toBeUndefined();
  joining.template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName: 'CPUUtilization' }, 0);
});

test('every alarm says what it means, what to do first, and where the runbook is', () => {
  for (const { Properties } of Object.values(single.findResources('AWS::CloudWatch::Alarm'))) {
    expect(Properties.AlarmDescription).toMatch(/\. First step: .*\. docs\/runbook\.md#[a-z0-9-]+$/);
    expect(Properties.AlarmDescription.length).toBeLessThanOrEqual(1024);
  }
});

test('every alarm has a name that a person can read in the subject of a mail', () => {
  const names = Object.values(group.findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties.AlarmName as string,
  );
  expect(names).toContain('breast-cancer: no healthy instance (credit.example.com)');
  expect(new Set(names).size).toBe(names.length);
});

test.each([
  ['a group', { plan: groupPlan }],
  ['a VM', { plan: singlePlan }],
  ['joined requests', { plan: joiningPlan }],
  ['a package that knows its training rows', { plan: singlePlan, model: watchedModel }],
])('the template has the alarms of the table and no other: %s', (_, props) => {
  const { template, stack, endpoint } = endpointTemplate(props);
  const planned = plannedAlarms(props.plan, 'model' in props);
  const idOf = (alarm: Alarm) => stack.getLogicalId(alarm.node.defaultChild as CfnAlarm);
  const alarms = template.findResources('AWS::CloudWatch::Alarm');
  expect(endpoint.alarms.all().map(idOf).sort()).toEqual(Object.keys(alarms).sort());
  expect(endpoint.alarms.all()).toHaveLength(planned.length + planned.filter((entry) => entry.alsoMinutes).length);
  for (const { name, measure, minutes } of planned) {
    const { Metrics = [], Period } = alarms[idOf(endpoint.alarms.get(name)!)]!.Properties as {
      Metrics?: { MetricStat?: { Period: number } }[];
      Period?: number;
    };
    const watched = Metrics.flatMap(({ MetricStat }) => MetricStat?.Period ?? []);
    expect(watched.length > 0 ? watched : [Period]).toEqual(
      Array(metricsOf({ measure }, props.plan.zones)).fill(60 * minutes),
    );
  }
});

const topicOf = (template: Template) => ({ Ref: Object.keys(template.findResources('AWS::SNS::Topic'))[0] });

test('what only informs tells the topic by itself, and of what pages the one alarm that is composed of it', () => {
  const told = Object.entries(group.findResources('AWS::CloudWatch::Alarm')).filter(
    ([, { Properties }]) => Properties.AlarmActions !== undefined,
  );
  const informing = plannedAlarms(groupPlan, false).filter(({ severity }) => severity === 'inform');
  expect(told.map(([id]) => id.replace(/^EndpointAlarms(.*)[0-9A-F]{8}$/, '$1')).sort()).toEqual(
    informing.map(({ name }) => name).sort(),
  );
  const [page, ...others] = Object.values(group.findResources('AWS::CloudWatch::CompositeAlarm'));
  expect(others).toEqual([]);
  for (const { Properties } of [page!, ...told.map(([, alarm]) => alarm)]) {
    expect(Properties.AlarmActions).toEqual([topicOf(group)]);
  }
  expect(page!.Properties.OKActions).toEqual([topicOf(group)]); // closes an incident
  for (const [, { Properties }] of told) expect(Properties.OKActions).toBeUndefined();
});

/** Whether the alarm that pages is on, while these alarms are. */
function paged(template: Template, ...on: string[]): boolean {
  const [page] = Object.values(template.findResources('AWS::CloudWatch::CompositeAlarm'));
  const parts = page!.Properties.AlarmRule['Fn::Join'][1] as (string | { 'Fn::GetAtt': [string, string] })[];
  const rule = parts
    .map((part) => (typeof part === 'string' ? part : part['Fn::GetAtt'][0].replace(/^EndpointAlarms(.*).{8}$/, '$1')))
    .join('');
  const states = rule.replaceAll(/ALARM\("(\w+)"\)/g, (_, name: string) => String(on.includes(name)));
  const script = states.replaceAll(' AND ', ' && ').replaceAll(' OR ', ' || ').replaceAll('NOT ', '!');
  expect(script).toMatch(/^(true|false|[()! ]|&&|\|\|)+$/);
  return new Function(`return ${script}`)() as boolean;
}

test.each([
  [false],
  [true, 'NoHealthyHost'],
  [true, 'NoHealthyHost', 'Deploying'],
  [true, 'Latency'],
  [false, 'Latency', 'Deploying'],
  [true, 'Latency', 'Deploying', 'DeploymentHangs'],
  [false, 'Deploying', 'DeploymentHangs'],
  [false, 'ErrorBudgetFast'],
  [false, 'ErrorBudgetFastNow'],
  [true, 'ErrorBudgetFast', 'ErrorBudgetFastNow'],
  [false, 'ErrorBudgetFast', 'ErrorBudgetFastNow', 'Deploying'],
  [false, 'ErrorBudgetFast', 'ErrorBudgetSlowNow'],
  [true, 'ErrorBudgetSlow', 'ErrorBudgetSlowNow'],
  [false, 'ServerErrors', 'Memory', 'UnhealthyHosts', 'ErrorBudgetSteady'],
])('pages: %s, while on are %s %s %s', (expected, ...on) => expect(paged(group, ...(on as string[]))).toBe(expected));

test('alarms are made when there are instances to watch, so that a first deployment tells of none', () => {
  // the group is there before its first instance has booted: only the signal of that one says that there is something to watch
  const [ready] = Object.keys(group.findResources('AWS::CloudFormation::WaitCondition'));
  const early = Object.entries(group.findResources('AWS::CloudWatch::Alarm')).filter(
    ([, { DependsOn = [] }]) => !DependsOn.includes(ready),
  );
  // by these the group itself is watched while it is updated
  expect(early.map(([alarmId]) => alarmId.replace(/^EndpointAlarms(.*).{8}$/, '$1')).sort()).toEqual([
    'BootFailures',
    'Latency',
    'Prediction',
    'ServerErrors',
    'UnhealthyHosts',
  ]);
  // without a target there are no datapoints, and that alone is no alarm yet
  expect(alarm(group, 'UnhealthyHosts').TreatMissingData).toBe('ignore');
});

test('an old machine image alarms, as the instances tell once a day', () => {
  expect(alarm(group, 'ImageAge')).toMatchObject({
    Namespace: 'Slipway',
    MetricName: 'ImageAge',
    Dimensions: [{ Name: 'Endpoint', Value: 'credit.example.com' }],
    Statistic: 'Maximum',
    Period: 24 * 3600,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 60,
    TreatMissingData: 'ignore',
  });
});

test('an empty zone alarms by what instances tell of themselves, and where nobody is told they tell nothing', () => {
  const zoned = { ...groupPlan, serviceLevel: { ...groupPlan.serviceLevel, availability: 'zone' as const } };
  const { template } = endpointTemplate({ plan: zoned });
  const { Metrics } = alarm(template, 'EmptyZone') as { Metrics: { MetricStat?: { Metric: object; Stat: string } }[] };
  const watched = Metrics.flatMap(({ MetricStat }) => MetricStat ?? []);
  expect(watched).toHaveLength(zoned.zones);
  for (const { Metric, Stat } of watched) {
    expect(Stat).toBe('SampleCount');
    expect(Metric).toMatchObject({
      Namespace: 'Slipway',
      MetricName: 'MemoryUtilization',
      Dimensions: [{ Name: 'AvailabilityZone' }, { Name: 'Endpoint', Value: 'credit.example.com' }],
    });
  }
  expect(bootOf(template)).toContain('Environment="SLIPWAY_BY_ZONE=yes"');
  expect(bootOf(single)).not.toContain('SLIPWAY_BY_ZONE');
  const lean = { ...zoned, serviceLevel: { ...zoned.serviceLevel, leanMonitoring: true } };
  expect(bootOf(endpointTemplate({ plan: lean }).template)).not.toContain('SLIPWAY_BY_ZONE');
});

test('p99 of a few requests is no reason to alarm', () => {
  expect(alarm(group, 'Latency')).toMatchObject({ EvaluateLowSampleCountPercentile: 'ignore' });
  const { Metrics } = alarm(group, 'Prediction') as { Metrics: { Expression?: string }[] };
  const expression = Metrics.find(({ Expression }) => Expression)?.Expression;
  expect(expression).toBe('IF(requests >= 20 AND requests <= 24000, p99, 0)'); // 400 a second
});

test('the topic is encrypted by a key that CloudWatch may use, refuses plain HTTP, and sends e-mail', () => {
  group.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
  group.hasResourceProperties('AWS::KMS::Key', {
    EnableKeyRotation: true,
    KeyPolicy: {
      Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'cloudwatch.amazonaws.com' } })]),
    },
  });
  group.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]),
    },
  });
  group.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@example.com' });
});

test('nobody is told when that is said, and the alarms stay', () => {
  const { template, endpoint } = endpointTemplate({ plan: singlePlan, notify: 'none' });
  expect(endpoint.topic).toBeUndefined();
  template.resourceCountIs('AWS::SNS::Topic', 0);
  expect(alarm(template, 'Latency').AlarmActions).toBeUndefined();
});

test('there is a dashboard with every alarm, and a line of the plan in every graph', () => {
  const [dashboard] = Object.values(group.findResources('AWS::CloudWatch::Dashboard'));
  const parts = dashboard!.Properties.DashboardBody['Fn::Join'][1] as (string | Record<string, string[]>)[];
  const body = parts.map((part) => (typeof part === 'string' ? part : Object.values(part).flat().join('.'))).join('');
  const { widgets } = JSON.parse(body) as {
    widgets: { type: string; properties: { alarms?: string[]; annotations?: { horizontal: { label: string }[] } } }[];
  };
  const [status, ...graphs] = widgets;
  const alarms = Object.keys(group.findResources('AWS::CloudWatch::Alarm'));
  expect(status!.properties.alarms!.map((arn) => arn.replace(/\.Arn$/, '')).sort()).toEqual(
    [...alarms, ...Object.keys(group.findResources('AWS::CloudWatch::CompositeAlarm'))].sort(),
  );
  expect(graphs).toHaveLength(12);
  for (const { properties } of graphs) expect(properties.annotations?.horizontal.length).toBeGreaterThan(0);
  expect(body).toContain('planned peak');
});

test('releases are told apart on the dashboard and by the alarm, and are what the instances are told', () => {
  const { endpoint, template } = endpointTemplate({ plan: groupPlan });
  const { release } = endpoint.fleet;
  expect(release).toMatch(/^[0-9a-f]{8}-[0-9a-f]{8}$/);
  expect(release.startsWith(exampleModel.manifest.model.sha256.slice(0, 8))).toBe(true);
  expect(bootOf(template)).toContain(`SLIPWAY_RELEASE=${release}`);
  expect(JSON.stringify(alarm(template, 'Deploying'))).toContain(`{"Name":"Release","Value":"${release}"}`);
});

test('another setting is another release, and the same one is the same', () => {
  const releaseOf = (plan: typeof groupPlan) => endpointTemplate({ plan }).endpoint.fleet.release;
  expect(releaseOf(groupPlan)).toBe(releaseOf({ ...groupPlan, zones: 2 }));
  expect(releaseOf(groupPlan)).not.toBe(releaseOf({ ...groupPlan, queueRows: 5 }));
});

test('drift is watched where the package knows the rows of training, and nowhere else', () => {
  const { template } = endpointTemplate({ plan: singlePlan, model: watchedModel });
  expect(alarm(template, 'DataDrift')).toMatchObject({
    Threshold: 0.25,
    MetricName: 'DataDrift',
    Namespace: 'Slipway',
  });
  const drift = Object.keys(single.findResources('AWS::CloudWatch::Alarm')).filter((id) => id.includes('DataDrift'));
  expect(drift).toEqual([]);
});

test('where monitoring is lean nothing only informs, and neither dashboard nor key is paid for', () => {
  const plan = { ...groupPlan, serviceLevel: { ...groupPlan.serviceLevel, leanMonitoring: true } };
  const { template, endpoint } = endpointTemplate({ plan });
  expect(endpoint.dashboard).toBeUndefined();
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  template.resourceCountIs('AWS::KMS::Key', 0);
  template.resourceCountIs('AWS::SNS::Topic', 1);
  template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
    LaunchTemplateData: Match.objectLike({ Monitoring: { Enabled: false } }),
  });
  expect(paged(template, 'Latency')).toBe(true);
});
