import { Match, type Template } from 'aws-cdk-lib/assertions';
import type { Access } from '../../lib/model/stage/access';
import { bootOf, endpointTemplate } from './endpoint-template';
import { singlePlan } from './example-plan';

const ACCESS: Access = {
  apiKeys: '/slipway/prod/keys',
  jwt: { issuer: 'https://login.example.com/', audience: 'screening', keySet: '/slipway/prod/key-set' },
  encryptionKey: 'arn:aws:kms:eu-west-1:111111111111:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f',
};

let template: Template;
beforeAll(() => {
  template = endpointTemplate({ plan: singlePlan, access: ACCESS }).template;
});

test('instances may read exactly the two parameters, and decrypt with the key that is named', () => {
  const parameter = (name: string) => ({
    'Fn::Join': ['', ['arn:aws:ssm:eu-west-1:', { Ref: 'AWS::AccountId' }, `:parameter${name}`]],
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        {
          Effect: 'Allow',
          Action: 'ssm:GetParameter',
          Resource: [parameter('/slipway/prod/key-set'), parameter('/slipway/prod/keys')],
        },
        {
          Effect: 'Allow',
          Action: 'kms:Decrypt',
          Resource: ACCESS.encryptionKey,
          // not for whatever else is under the key
          Condition: {
            StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['ssm.eu-west-1.', { Ref: 'AWS::URLSuffix' }]] } },
          },
        },
      ]),
    },
  });
});

test('the network has a way to SSM only where there is access control', () => {
  const ssm = { ServiceName: 'com.amazonaws.eu-west-1.ssm' };
  template.hasResourceProperties('AWS::EC2::VPCEndpoint', ssm);
  const open = endpointTemplate({ plan: singlePlan }).template;
  expect(Object.keys(open.findResources('AWS::EC2::VPCEndpoint', { Properties: ssm }))).toEqual([]);
  expect(bootOf(open)).not.toMatch(/ssm|SLIPWAY_KEYS_FILE/);
});

test('the handler is told the files, and no key is in the template', () => {
  const text = bootOf(template);
  expect(text).toContain('Environment="SLIPWAY_KEYS_FILE=/opt/slipway/access/keys"');
  expect(text).toContain('Environment="SLIPWAY_JWT_ISSUER=https://login.example.com/"');
  expect(text).toContain('Environment="SLIPWAY_JWT_KEY_SET_FILE=/opt/slipway/access/key-set.json"');
  expect(text).toContain("fetch '/slipway/prod/keys' /opt/slipway/access/keys");
  expect(text.indexOf('\nstart_access\n')).toBeLessThan(text.indexOf('\nstart_handler\n'));
});

test('sites whose pages may call are told to the handler', () => {
  const { template: crossed } = endpointTemplate({ plan: singlePlan, origins: ['https://a.example', '*'] });
  expect(bootOf(crossed)).toContain('Environment="SLIPWAY_ORIGINS=https://a.example *"');
  expect(bootOf(template)).not.toContain('SLIPWAY_ORIGINS');
});

test('access control that names nothing is refused: nobody could call', () => {
  expect(() => endpointTemplate({ plan: singlePlan, access: {} })).toThrow('the endpoint is not usable');
});

describe('services are called by their dual-stack names', () => {
  const NAMED = /AWS_USE_DUALSTACK_ENDPOINT=true/;
  const plan = (egress?: 'ipv6' | 'nat') => ({
    ...singlePlan,
    serviceLevel: { ...singlePlan.serviceLevel, ...(egress && { egress }) },
  });
  const made = (egress?: 'ipv6' | 'nat') => endpointTemplate({ plan: plan(egress), access: ACCESS }).template;

  test('over IPv6: SSM, and CloudWatch Logs by the shipper and by a boot that failed', () => {
    const text = bootOf(made('ipv6'));
    expect(text).toContain('  AWS_USE_DUALSTACK_ENDPOINT=true aws ssm get-parameter');
    expect(text).toContain('    AWS_USE_DUALSTACK_ENDPOINT=true aws logs $what');
    expect(text).toContain('Environment="AWS_USE_DUALSTACK_ENDPOINT=true"');
    expect(text).toMatch(/^ {2}aws s3 cp /m); // by the gateway, which has a policy
  });

  test('not where they are reached over IPv4', () => {
    for (const egress of [undefined, 'nat'] as const) expect(bootOf(made(egress))).not.toMatch(NAMED);
  });

  test('and instances may go to 443 over IPv6 only then', () => {
    const outside = (template: Template) =>
      Object.values(template.findResources('AWS::EC2::SecurityGroup'))
        .flatMap(({ Properties }) => Properties.SecurityGroupEgress ?? [])
        .filter(({ CidrIpv6 }) => CidrIpv6 !== undefined);
    expect(outside(made('ipv6'))).toMatchObject([{ CidrIpv6: '::/0', FromPort: 443, ToPort: 443 }]);
    expect(outside(made('nat'))).toEqual([]);
  });
});
