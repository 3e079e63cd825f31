/** What AWS would refuse is refused for who writes TypeScript too, and nothing of it reaches a root shell. */
import { type Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { ModelEndpoint, type ModelEndpointProps } from '../../lib/constructs/model-endpoint';
import { SlipwayError } from '../../lib/model/error';
import type { Access } from '../../lib/model/stage/access';
import { endpointStack, exampleProps, userDataOf } from './endpoint-template';
import { groupPlan, singlePlan } from './example-plan';

const UUID = '0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f';

function problems(
  props: Partial<ModelEndpointProps> | ((stack: Stack) => Partial<ModelEndpointProps>),
): readonly string[] {
  const stack = endpointStack();
  const given = typeof props === 'function' ? props(stack) : props;
  try {
    new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), plan: singlePlan, ...given });
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_CONFIG') throw error;
    return error.problems;
  }
  return [];
}

const jwt = (change: Partial<NonNullable<Access['jwt']>>): Access => ({
  jwt: { issuer: 'https://a', audience: 'b', keySet: '/c', ...change },
});

test.each<[Access, RegExp]>([
  [
    jwt({ audience: 'a"\nExecStartPre=/bin/reboot\n#' }),
    /^access\.jwt\.audience must have no control characters, has U\+000A/,
  ],
  [jwt({ audience: 'UNIT\nreboot\n' }), /^access\.jwt\.audience must have no control characters/],
  [jwt({ issuer: 'https://a\0' }), /^access\.jwt\.issuer must have no control characters, has U\+0000/],
  [jwt({ scope: 'a\nb' }), /^access\.jwt\.scope must be one scope/],
  [jwt({ scope: '' }), /^access\.jwt\.scope must be one scope/],
  [jwt({ keySet: "/a'\nreboot\n" }), /^access\.jwt\.keySet must be the name of an SSM parameter/],
  [{ apiKeys: '/aws/keys' }, /^access\.apiKeys must not begin with/],
  [
    { apiKeys: '/a', encryptionKey: `arn:aws:kms:us-east-1:111111111111:key/${UUID}` },
    /^access\.encryptionKey is in us-east-1/,
  ],
])('access %j is refused', (access, expected) => {
  expect(problems({ access })).toEqual([expect.stringMatching(expected)]);
});

test.each<[Partial<ModelEndpointProps>, RegExp]>([
  [{ domainName: 'a.example.com\nreboot' }, /^domainName must be a host name/],
  [{ notify: ['a@example.com', 'a@example.com'] }, /^notify\[1\] is there already/],
  [{ notify: ['nobody'] }, /^notify\[0\] must be an e-mail address/],
  [{ plan: { ...groupPlan, bootTimeoutSeconds: 43_260 } }, /CloudFormation waits for 43200 s at most/],
  [{ plan: { ...groupPlan, bakeSeconds: 172_801 } }, /an instance refresh takes 172800 s at most/],
])('%#', (props, expected) => {
  expect(problems(props)).toEqual([expect.stringMatching(expected)]);
});

test('a certificate of another region is refused', () => {
  const certificate = (stack: Stack, arn: string) => ({
    certificate: Certificate.fromCertificateArn(stack, 'Given', arn),
  });
  expect(problems((stack) => certificate(stack, `arn:aws:acm:eu-west-2:111111111111:certificate/${UUID}`))).toEqual([
    'certificate is in eu-west-2; a load balancer needs one in its own region, eu-west-1',
  ]);
  expect(problems((stack) => certificate(stack, `arn:aws:acm:eu-west-1:111111111111:certificate/${UUID}`))).toEqual([]);
  expect(problems((stack) => certificate(stack, Token.asString({ Ref: 'Parameter' })))).toEqual([]);
});

test.each([
  [['subnet-1', 'subnet-1'], ['subnet-3', 'subnet-4'], ['a', 'b'], 'the public subnets have the subnet subnet-1 twice'],
  [['subnet-1', 'subnet-2'], ['subnet-1', 'subnet-4'], ['a', 'b'], 'subnet-1 is a public subnet and a private one'],
  [
    ['subnet-1', 'subnet-2'],
    ['subnet-3', 'subnet-4'],
    ['a', 'a'],
    'the public subnets have the availability zone a twice',
  ],
])('subnets %j and %j in %j', (publicSubnetIds, privateSubnetIds, availabilityZones, expected) => {
  const found = problems((stack) => ({
    vpc: Vpc.fromVpcAttributes(stack, 'Given', {
      vpcId: 'vpc-1',
      availabilityZones,
      publicSubnetIds,
      privateSubnetIds,
    }),
  }));
  expect(found).toContain(expected);
});

test('values that only AWS knows are not checked', () => {
  const stack = endpointStack();
  const domainName = Token.asString({ Ref: 'Name' });
  new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), plan: singlePlan, domainName });
  const script = userDataOf(Template.fromStack(stack));
  expect(script).toContain('{"Ref":"Name"}'); // so that the whole boot is in the user data
  expect(script.trimEnd().endsWith('\nready=yes')).toBe(true);
});

test('a certificate for a long name begins with its nearest short parent', () => {
  const stack = endpointStack();
  const domainName = `${'a'.repeat(60)}.models.example.com`;
  new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), plan: singlePlan, domainName });
  Template.fromStack(stack).hasResourceProperties('AWS::CertificateManager::Certificate', {
    DomainName: 'models.example.com',
    SubjectAlternativeNames: [domainName],
    DomainValidationOptions: [
      { DomainName: 'models.example.com', HostedZoneId: 'Z1' },
      { DomainName: domainName, HostedZoneId: 'Z1' },
    ],
  });
});

test('a long name in a zone that is long itself is refused', () => {
  const stack = endpointStack();
  const zoneName = `${'b'.repeat(60)}.example.com`;
  const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Long', { hostedZoneId: 'Z2', zoneName });
  const props = { ...exampleProps(stack), plan: singlePlan, domainName: `a.${zoneName}`, hostedZone };
  expect(() => new ModelEndpoint(stack, 'Endpoint', props)).toThrow(
    /take a shorter name, or give the certificate to use/,
  );
});
