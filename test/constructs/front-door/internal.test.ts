/** An endpoint for callers within a network. */
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import type { ModelEndpointProps } from '../../../lib/constructs/model-endpoint';
import { endpointTemplate } from '../endpoint-template';
import { groupPlan } from '../example-plan';

const made = (props: Partial<ModelEndpointProps> = {}): Template =>
  endpointTemplate({ plan: groupPlan, internal: true, ...props }).template;
const template = made();

type Rules = Record<string, unknown>[];
/** What the security group of the load balancer lets in. */
const lets = (of: Template): Rules => {
  const [id, door] = Object.entries(of.findResources('AWS::EC2::SecurityGroup')).find(
    ([, { Properties }]) => Properties.GroupDescription === 'Load balancer of a Slipway endpoint',
  )!;
  const others = Object.values(of.findResources('AWS::EC2::SecurityGroupIngress'))
    .map(({ Properties }) => Properties)
    .filter(({ GroupId }) => JSON.stringify(GroupId).includes(id));
  return [...((door.Properties.SecurityGroupIngress ?? []) as Rules), ...others];
};

test('stands in private subnets, without public addresses', () => {
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    Scheme: 'internal',
    Subnets: [1, 2, 3].map(() => ({ Ref: Match.stringLikeRegexp('Private') })),
  });
});

test('is called from private addresses alone, on 443 alone', () => {
  expect(lets(template).flatMap(({ CidrIp }) => (CidrIp === undefined ? [] : [CidrIp]))).toEqual([
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '100.64.0.0/10',
  ]);
  expect(lets(template).every(({ FromPort, ToPort }) => FromPort === 443 && ToPort === 443)).toBe(true);
  template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 1);
});

test('allowFrom names who may call, beside the function that judges', () => {
  const rules = lets(made({ allowFrom: ['10.1.0.0/16'] }));
  expect(rules.map(({ CidrIp, SourceSecurityGroupId }) => CidrIp ?? SourceSecurityGroupId)).toEqual([
    '10.1.0.0/16',
    { 'Fn::GetAtt': [expect.stringMatching(/ProbeSecurityGroup/), 'GroupId'] },
  ]);
});

test('has a record in a private zone of its own name, and none in the public one that validates its certificate', () => {
  template.hasResourceProperties('AWS::Route53::HostedZone', {
    Name: 'credit.example.com.',
    VPCs: [{ VPCId: { Ref: Match.stringLikeRegexp('Vpc') } }],
  });
  const [record, ...others] = Object.values(template.findResources('AWS::Route53::RecordSet'));
  expect(others).toEqual([]);
  expect(record!.Properties.HostedZoneId).toEqual({ Ref: expect.stringMatching(/PrivateZone/) });
  template.hasResourceProperties('AWS::CertificateManager::Certificate', {
    DomainValidationOptions: [{ HostedZoneId: 'Z1' }],
  });
});

test('has it in a private zone that is given', () => {
  const { stack } = endpointTemplate({ plan: groupPlan });
  const privateZone = HostedZone.fromHostedZoneAttributes(stack, 'Given', {
    hostedZoneId: 'Z0PRIVATE',
    zoneName: 'example.com',
  });
  const given = made({ privateZone });
  given.resourceCountIs('AWS::Route53::HostedZone', 0);
  given.hasResourceProperties('AWS::Route53::RecordSet', {
    HostedZoneId: 'Z0PRIVATE',
    Name: 'credit.example.com.',
    Type: 'A',
  });
});

describe('a deployment is judged', () => {
  const judgements = Object.values(template.findResources('Custom::SlipwayJudgement')).map(
    ({ Properties }) => Properties,
  );
  const of = (task: string) => judgements.find(({ Task }) => Task === task)!;
  const settings = (task: string) => JSON.stringify(of(task).Settings).replaceAll('\\"', '"');

  test('by what a function in the subnets of the instances saw', () => {
    expect(judgements.map(({ Task }) => Task).sort()).toEqual(['probe', 'protect', 'verify']);
    expect(of('verify').Probed).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/Probed/), 'Probed'] });
    const functions = Object.values(template.findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => Properties.VpcConfig?.SubnetIds,
    );
    expect(functions.filter((subnets) => subnets === undefined)).toHaveLength(1);
    expect(functions.filter((subnets) => subnets !== undefined)).toEqual([
      [1, 2, 3].map(() => ({ Ref: expect.stringMatching(/Private/) })),
    ]);
  });

  test('which connects to the load balancer itself, whatever the zones of its network', () => {
    expect(settings('probe')).toMatch(/"connectTo":"/);
    expect(settings('probe')).toContain('"limited":false');
    expect(settings('verify')).toContain('"limited":true'); // as a canary is, from outside
  });

  test('and answers CloudFormation by the gateway of S3', () => {
    const policies = JSON.stringify(template.findResources('AWS::EC2::VPCEndpoint'));
    expect(policies).toContain(':s3:::cloudformation-custom-resource-response-*/*');
    const open = endpointTemplate({ plan: groupPlan }).template;
    expect(JSON.stringify(open.findResources('AWS::EC2::VPCEndpoint'))).not.toContain('custom-resource-response');
  });
});
