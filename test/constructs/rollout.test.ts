import type { Template } from 'aws-cdk-lib/assertions';
import type { ModelEndpointProps } from '../../lib/constructs/model-endpoint';
import type { Judged } from '../../lib/model/stage/deployment';
import { endpointTemplate } from './endpoint-template';
import { groupPlan, singlePlan } from './example-plan';

interface Resource {
  readonly Type: string;
  readonly DependsOn?: readonly string[];
  readonly Properties: Record<string, unknown>;
}

const resourcesOf = (template: Template) => template.toJSON().Resources as Record<string, Resource>;
const ofTask = (template: Template, ...tasks: string[]) =>
  (Object.values(template.findResources('Custom::SlipwayJudgement')) as Resource[]).filter(({ Properties }) =>
    tasks.includes(Properties.Task as string),
  );
const judgements = (template: Template) => ofTask(template, 'verify', 'canary');

/** With every reference in its place as `*`. */
function settingsOf({ Properties: { Settings } }: Resource): Judged {
  const parts = (Settings as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : '*')).join(''));
}

/** Planned with the same rollout. */
const made = ({ plan = groupPlan, rollout, ...props }: Partial<ModelEndpointProps> = {}) =>
  endpointTemplate({
    ...props,
    ...(rollout && { rollout }),
    plan: { ...plan, serviceLevel: { ...plan.serviceLevel, rollout } },
  }).template;

test('the function knows that it is no named caller', () => {
  expect(settingsOf(judgements(made())[0]!).limited).toBeUndefined();
  expect(settingsOf(judgements(made({ allowFrom: ['203.0.113.0/24'] }))[0]!).limited).toBe(true);
});

test('a deployment is judged by a function on arm64, when the fleet and the way to it are there', () => {
  const template = made();
  template.hasResourceProperties('AWS::Lambda::Function', {
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Handler: 'function.handler',
    Timeout: 840,
  });
  const [judgement, ...others] = judgements(template);
  expect(others).toEqual([]);
  const types = judgement!.DependsOn!.map((id) => resourcesOf(template)[id]!.Type);
  expect(types).toEqual(
    expect.arrayContaining([
      'AWS::AutoScaling::AutoScalingGroup',
      'AWS::ElasticLoadBalancingV2::Listener',
      'AWS::Route53::RecordSet',
    ]),
  );
  expect(Number(judgement!.Properties.ServiceTimeout)).toBeLessThanOrEqual(3600);
});

test('it is judged again when the launch template or the size of the group changes, and not for anything else', () => {
  const of = (props: Partial<ModelEndpointProps>) => JSON.stringify(judgements(made(props))[0]!.Properties);
  const usual = of({});
  expect(usual).toContain('LatestVersionNumber');
  expect(of({ notify: 'none' })).toBe(usual);
  const { instances } = groupPlan;
  expect(of({ plan: { ...groupPlan, instances: { ...instances, maximum: instances.maximum + 1 } } })).not.toBe(usual);
});

test('what is kept is named when the deployment has been judged, and its replacement keeps the old one', () => {
  const template = made({ protect: true });
  const resources = resourcesOf(template);
  const [protecting] = ofTask(template, 'protect');
  const { on, kept } = settingsOf(protecting!) as unknown as { on: boolean; kept: string[] };
  expect(on).toBe(true);
  expect(kept.map((id) => resources[id]!.Type).sort()).toEqual([
    'AWS::CertificateManager::Certificate',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    'AWS::Logs::LogGroup',
    'AWS::Route53::RecordSet',
    'AWS::S3::Bucket',
  ]);
  for (const id of kept) expect(resources[id]).toMatchObject({ UpdateReplacePolicy: 'Retain' });
  const waitsFor = protecting!.DependsOn!.map((id) => resources[id]!.Properties.Task);
  expect(waitsFor).toContain('verify');
});

test('without protection it is taken away by the same resource, whose function may still do so', () => {
  const template = made();
  expect(settingsOf(ofTask(template, 'protect')[0]!)).toMatchObject({ on: false });
  const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
  expect(policies).toContain('"elasticloadbalancing:ModifyLoadBalancerAttributes"');
  expect(policies).toContain('"cloudformation:SetStackPolicy"');
});

test('without a record it connects to the load balancer', () => {
  expect(settingsOf(judgements(made())[0]!)).not.toHaveProperty('connectTo');
  const { template } = endpointTemplate({ plan: singlePlan });
  expect(settingsOf(judgements(template)[0]!)).toMatchObject({ url: 'https://credit.example.com', closed: false });
});

test('p99 may be what the service level or the prediction allows, whichever is more', () => {
  const plan = { ...groupPlan, alarms: { ...groupPlan.alarms, predictedP99Ms: 10_000 } };
  expect(settingsOf(judgements(made({ plan }))[0]!).p99Ms).toBe(10_000);
});

describe('with access control', () => {
  const access = {
    apiKeys: '/slipway/keys',
    deploymentKey: '/slipway/deployment',
    encryptionKey: 'arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555',
  };

  test('the function reads its key and nothing else, and no instance does', () => {
    const template = made({ access });
    const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
    const text = (name: string) => JSON.stringify(policies.filter(([id]) => id.includes(name)));
    expect(text('Verification')).toContain(':parameter/slipway/deployment"');
    expect(text('Verification')).not.toContain('/slipway/keys');
    expect(text('Fleet')).toContain('/slipway/keys');
    expect(text('Fleet')).not.toContain('/slipway/deployment');
    expect(settingsOf(judgements(template)[0]!)).toMatchObject({ closed: true, deploymentKey: '/slipway/deployment' });
  });

  test('its permissions name each resource', () => {
    const policies = Object.entries(made({ access }).findResources('AWS::IAM::Policy'));
    const [, policy] = policies.find(([id]) => id.includes('Verification'))!;
    const { Statement } = (policy as Resource).Properties.PolicyDocument as { Statement: { Resource: unknown }[] };
    expect(Statement).toHaveLength(5);
    expect(Statement.map(({ Resource }) => Resource)).not.toContain('*');
  });

  test('a key of deployments without keys is a mistake', () => {
    const jwt = { issuer: 'https://login.example.com/', audience: 'a', keySet: '/slipway/set' };
    expect(() => made({ access: { jwt, deploymentKey: '/slipway/deployment' } })).toThrow(
      expect.objectContaining({ problems: [expect.stringMatching(/^access.deploymentKey needs access.apiKeys/)] }),
    );
  });
});

describe('a canary', () => {
  const rollout = { shares: [5], holdSeconds: 600 };
  const template = made({ rollout });
  const resources = resourcesOf(template);
  const idOf = (type: string, part: string) =>
    Object.keys(resources).find((id) => resources[id]!.Type === type && id.includes(part))!;
  const canaryGroup = idOf('AWS::AutoScaling::AutoScalingGroup', 'Canary');
  const mainGroup = idOf('AWS::AutoScaling::AutoScalingGroup', 'Fleet');

  test('has no instances and no requests but while a package is tried', () => {
    expect(resources[canaryGroup]!.Properties).toMatchObject({ MinSize: '0', DesiredCapacity: '0', MaxSize: '1' });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      DefaultActions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: { Ref: idOf('AWS::ElasticLoadBalancingV2::TargetGroup', 'FrontDoor') }, Weight: 100 },
              { TargetGroupArn: { Ref: idOf('AWS::ElasticLoadBalancingV2::TargetGroup', 'Canary') }, Weight: 0 },
            ],
          },
        },
      ],
    });
  });

  test('starts what the main group will start', () => {
    expect(resources[canaryGroup]!.Properties.LaunchTemplate).toEqual(resources[mainGroup]!.Properties.LaunchTemplate);
  });

  test('is through before the main group changes, which is judged after that', () => {
    const steps = Object.keys(resources).filter((id) => resources[id]!.Properties?.Task === 'canary');
    const last = steps.find((id) => resources[id]!.Properties.Last === 'true')!;
    expect(resources[mainGroup]!.DependsOn).toContain(last);
    for (const step of steps) expect(resources[step]!.DependsOn).toContain(canaryGroup);
    for (const step of steps) expect(JSON.stringify(resources[step])).not.toContain(mainGroup);
    const verified = Object.values(resources).find(({ Properties }) => Properties?.Task === 'verify')!;
    expect(verified.DependsOn).toContain(mainGroup);
    expect(JSON.stringify(verified.Properties)).toContain(mainGroup);
  });

  test('has steps enough for the longest boot and the time that was asked for, one after the other', () => {
    const steps = Object.values(resources).filter(({ Properties }) => Properties?.Task === 'canary');
    const work = (groupPlan.bootTimeoutSeconds + 600 + 120) / (720 - 30);
    expect(steps).toHaveLength(Math.ceil(work));
    expect(steps.filter(({ Properties }) => Properties.From === undefined)).toHaveLength(1);
    expect(steps.filter(({ Properties }) => Properties.Last === 'true')).toHaveLength(1);
  });

  test('may change its own group, its listener and its alarm', () => {
    const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
    expect(policies).toContain(`autoScalingGroupName/"`.slice(0, -1));
    for (const action of ['ModifyListener', 'SetDesiredCapacity', 'SetAlarmState']) expect(policies).toContain(action);
    const wide = Object.values(template.findResources('AWS::IAM::Policy')).flatMap((policy) =>
      (policy.Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[]).filter(
        ({ Resource }) => Resource === '*',
      ),
    );
    for (const { Action } of wide) {
      for (const action of [Action].flat()) expect(action).toMatch(/:(Describe|Get|PutMetricData)/);
    }
  });

  test('golden rows reach it by a header whose value nobody outside knows', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Priority: 1,
      Conditions: [
        {
          Field: 'http-header',
          HttpHeaderConfig: {
            HttpHeaderName: 'x-slipway-variant',
            Values: [{ 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }],
          },
        },
      ],
    });
  });

  test('of all requests has room for all of the main group', () => {
    const wide = made({ rollout: { shares: [50, 100], holdSeconds: 600 } });
    wide.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      MinSize: '0',
      MaxSize: String(groupPlan.instances.maximum),
    });
  });

  test('that would take longer than anybody waits is refused', () => {
    expect(() => made({ rollout: { shares: Array(20).fill(5), holdSeconds: 7200 } })).toThrow(
      expect.objectContaining({ problems: [expect.stringMatching(/^the rollout may take \d+ minutes/)] }),
    );
  });
});
