/** The way in: load balancer, listeners, certificate, target group and record, as the services describe them. */
import { DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import {
  DRAIN_SECONDS,
  HANDLER_PORT,
  IDLE_TIMEOUT_SECONDS,
  READY_PATH,
} from '../../../lib/model/instance/handler-settings';
import type { Report } from '../../report';
import type { SynthesisedStack } from '../assembly';
import type { StageUnderProof } from '../stage';

/** TLS 1.3, and 1.2 with restricted ciphers; nothing older. */
const TLS_POLICY = /^ELBSecurityPolicy-TLS13-1-[23]-/;

export async function checkFrontDoor(report: Report, stage: StageUnderProof, stack: SynthesisedStack): Promise<void> {
  const { elb } = stage.aws;
  const arn = await stage.physicalId(stack, '/FrontDoor/LoadBalancer/Resource');
  const [balancer] = (await elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }))).LoadBalancers!;
  report.equal(balancer!.Scheme, 'internet-facing', `${stage.name}: the load balancer is public`);
  const subnetIds = balancer!.AvailabilityZones!.map((zone) => zone.SubnetId!);
  const { Subnets = [] } = await stage.aws.ec2.send(new DescribeSubnetsCommand({ SubnetIds: subnetIds }));
  const zones = [...new Set(Subnets.map((subnet) => subnet.AvailabilityZone!))];
  report.check(
    zones.length >= Math.max(2, stage.plan.zones) && zones.every((zone) => zone.startsWith(stage.config.region)),
    `${stage.name}: the load balancer spans two zones or more of ${stage.config.region}`,
    zones.join(', '),
  );
  const attributes = attributeMap(
    (await elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn }))).Attributes,
  );
  report.equal(
    attributes.get('idle_timeout.timeout_seconds'),
    String(IDLE_TIMEOUT_SECONDS),
    `${stage.name}: idle timeout is the one the handler's keep-alive is made for`,
  );
  report.equal(
    attributes.get('routing.http.drop_invalid_header_fields.enabled'),
    'true',
    `${stage.name}: invalid headers are dropped`,
  );
  report.equal(
    attributes.get('access_logs.s3.bucket'),
    await stage.physicalId(stack, '/FrontDoor/AccessLogs/Resource'),
    `${stage.name}: access logs go to the bucket of the stack`,
  );
  const targetGroup = await checkTargetGroup(report, stage, stack);
  await checkListeners(report, stage, stack, arn, targetGroup);
  await checkRecord(report, stage, balancer!.DNSName!, balancer!.CanonicalHostedZoneId!);
}

async function checkListeners(
  report: Report,
  stage: StageUnderProof,
  stack: SynthesisedStack,
  balancer: string,
  targetGroup: string,
): Promise<void> {
  const { Listeners = [] } = await stage.aws.elb.send(new DescribeListenersCommand({ LoadBalancerArn: balancer }));
  const ports = Listeners.map((listener) => listener.Port!).sort((a, b) => a - b);
  report.equal(ports, [80, 443], `${stage.name}: listeners on 443 and 80, and no others`);
  const https = Listeners.find((listener) => listener.Port === 443);
  const http = Listeners.find((listener) => listener.Port === 80);
  report.equal(https?.Protocol, 'HTTPS', `${stage.name}: port 443 speaks HTTPS`);
  report.check(
    TLS_POLICY.test(https?.SslPolicy ?? ''),
    `${stage.name}: the TLS policy allows TLS 1.2 and 1.3 only`,
    https?.SslPolicy ?? 'no policy',
  );
  report.equal(
    https?.DefaultActions?.[0]?.TargetGroupArn,
    targetGroup,
    `${stage.name}: port 443 forwards to the target group of the stack`,
  );
  report.equal(
    [http?.DefaultActions?.[0]?.Type, http?.DefaultActions?.[0]?.RedirectConfig?.Protocol],
    ['redirect', 'HTTPS'],
    `${stage.name}: port 80 redirects to HTTPS`,
  );
  const certificate = await stage.physicalId(stack, '/FrontDoor/Certificate/Resource');
  report.equal(
    https?.Certificates?.[0]?.CertificateArn,
    certificate,
    `${stage.name}: the listener has the certificate of the stack`,
  );
  const { Certificate } = await stage.aws.acm.send(new DescribeCertificateCommand({ CertificateArn: certificate }));
  report.equal(Certificate?.DomainName, stage.config.domain.name, `${stage.name}: the certificate is for the endpoint`);
  report.equal(Certificate?.Status, 'ISSUED', `${stage.name}: the certificate is issued`);
  const validation = Certificate?.DomainValidationOptions?.[0]?.ResourceRecord;
  const records = await zoneRecords(stage);
  report.check(
    records.some((record) => sameName(record.Name, validation?.Name) && record.Type === 'CNAME'),
    `${stage.name}: the zone has the record that validates the certificate`,
  );
}

async function checkTargetGroup(report: Report, stage: StageUnderProof, stack: SynthesisedStack): Promise<string> {
  const { elb } = stage.aws;
  const arn = await stage.physicalId(stack, '/FrontDoor/Targets/Resource');
  const [group] = (await elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }))).TargetGroups!;
  const protocol = stage.config.endpoint.backendTls ? 'HTTPS' : 'HTTP';
  report.equal(
    [group!.Protocol, group!.HealthCheckProtocol, group!.Port],
    [protocol, protocol, HANDLER_PORT],
    `${stage.name}: targets are called over ${protocol} on the handler's port`,
  );
  report.equal(group!.HealthCheckPath, READY_PATH, `${stage.name}: the health check asks for readiness`);
  const attributes = attributeMap(
    (await elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }))).Attributes,
  );
  report.equal(
    attributes.get('deregistration_delay.timeout_seconds'),
    String(DRAIN_SECONDS),
    `${stage.name}: a leaving target has as long to drain as the handler takes`,
  );
  const { TargetHealthDescriptions = [] } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }));
  report.equal(
    TargetHealthDescriptions.length,
    stage.plan.instances.minimum,
    `${stage.name}: every instance is a target`,
  );
  return arn;
}

async function checkRecord(report: Report, stage: StageUnderProof, dnsName: string, zoneId: string): Promise<void> {
  const record = (await zoneRecords(stage)).find(
    ({ Name, Type }) => sameName(Name, stage.config.domain.name) && Type === 'A',
  );
  report.equal(
    [record?.AliasTarget?.DNSName?.replace(/\.$/, ''), record?.AliasTarget?.HostedZoneId],
    [`dualstack.${dnsName}`, zoneId],
    `${stage.name}: ${stage.config.domain.name} is an alias of the load balancer`,
  );
}

async function zoneRecords(stage: StageUnderProof) {
  const command = new ListResourceRecordSetsCommand({ HostedZoneId: stage.config.domain.zoneId });
  return (await stage.aws.route53.send(command)).ResourceRecordSets ?? [];
}

function attributeMap(attributes: readonly { Key?: string; Value?: string }[] = []): Map<string, string> {
  return new Map(attributes.map(({ Key, Value }) => [Key!, Value!]));
}

function sameName(a = '', b = ''): boolean {
  return a.replace(/\.$/, '') === b.replace(/\.$/, '');
}
