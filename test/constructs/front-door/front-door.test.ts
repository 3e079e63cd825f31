import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ModelEndpoint } from '../../../lib/constructs/model-endpoint';
import { fromEnvironment } from '../../../lib/model/instance/handler-environment';
import { IDLE_TIMEOUT_SECONDS, KEEP_ALIVE_SECONDS } from '../../../lib/model/instance/handler-settings';
import { bootOf, endpointStack, endpointTemplate, exampleProps } from '../endpoint-template';
import { groupPlan, joiningPlan, singlePlan } from '../example-plan';

const { template } = endpointTemplate({ plan: groupPlan });

const attributes = (type: string, property: string): Record<string, string> => {
  const [resource] = Object.values(template.findResources(type));
  const pairs: { Key: string; Value: string }[] = resource!.Properties[property];
  return Object.fromEntries(pairs.map(({ Key, Value }) => [Key, Value]));
};

test('listens on 443 with TLS 1.3 and 1.2 with forward secrecy, and a certificate that the zone validates', () => {
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 443,
    Protocol: 'HTTPS',
    SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    Certificates: [{ CertificateArn: { Ref: Match.stringLikeRegexp('Certificate') } }],
  });
  template.hasResourceProperties('AWS::CertificateManager::Certificate', {
    DomainName: 'credit.example.com',
    ValidationMethod: 'DNS',
    DomainValidationOptions: [{ DomainName: 'credit.example.com', HostedZoneId: 'Z1' }],
  });
});

test('tells clients to use HTTPS alone, and not what it runs on', () => {
  const https = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::Listener')).find(
    (listener) => listener.Properties.Port === 443,
  )!;
  expect(https.Properties.ListenerAttributes).toEqual([
    { Key: 'routing.http.response.strict_transport_security.header_value', Value: 'max-age=31536000' },
    { Key: 'routing.http.response.server.enabled', Value: 'false' },
  ]);
});

test('redirects HTTP, and does nothing else with it', () => {
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 80,
    DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
  });
});

test('points the name at the load balancer, by IPv4 as that is what it has', () => {
  template.hasResourceProperties('AWS::Route53::RecordSet', {
    Name: 'credit.example.com.',
    Type: 'A',
    HostedZoneId: 'Z1',
  });
  template.resourceCountIs('AWS::Route53::RecordSet', 1);
});

test('a name that is the zone itself gets its record', () => {
  const { template: apex } = endpointTemplate({ plan: singlePlan, domainName: 'example.com' });
  apex.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'example.com.' });
});

test('sends a request to the target with the fewest in hand, when it is ready', () => {
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    Port: 8080,
    Protocol: 'HTTP',
    HealthCheckPath: '/readyz',
    Matcher: { HttpCode: '200' },
  });
  expect(attributes('AWS::ElasticLoadBalancingV2::TargetGroup', 'TargetGroupAttributes')).toMatchObject({
    'load_balancing.algorithm.type': 'least_outstanding_requests',
    'deregistration_delay.timeout_seconds': '30',
  });
});

test('gives up an idle connection before the handler does, else clients meet 502s', () => {
  const idle = Number(
    attributes('AWS::ElasticLoadBalancingV2::LoadBalancer', 'LoadBalancerAttributes')['idle_timeout.timeout_seconds'],
  );
  expect(idle).toBe(IDLE_TIMEOUT_SECONDS);
  expect(KEEP_ALIVE_SECONDS).toBeGreaterThan(idle);
});

const told = (by: Template) =>
  fromEnvironment(
    Object.fromEntries(
      [...bootOf(by).matchAll(/^Environment="(\w+)=(.*)"$/gm)].map(([, name, value]) => [name!, value!]),
    ),
  );

test('the rows of a request, or of those that the plan joins, are what a run may have, up to what any may', () => {
  expect(told(endpointTemplate({ plan: joiningPlan }).template).rowsPerRun).toBe(8 * 3);
  expect(told(template).rowsPerRun).toBeUndefined();
  const serviceLevel = { ...joiningPlan.serviceLevel, rowsPerRequest: 5000 };
  const large = { ...groupPlan, serviceLevel };
  expect(told(endpointTemplate({ plan: large }).template).rowsPerRun).toBe(1024);
});

test('what the template tells the handler is what the handler reads', () => {
  expect(told(template)).toMatchObject({
    port: 8080,
    workers: 2,
    threadsPerWorker: 1,
    queueRows: 321,
    queueBytes: 25_000_000,
    deadlineMs: 1400,
  });
});

test('drops malformed headers, and logs every request to an encrypted private bucket that forgets', () => {
  expect(attributes('AWS::ElasticLoadBalancingV2::LoadBalancer', 'LoadBalancerAttributes')).toMatchObject({
    'routing.http.drop_invalid_header_fields.enabled': 'true',
    'access_logs.s3.enabled': 'true',
  });
  // the function's to set, when a first deployment has gone well
  expect(attributes('AWS::ElasticLoadBalancingV2::LoadBalancer', 'LoadBalancerAttributes')).not.toHaveProperty([
    'deletion_protection.enabled',
  ]);
  template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain', // the test file of the load balancer is in it
    Properties: {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 90, Status: 'Enabled' })] },
    },
  });
});

test('reaches the instances, and nothing else', () => {
  const groups = Object.values(template.findResources('AWS::EC2::SecurityGroup'));
  const balancer = groups.find(({ Properties }) => /Load balancer/.test(Properties.GroupDescription))!;
  // a rule that is a resource of its own takes the place of the default one, which allows everything
  expect(balancer.Properties.SecurityGroupEgress).toBeUndefined();
  const egress = Object.entries(template.findResources('AWS::EC2::SecurityGroupEgress'))
    .filter(([id]) => id.startsWith('EndpointFrontDoor'))
    .map(([, { Properties }]) => [Properties.FromPort, Properties.ToPort]);
  expect(egress).toEqual([[8080, 8080]]);
});

test('stands in two zones for a single VM, and in all zones of a group', () => {
  const subnets = (plan: typeof singlePlan) => {
    const resources = endpointTemplate({ plan }).template.findResources('AWS::ElasticLoadBalancingV2::LoadBalancer');
    return Object.values(resources)[0]!.Properties.Subnets;
  };
  expect(subnets(singlePlan)).toHaveLength(2);
  expect(subnets(groupPlan)).toHaveLength(3);
});

test('uses a given certificate, and makes no record without a zone', () => {
  const stack = endpointStack();
  const certificateArn = 'arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555';
  const { template: given } = endpointTemplate({
    plan: singlePlan,
    hostedZone: undefined,
    certificate: Certificate.fromCertificateArn(stack, 'Given', certificateArn),
  });
  given.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Certificates: [{ CertificateArn: certificateArn }],
  });
  given.resourceCountIs('AWS::CertificateManager::Certificate', 0);
  given.resourceCountIs('AWS::Route53::RecordSet', 0);
});

test('refuses a name with neither a zone nor a certificate', () => {
  const stack = endpointStack();
  const props = { ...exampleProps(stack), plan: singlePlan, hostedZone: undefined };
  expect(() => new ModelEndpoint(stack, 'Endpoint', props)).toThrow(
    expect.objectContaining({
      code: 'E_CONFIG',
      message: expect.stringContaining('neither a hosted zone nor a certificate'),
    }),
  );
});

describe('who may call', () => {
  type Rule = { readonly FromPort: number; readonly CidrIp?: string };
  const ports = (of: Template) =>
    Object.values(of.findResources('AWS::EC2::SecurityGroup'))
      .flatMap(({ Properties }) => (Properties.SecurityGroupIngress ?? []) as Rule[])
      .filter(({ FromPort }) => FromPort === 443 || FromPort === 80)
      .filter(({ CidrIp }) => CidrIp !== '10.0.0.0/16'); // of the endpoints of the network
  const access = { apiKeys: '/slipway/keys' };

  test('everybody, where nobody is named', () => {
    expect(ports(template).map(({ CidrIp, FromPort }) => `${CidrIp} ${FromPort}`)).toEqual([
      '0.0.0.0/0 443',
      '0.0.0.0/0 80',
    ]);
  });

  test('the ranges and prefix lists that are named, and nobody else', () => {
    const allowFrom = ['203.0.113.0/24', 'pl-0123456789abcdef0'];
    const { template: narrow } = endpointTemplate({ plan: singlePlan, allowFrom, access });
    expect(ports(narrow)).toMatchObject([{ CidrIp: '203.0.113.0/24', FromPort: 443 }]);
    narrow.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      SourcePrefixListId: 'pl-0123456789abcdef0',
      FromPort: 443,
    });
    const { template: both } = endpointTemplate({ plan: singlePlan, allowFrom: ['203.0.113.0/24'] });
    expect(ports(both).map(({ FromPort }) => FromPort)).toEqual([443, 80]);
  });

  test.each([
    [[], /allowFrom must name 1 to 25 callers, has 0/],
    [['0.0.0.0/0'], /must not be everybody/],
    [['10.0.0.1/8'], /must be a range of IPv4 addresses that begins on its boundary/],
    [['10.0.0.0/33'], /must be a range/],
    [Array.from({ length: 26 }, (_, i) => `10.0.${i}.0/24`), /1 to 25 callers, has 26/],
  ])('refuses %j', (allowFrom, problem) => {
    let problems: readonly string[] = [];
    try {
      endpointTemplate({ plan: singlePlan, allowFrom });
    } catch (error) {
      problems = (error as { problems: string[] }).problems;
    }
    expect(problems.join('\n')).toMatch(problem);
  });

  test('port 80 is closed where callers send keys, else it redirects; both can be said otherwise', () => {
    const listeners = (props: object) =>
      Object.values(
        endpointTemplate({ plan: singlePlan, ...props }).template.findResources(
          'AWS::ElasticLoadBalancingV2::Listener',
        ),
      )
        .filter(({ Properties }) => Properties.Port === 80)
        .map(
          ({ Properties }) =>
            Properties.DefaultActions[0].FixedResponseConfig?.StatusCode ?? Properties.DefaultActions[0].Type,
        );
    expect(listeners({ access })).toEqual([]);
    expect(listeners({ access, http: 'redirect' })).toEqual(['redirect']);
    expect(listeners({})).toEqual(['redirect']);
    expect(listeners({ http: 'closed' })).toEqual([]);
    expect(listeners({ http: 'refuse' })).toEqual(['403']);
  });

  test('a closed port has no rule that lets anybody reach it', () => {
    const { template: closed } = endpointTemplate({ plan: singlePlan, access });
    expect(ports(closed).map(({ FromPort }) => FromPort)).toEqual([443]);
  });
});
