import { runInNewContext } from 'node:vm';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { LET_GO } from '../../../lib/constructs/fleet/warm-pool';
import { bootOf, endpointTemplate } from '../endpoint-template';
import { groupPlan } from '../example-plan';

const warmPool = { prepared: 7, stopped: 4, startSeconds: 90, launchSeconds: 180 };
const { template } = endpointTemplate({ plan: { ...groupPlan, warmPool } });

const only = (type: string, of: Template = template) => {
  const found = Object.entries(of.findResources(type));
  expect(found).toHaveLength(1);
  return { id: found[0]![0], ...(found[0]![1] as { Properties: Record<string, unknown>; DependsOn?: string[] }) };
};

test('a group keeps as many instances as it has at its peak, stopped or running, and takes back what it does not need', () => {
  const group = only('AWS::AutoScaling::AutoScalingGroup');
  const pool = only('AWS::AutoScaling::WarmPool');
  expect(pool.Properties).toEqual({
    AutoScalingGroupName: { Ref: group.id },
    PoolState: 'Stopped',
    MinSize: 0,
    MaxGroupPreparedCapacity: 7, // and not as many as the group may have
    InstanceReusePolicy: { ReuseOnScaleIn: true },
  });
  expect(group).toMatchObject({ UpdatePolicy: { AutoScalingInstanceRefresh: {} } }); // which replaces those of a pool, too
});

test('a hook holds an instance for as long as a boot may take, and is there before the pool', () => {
  const hook = only('AWS::AutoScaling::LifecycleHook');
  expect(hook.Properties).toMatchObject({
    LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
    HeartbeatTimeout: groupPlan.bootTimeoutSeconds,
    DefaultResult: 'CONTINUE',
  });
  expect(only('AWS::AutoScaling::WarmPool').DependsOn).toContain(hook.id);
});

test('instances on their way into service are let go at once, by a rule that is there before the hook', () => {
  const group = only('AWS::AutoScaling::AutoScalingGroup');
  const rule = only('AWS::Events::Rule');
  expect(rule.Properties.EventPattern).toEqual({
    source: ['aws.autoscaling'],
    'detail-type': ['EC2 Instance-launch Lifecycle Action'],
    detail: { AutoScalingGroupName: [{ Ref: group.id }], Destination: ['AutoScalingGroup'] },
  });
  const permission = only('AWS::Lambda::Permission');
  expect(only('AWS::AutoScaling::LifecycleHook').DependsOn).toEqual(expect.arrayContaining([rule.id, permission.id]));
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).map((policy) => JSON.stringify(policy));
  const letting = policies.filter((policy) => policy.includes('CompleteLifecycleAction'));
  expect(letting).toHaveLength(1);
  expect(letting[0]).toContain(`autoScalingGroupName/",{"Ref":"${group.id}"}`);
});

test('the function answers the hook that it is told of, by its token', async () => {
  const sent: unknown[] = [];
  const exports: { handler?: (event: object) => Promise<unknown> } = {};
  class AutoScalingClient {
    async send(command: { readonly input: unknown }) {
      sent.push(command.input);
    }
  }
  class CompleteLifecycleActionCommand {
    constructor(readonly input: unknown) {}
  }
  runInNewContext(LET_GO, { exports, require: () => ({ AutoScalingClient, CompleteLifecycleActionCommand }) });
  const detail = { AutoScalingGroupName: 'group', LifecycleHookName: 'hook', LifecycleActionToken: 'token' };
  await exports.handler!({ detail: { ...detail, EC2InstanceId: 'i-1', Origin: 'WarmPool' } });
  expect(sent).toEqual([{ ...detail, LifecycleActionResult: 'CONTINUE' }]);
  expect(LET_GO.length).toBeLessThan(4096); // AWS::Lambda::Function Code, ZipFile
});

test('what is stopped is not taken for what is missing: alarms look at instances in service', () => {
  template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MetricsCollection: Match.anyValue() });
  const metrics = JSON.stringify(template.findResources('AWS::CloudWatch::Alarm')).match(
    /Group\w+Instances|WarmPool\w+/g,
  );
  expect(new Set(metrics)).toEqual(new Set(['GroupInServiceInstances']));
});

test('only a boot that may be for a pool asks where it is bound for', () => {
  expect(bootOf(template)).toContain('if pooled; then');
  const without = endpointTemplate({ plan: groupPlan }).template;
  expect(bootOf(without)).not.toContain('pooled');
  for (const type of ['WarmPool', 'LifecycleHook']) without.resourceCountIs(`AWS::AutoScaling::${type}`, 0);
});
