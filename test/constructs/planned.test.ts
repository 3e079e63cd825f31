/** An endpoint that is given its traffic plans by itself, as the same service level in slipway.yaml would. */
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ModelEndpoint } from '../../lib/constructs';
import type { UnplannedEndpointProps } from '../../lib/constructs/planned';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { sizingPlan } from '../../lib/sizing';
import { templateSnapshot } from '../../lib/snapshots';
import { EXAMPLE_MODEL } from '../example';
import { testingApp } from '../testing-app';
import { endpointStack, exampleProps } from './endpoint-template';

const TRAFFIC = { requestsPerSecond: 400, p99Ms: 40, availability: 'instance' } as const;

function templateOf(change: Partial<UnplannedEndpointProps>, stack = endpointStack()) {
  const props = { ...exampleProps(stack), traffic: TRAFFIC, ...change };
  return { endpoint: new ModelEndpoint(stack, 'Endpoint', props), stack };
}

test('the plan is that of the service level, with what the other properties cost', () => {
  const { endpoint, stack } = templateOf({ model: EXAMPLE_MODEL, access: { apiKeys: '/credit/keys' } });
  const model = readModelPackage(EXAMPLE_MODEL);
  const plan = sizingPlan({
    profile: readProfile(model),
    manifest: model.manifest,
    region: 'eu-west-1',
    serviceLevel: { ...TRAFFIC, rowsPerRequest: 1, accessControl: 'logged', hostedZone: true },
  });
  expect(endpoint.plan).toEqual(plan);

  const other = endpointStack();
  new ModelEndpoint(other, 'Endpoint', { ...exampleProps(other), access: { apiKeys: '/credit/keys' }, plan });
  expect(templateSnapshot(Template.fromStack(stack).toJSON())).toEqual(
    templateSnapshot(Template.fromStack(other).toJSON()),
  );
});

test('whom nobody notifies and who has a network pays for neither', () => {
  const stack = endpointStack();
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-12345678',
    availabilityZones: stack.availabilityZones,
    publicSubnetIds: ['subnet-1a', 'subnet-1b', 'subnet-1c'],
    privateSubnetIds: ['subnet-2a', 'subnet-2b', 'subnet-2c'],
  });
  const { plan } = templateOf({ notify: 'none', vpc }, stack).endpoint;
  expect(plan.serviceLevel).toMatchObject({ alarmTopic: false, egress: 'existing' });
  const items = plan.cost.lines.map(({ item }) => item);
  expect(items).toContain('load balancer');
  for (const item of items) expect(item).not.toMatch(/endpoints|alarm topic/);
});

test('a stack for any region has no prices', () => {
  const stack = new Stack(testingApp(), 'Anywhere');
  expect(() => templateOf({}, stack)).toThrow(/those of a region.*env: \{ region/);
});

test('a package of a registry that is not fetched is told', () => {
  const model = `s3://models-of-ours/credit@sha256:${'0'.repeat(64)}`;
  expect(() => templateOf({ model })).toThrow(`is not fetched yet: run "npx slipway pull ${model}"`);
});

test('neither traffic nor a plan is told', () => {
  const stack = endpointStack();
  const props = exampleProps(stack) as unknown as UnplannedEndpointProps;
  expect(() => new ModelEndpoint(stack, 'Endpoint', props)).toThrow('neither plan nor traffic');
});

test('an alarm of your own is told where those of the endpoint are', () => {
  const { endpoint, stack } = templateOf({});
  const metric = new Metric({ namespace: 'Claims', metricName: 'Refused' });
  endpoint.addAlarm(new Alarm(stack, 'Refused', { metric, threshold: 1, evaluationPeriods: 1 }));
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'Refused',
    AlarmActions: [{ Ref: stack.getLogicalId(endpoint.topic!.node.defaultChild as never) }],
  });
  const silent = templateOf({ notify: 'none' });
  const alarm = new Alarm(silent.stack, 'Refused', { metric, threshold: 1, evaluationPeriods: 1 });
  expect(() => silent.endpoint.addAlarm(alarm)).toThrow("notify: 'none'");
});
