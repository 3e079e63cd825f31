import { Template } from 'aws-cdk-lib/assertions';
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
const judgements = (template: Template) => Object.values(template.findResources('Custom::SlipwayJudgement')) as Resource[];

/** With every reference in its place as `*`. */
function settingsOf({ Properties: { Settings } }: Resource): Judged {
  const parts = (Settings as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : '*')).join(''));
}

const made = (props: Partial<ModelEndpointProps> = {}) => endpointTemplate({ plan: groupPlan, ...props }).template;

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
  const access = { apiKeys: '/slipway/keys', deploymentKey: '/slipway/deployment', encryptionKey: 'arn:aws:kms:eu-west-1:111111111111:key/1' };

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
    expect(Statement).toHaveLength(4);
    expect(Statement.map(({ Resource }) => Resource)).not.toContain('*');
  });

  test('a key of deployments without keys is a mistake', () => {
    const jwt = { issuer: 'https://login.example.com/', audience: 'a', keySet: '/slipway/set' };
    expect(() => made({ access: { jwt, deploymentKey: '/slipway/deployment' } })).toThrow(
      expect.objectContaining({ problems: [expect.stringMatching(/^access.deploymentKey needs access.apiKeys/)] }),
    );
  });
});
