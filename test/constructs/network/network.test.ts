import { Match, Template } from 'aws-cdk-lib/assertions';
import { Network } from '../../../lib/constructs/network/network';
import type { Egress } from '../../../lib/sizing/service-level/egress';
import { endpointStack } from '../endpoint-template';

const ZONES = ['euw1-az1', 'euw1-az2', 'euw1-az3'];

function network(fleet: number, egress?: Egress): Template {
  const stack = endpointStack();
  new Network(stack, 'Network', { zones: ZONES, fleetZones: ZONES.slice(0, fleet), egress });
  return Template.fromStack(stack);
}
const three = network(3);

test('has no way out to the internet for the instances', () => {
  three.resourceCountIs('AWS::EC2::NatGateway', 0);
  const publicTables = Object.keys(three.findResources('AWS::EC2::RouteTable')).filter((id) => id.includes('Public'));
  const routes = Object.values(three.findResources('AWS::EC2::Route'));
  expect(routes).toHaveLength(3);
  for (const { Properties } of routes) expect(publicTables).toContain(Properties.RouteTableId.Ref);
});

test('reaches S3 by its gateway, and CloudWatch Logs by an endpoint', () => {
  three.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' });
  const names = Object.values(three.findResources('AWS::EC2::VPCEndpoint'))
    .filter(({ Properties }) => Properties.VpcEndpointType === 'Interface')
    .map(({ Properties }) => Properties.ServiceName);
  expect(names.sort()).toEqual(['com.amazonaws.eu-west-1.logs']);
});

test.each([1, 2, 3])('pays for endpoints in the %d zones of the fleet alone', (zones) => {
  const interfaces = Object.values(network(zones).findResources('AWS::EC2::VPCEndpoint')).filter(
    ({ Properties }) => Properties.VpcEndpointType === 'Interface',
  );
  for (const { Properties } of interfaces) expect(Properties.SubnetIds).toHaveLength(zones);
});

test('has the same subnets for any number of zones, so that none moves when the availability changes', () => {
  const subnets = (template: Template) => template.findResources('AWS::EC2::Subnet');
  expect(subnets(network(1))).toEqual(subnets(three));
  expect(Object.keys(subnets(three))).toHaveLength(6);
});

test('is placed by ids of zones, which are the same in every account, and by no name', () => {
  const zones = Object.values(three.findResources('AWS::EC2::Subnet')).map(({ Properties }) => Properties);
  expect(zones.map(({ AvailabilityZoneId }) => AvailabilityZoneId).sort()).toEqual([...ZONES, ...ZONES].sort());
  for (const { AvailabilityZone } of zones) expect(AvailabilityZone).toBeUndefined();
  expect(JSON.stringify(three.toJSON())).not.toContain('GetAZs');
});

test('gives no public address to anything that is launched in it', () => {
  three.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
});

test('logs rejected traffic', () => {
  three.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'REJECT' });
});

test('holds no Lambda and no custom resource', () => {
  three.resourceCountIs('AWS::Lambda::Function', 0);
});

test('has the addresses that it is given, and lets nobody else reach the services', () => {
  const stack = endpointStack();
  new Network(stack, 'Network', { zones: ZONES, fleetZones: ZONES.slice(0, 1), cidr: '172.20.64.0/18' });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '172.20.64.0/18' });
  template.resourceCountIs('AWS::EC2::Subnet', 6);
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupIngress: [Match.objectLike({ CidrIp: '172.20.64.0/18' })],
  });
});

/** Default routes of the tables of a kind of subnets, by what they lead to. */
function defaultRoutes(template: Template, kind: 'Public' | 'Private'): Record<string, unknown>[] {
  return Object.values(template.findResources('AWS::EC2::Route'))
    .map(({ Properties }) => Properties)
    .filter(({ RouteTableId }) => RouteTableId.Ref.includes(kind))
    .map(({ RouteTableId: _, ...route }) => route);
}

describe('egress: ipv6', () => {
  const template = network(2, 'ipv6');
  const subnets = (kind: string) =>
    Object.entries(template.findResources('AWS::EC2::Subnet'))
      .filter(([id]) => id.includes(kind))
      .map(([, { Properties }]) => Properties);

  test('leads out over IPv6 alone, by a gateway that lets nobody in', () => {
    template.resourceCountIs('AWS::EC2::EgressOnlyInternetGateway', 1);
    const [gateway] = Object.keys(template.findResources('AWS::EC2::EgressOnlyInternetGateway'));
    expect(defaultRoutes(template, 'Private')).toEqual(
      ZONES.map(() => ({ DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: { Ref: gateway } })),
    );
    template.hasResourceProperties('AWS::EC2::VPCCidrBlock', { AmazonProvidedIpv6CidrBlock: true });
  });

  test('gives addresses to what is launched in private subnets, and to nothing in public ones', () => {
    for (const subnet of subnets('Private')) expect(subnet).toMatchObject({ AssignIpv6AddressOnCreation: true });
    for (const subnet of subnets('Public')) expect(subnet).toMatchObject({ AssignIpv6AddressOnCreation: false });
  });

  test('keeps the gateway of S3, and pays for no endpoint', () => {
    const kinds = Object.values(template.findResources('AWS::EC2::VPCEndpoint')).map(
      ({ Properties }) => Properties.VpcEndpointType,
    );
    expect(kinds).toEqual(['Gateway']);
  });
});

describe('egress: nat', () => {
  test.each([1, 2, 3])('has a gateway in each of %d zones of the fleet, and a route to it there alone', (zones) => {
    const template = network(zones, 'nat');
    template.resourceCountIs('AWS::EC2::NatGateway', zones);
    template.resourceCountIs('AWS::EC2::EIP', zones);
    const routes = defaultRoutes(template, 'Private');
    expect(routes).toHaveLength(zones);
    const gateways = new Set(routes.map(({ NatGatewayId }) => JSON.stringify(NatGatewayId)));
    expect(gateways.size).toBe(zones);
    for (const id of Object.keys(template.findResources('AWS::EC2::NatGateway'))) {
      const { Properties } = template.findResources('AWS::EC2::NatGateway')[id]!;
      expect(Properties.SubnetId.Ref).toMatch(/Public/);
    }
  });

  test('stands in the zones of the fleet, whichever of the network they are', () => {
    const stack = endpointStack();
    new Network(stack, 'Network', { zones: ZONES, fleetZones: [ZONES[2]!], egress: 'nat' });
    const template = Template.fromStack(stack);
    const [{ Properties }] = Object.values(template.findResources('AWS::EC2::NatGateway')) as [
      { Properties: { SubnetId: { Ref: string } } },
    ];
    const subnet = template.findResources('AWS::EC2::Subnet')[Properties.SubnetId.Ref]!;
    expect(subnet.Properties.AvailabilityZoneId).toBe(ZONES[2]);
  });
});

test.each<Egress>(['ipv6', 'nat'])(
  'egress: %s makes no subnet anew, nor the group that a running endpoint may name',
  (egress) => {
    const kept = (template: Template) => ({
      groups: Object.keys(template.findResources('AWS::EC2::SecurityGroup')),
      subnets: Object.entries(template.findResources('AWS::EC2::Subnet')).map(([id, { Properties }]) => [
        id,
        Properties.CidrBlock,
        Properties.AvailabilityZoneId,
      ]),
    });
    expect(kept(network(3, egress))).toEqual(kept(three));
  },
);

describe('nothing leaves the network for another account', () => {
  type Endpoint = {
    VpcEndpointType: string;
    ServiceName: unknown;
    PolicyDocument?: { Statement: Record<string, never>[] };
  };
  const endpoints = Object.values(three.findResources('AWS::EC2::VPCEndpoint')).map(
    ({ Properties }) => Properties as Endpoint,
  );
  const account = { Ref: 'AWS::AccountId' };

  test('services are called by this account alone', () => {
    const interfaces = endpoints.filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface');
    expect(interfaces.length).toBeGreaterThan(0);
    for (const { PolicyDocument } of interfaces) {
      expect(PolicyDocument!.Statement).toHaveLength(1);
      expect(PolicyDocument!.Statement[0]).toMatchObject({
        Condition: { StringEquals: { 'aws:PrincipalAccount': account } },
      });
    }
  });

  test('S3 has buckets of this account; one of AWS is written', () => {
    const [{ PolicyDocument }] = endpoints.filter(({ VpcEndpointType }) => VpcEndpointType === 'Gateway') as [Endpoint];
    const [own, ...others] = PolicyDocument!.Statement;
    expect(own).toMatchObject({
      Condition: { StringEquals: { 'aws:PrincipalAccount': account, 'aws:ResourceAccount': account } },
    });
    expect(others.map(({ Action }) => Action)).toEqual(['s3:PutObject']);
    expect(JSON.stringify(others)).toMatch(/s3:::cloudformation-waitcondition-eu-west-1\/\*/);
  });
});
