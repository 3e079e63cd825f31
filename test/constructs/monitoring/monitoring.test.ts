import { Match, type Template } from 'aws-cdk-lib/assertions';
import type { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { MEASURES, plannedAlarms } from '../../../lib/sizing/alarms';
import { endpointTemplate } from '../endpoint-template';
import { exampleModel, groupPlan, joiningPlan, singlePlan } from '../example-plan';

const group = endpointTemplate({ plan: groupPlan }).template;
const single = endpointTemplate({ plan: singlePlan }).template;
const watchedModel = { ...exampleModel, training: { rows: 1000, columns: [] } };

function alarm(template: Template, id: string): Record<string, unknown> {
  const found = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).filter(([logicalId]) =>
    logicalId.startsWith(`EndpointAlarms${id}`),
  );
  expect(found).toHaveLength(1);
  return found[0]![1].Properties;
}

test.each([
  ['Cpu', { Threshold: 81, MetricName: 'CPUUtilization', ComparisonOperator: 'GreaterThanThreshold' }],
  ['Memory', { Threshold: 82, MetricName: 'mem_used_percent', Namespace: 'Slipway', Statistic: 'Maximum' }],
  ['Disk', { Threshold: 83, MetricName: 'disk_used_percent', Namespace: 'Slipway', Statistic: 'Maximum' }],
  ['Latency', { Threshold: 0.14, DatapointsToAlarm: 3, EvaluationPeriods: 5 }],
  ['Prediction', { Threshold: 0.028, DatapointsToAlarm: 12, EvaluationPeriods: 15 }],
  ['ServerErrors', { Threshold: 2, DatapointsToAlarm: 3, TreatMissingData: 'notBreaching' }],
  ['UnhealthyHosts', { Threshold: 3, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' }],
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

test('every alarm says what it means and what to do first', () => {
  for (const { Properties } of Object.values(single.findResources('AWS::CloudWatch::Alarm'))) {
    expect(Properties.AlarmDescription).toMatch(/\. First step: .*\.$/);
    expect(Properties.AlarmDescription.length).toBeLessThanOrEqual(1024);
  }
});

test.each([
  ['a group', { plan: groupPlan }],
  ['a VM', { plan: singlePlan }],
  ['joined requests', { plan: joiningPlan }],
  ['a package that knows its training rows', { plan: singlePlan, model: watchedModel }],
])('the template has the alarms of the table and no other: %s', (_, props) => {
  const { template, stack, endpoint } = endpointTemplate(props);
  const planned = plannedAlarms(props.plan, 'model' in props);
  expect(endpoint.alarms.all()).toEqual(planned.map(({ name }) => endpoint.alarms.get(name)));
  const ids = endpoint.alarms.all().map((alarm) => stack.getLogicalId(alarm.node.defaultChild as CfnAlarm));
  const alarms = template.findResources('AWS::CloudWatch::Alarm');
  expect([...ids].sort()).toEqual(Object.keys(alarms).sort());
  for (const [i, { measure }] of planned.entries()) {
    const { Metrics = [], Period } = alarms[ids[i]!]!.Properties as {
      Metrics?: { MetricStat?: { Period: number } }[];
      Period?: number;
    };
    const watched = Metrics.flatMap(({ MetricStat }) => MetricStat?.Period ?? []);
    const { metrics, minutes } = MEASURES[measure];
    expect(watched.length > 0 ? watched : [Period]).toEqual(Array(metrics).fill(60 * minutes));
  }
});

test.each([
  ['group', group],
  ['single VM', single],
])('every alarm of a %s tells the topic, at its start and its end', (_, template) => {
  const topic = { Ref: Object.keys(template.findResources('AWS::SNS::Topic'))[0] };
  for (const { Properties } of Object.values(template.findResources('AWS::CloudWatch::Alarm'))) {
    expect(Properties.AlarmActions).toEqual([topic]);
    expect(Properties.OKActions).toEqual([topic]);
  }
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

test('there is a dashboard with every alarm', () => {
  const [dashboard] = Object.values(group.findResources('AWS::CloudWatch::Dashboard'));
  const body = JSON.stringify(dashboard!.Properties.DashboardBody);
  for (const id of Object.keys(group.findResources('AWS::CloudWatch::Alarm'))) expect(body).toContain(id);
  expect(body).toContain('planned peak');
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
