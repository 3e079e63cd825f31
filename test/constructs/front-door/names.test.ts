/** Names beside the first. */
import { Match } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import type { ModelEndpointProps } from '../../../lib/constructs/model-endpoint';
import { endpointStack, endpointTemplate, exampleProps } from '../endpoint-template';
import { singlePlan } from '../example-plan';

const stack = endpointStack();
const zone = HostedZone.fromHostedZoneAttributes(stack, 'Org', { hostedZoneId: 'Z2', zoneName: 'example.org' });
const { hostedZone } = exampleProps(stack);

function named(names: NonNullable<ModelEndpointProps['names']>, certificates: number, more: object = {}) {
  const level = { count: names.length, zones: 1, certificates };
  const plan = { ...singlePlan, serviceLevel: { ...singlePlan.serviceLevel, names: level } };
  return endpointTemplate({ plan, names, ...more }).template;
}

const NAMES = [
  { domainName: 'score.example.com', hostedZone: hostedZone! },
  { domainName: 'score.example.org', hostedZone: zone },
];

test('each has a record in its zone, and a certificate beside that of the first', () => {
  const template = named(NAMES, 2);
  for (const [name, id] of [
    ['score.example.com', 'Z1'],
    ['score.example.org', 'Z2'],
  ]) {
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: `${name}.`, HostedZoneId: id });
    template.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: name,
      DomainValidationOptions: [{ DomainName: name, HostedZoneId: id }],
    });
  }
  template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerCertificate', 2);
});

test('one alarm watches the certificates of all', () => {
  named(NAMES, 2).hasResourceProperties('AWS::CloudWatch::Alarm', {
    Metrics: Match.arrayWith([Match.objectLike({ Expression: 'MIN([certificate0, certificate1, certificate2])' })]),
  });
});

test('a certificate that has the name is no other', () => {
  const arn = 'arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555';
  const certificate = Certificate.fromCertificateArn(endpointStack(), 'Given', arn);
  const template = named([{ domainName: 'score.example.com', certificate }], 0, { certificate });
  template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
  template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerCertificate', 0);
  template.resourceCountIs('AWS::Route53::RecordSet', 1);
});

test('within a network each has a private zone', () => {
  const template = named(NAMES, 2, { internal: true });
  template.resourceCountIs('AWS::Route53::HostedZone', 3);
  template.hasResourceProperties('AWS::Route53::HostedZone', { Name: 'score.example.org.' });
});

test('a name that is there twice, and one that the plan does not count, are told', () => {
  const twice = () => named([NAMES[0]!, NAMES[0]!], 2);
  expect(twice).toThrow(
    expect.objectContaining({ problems: ['names[1] is score.example.com, which the endpoint has already'] }),
  );
  expect(() => endpointTemplate({ plan: singlePlan, names: NAMES })).toThrow(
    expect.objectContaining({ problems: [expect.stringContaining('counts 0 further names and the endpoint has 2')] }),
  );
});
