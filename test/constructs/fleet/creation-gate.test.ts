import type { Template } from 'aws-cdk-lib/assertions';
import { endpointTemplate, userDataOf } from '../endpoint-template';
import { groupPlan, singlePlan } from '../example-plan';

const gateOf = (template: Template) => {
  const [[id, { Properties, DependsOn }]] = Object.entries(
    template.findResources('AWS::CloudFormation::WaitCondition'),
  ) as [[string, { Properties: Record<string, unknown>; DependsOn: string[] }]];
  return { id, Properties, DependsOn };
};

const gateOfPlan = (plan: typeof singlePlan) => gateOf(endpointTemplate({ plan }).template);

test('the creation of a stack waits for an instance, as long as the plan gives it', () => {
  const { template } = endpointTemplate({ plan: groupPlan });
  const [handle] = Object.keys(template.findResources('AWS::CloudFormation::WaitConditionHandle'));
  const [group] = Object.keys(template.findResources('AWS::AutoScaling::AutoScalingGroup'));
  const { Properties, DependsOn } = gateOf(template);
  expect(Properties).toEqual({ Count: 1, Handle: { Ref: handle }, Timeout: '600' });
  expect(DependsOn).toContain(group);
});

test('an instance signals to the URL of its handle, and needs no permission and no service for it', () => {
  const { template } = endpointTemplate({ plan: singlePlan });
  const { Properties } = gateOf(template);
  expect(userDataOf(template)).toContain(`--data-binary @- '${JSON.stringify(Properties.Handle)}'`);
  const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.includes('Fleet'));
  expect(policies).toHaveLength(1);
  expect(JSON.stringify(policies)).not.toMatch(/cloudformation/i);
});

test('what CloudFormation refuses to change never changes, however many instances there are', () => {
  const one = gateOfPlan(singlePlan);
  const many = gateOfPlan({ ...singlePlan, instances: { minimum: 7, desired: 7, maximum: 9 } });
  expect(many).toEqual(one);
});

test('another patience is another wait condition with a handle of its own, to which new instances signal', () => {
  const before = gateOfPlan(singlePlan);
  const after = gateOfPlan({ ...singlePlan, bootTimeoutSeconds: 900 });
  expect(after.Properties.Timeout).toBe('900');
  expect(after.id).not.toBe(before.id);
  expect(after.Properties.Handle).not.toEqual(before.Properties.Handle);
});
