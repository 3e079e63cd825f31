/** The network of an endpoint: instances reach S3 by a gateway of its own, and CloudWatch by the way out that is chosen. */
import { Lazy, Stack } from 'aws-cdk-lib';
import {
  CfnEgressOnlyInternetGateway,
  CfnSubnet,
  FlowLogDestination,
  FlowLogTrafficType,
  type GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  IpProtocol,
  type ISecurityGroup,
  type ISubnet,
  type IVpc,
  Peer,
  Port,
  type PublicSubnet,
  SecurityGroup,
  type Subnet,
  SubnetType,
  Vpc,
  type VpcProps,
} from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type Calling, type EndpointName, interfaceEndpoints, LOG_DAYS } from '../../sizing/plan/endpoint-parts';
import type { Egress } from '../../sizing/service-level/egress';
import { acknowledgePart } from '../findings/acknowledgements';
import { untraced } from '../findings/untraced';
import { ownAccount, ownBuckets } from './endpoint-policies';
import { withoutZoneLookup } from './zone-lookup';

/** Services that an instance calls: logs, in which metrics are, too, parameters, and sessions. S3, for files and the boot signal, has a gateway, which is free. */
const SERVICES: Readonly<Record<EndpointName, InterfaceVpcEndpointAwsService>> = {
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  Parameters: InterfaceVpcEndpointAwsService.SSM,
  Sessions: InterfaceVpcEndpointAwsService.SSM_MESSAGES,
};

export interface NetworkProps extends Calling {
  /** Ids of the zones with subnets, 2 or 3, whatever the fleet uses: subnets cost nothing, and cannot be made under an endpoint. */
  readonly zones: readonly string[];
  /** Ids of the zones of the fleet: in these there are endpoints for the AWS services. */
  readonly fleetZones: readonly string[];
  /** How instances reach what is not S3. @default 'endpoints' */
  readonly egress?: Egress;
  /** Whether its load balancer has IPv6 addresses. @default false */
  readonly dualStack?: boolean;
  /** Whether a function in it answers CloudFormation, by way of S3. @default false */
  readonly internal?: boolean;
  /** Addresses of the network, a literal such as `10.0.0.0/16`. @default '10.0.0.0/16' */
  readonly cidr?: string;
  /** Encrypts the log of rejected traffic. @default - that of CloudWatch Logs */
  readonly key?: IKey;
}

export class Network extends Construct {
  readonly vpc: IVpc;
  /** Of the interface endpoints; it is there without them, so that an endpoint which names it does not stand in the way of another egress. */
  readonly services: ISecurityGroup;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { zones, fleetZones, egress = 'endpoints', cidr = '10.0.0.0/16', key } = props;
    const dualStack = egress === 'ipv6' || (props.dualStack ?? false);
    const logGroup = new LogGroup(this, 'FlowLogs', {
      retention: LOG_DAYS.network,
      ...(key && { encryptionKey: key }),
    });
    if (!key) acknowledgePart(logGroup, 'logs');
    const vpcProps: VpcProps = {
      ipAddresses: IpAddresses.cidr(cidr),
      // held against the names of the stack's zones, were they known
      availabilityZones: zones.map((zone) => Lazy.string({ produce: () => zone })),
      natGateways: 0, // those that there are stand in the zones of the fleet
      ...(dualStack && { ipProtocol: IpProtocol.DUAL_STACK }),
      // closing the default security group takes a custom resource; nothing uses the group
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        {
          name: 'Public',
          subnetType: SubnetType.PUBLIC,
          cidrMask: 24,
          mapPublicIpOnLaunch: false,
          ...(dualStack && { ipv6AssignAddressOnCreation: false }),
        },
        {
          name: 'Private',
          subnetType: SubnetType.PRIVATE_ISOLATED,
          cidrMask: 20,
          ...(dualStack && egress !== 'ipv6' && { ipv6AssignAddressOnCreation: false }),
        },
      ],
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
      flowLogs: {
        Rejected: {
          trafficType: FlowLogTrafficType.REJECT,
          destination: FlowLogDestination.toCloudWatchLogs(logGroup),
        },
      },
    };
    // the flow log acknowledges a rule by itself
    this.vpc = untraced(() => withoutZoneLookup(Stack.of(this), () => new Vpc(this, 'Vpc', vpcProps)));
    acknowledgePart(this.vpc, 'network');
    for (const subnets of [this.vpc.publicSubnets, this.vpc.isolatedSubnets]) {
      for (const [i, zone] of zones.entries()) placeById(subnets[i]!, zone);
    }
    if (egress === 'ipv6') this.egressOnly();
    if (egress === 'nat') this.translate(fleetZones);
    const s3 = this.vpc.node.findChild('S3') as GatewayVpcEndpoint;
    for (const statement of ownBuckets(this, props.internal)) s3.addToPolicy(statement);

    const securityGroup = new SecurityGroup(this, 'ServicesSecurityGroup', {
      vpc: this.vpc,
      description: 'AWS services that the instances call',
      allowAllOutbound: false,
    });
    this.services = securityGroup;
    securityGroup.addIngressRule(Peer.ipv4(cidr), Port.HTTPS, 'from the network');
    // an endpoint in each zone of the fleet: the loss of a zone must not take the services of another
    const subnets = {
      subnets: this.vpc.isolatedSubnets.filter(({ availabilityZone }) => fleetZones.includes(availabilityZone)),
    };
    for (const name of Object.keys(interfaceEndpoints(egress, props)) as EndpointName[]) {
      const endpoint = new InterfaceVpcEndpoint(this, name, {
        vpc: this.vpc,
        service: SERVICES[name],
        subnets,
        securityGroups: [securityGroup],
        open: false,
      });
      endpoint.addToPolicy(ownAccount(this));
    }
  }

  /** Out over IPv6 from every private subnet. S3 keeps its gateway, over IPv4: CloudFormation's addresses for signals have no other. */
  private egressOnly(): void {
    const gateway = new CfnEgressOnlyInternetGateway(this, 'EgressOnly', { vpcId: this.vpc.vpcId });
    for (const subnet of this.vpc.isolatedSubnets) {
      (subnet as Subnet).addIpv6DefaultEgressOnlyInternetRoute(gateway.ref);
      acknowledgePart(subnet, 'private subnet with IPv6');
    }
  }

  /** A gateway in each zone of the fleet: the loss of a zone must not take the way out of another. */
  private translate(fleetZones: readonly string[]): void {
    for (const zone of fleetZones) {
      const [outside, inside] = [this.vpc.publicSubnets, this.vpc.isolatedSubnets].map((subnets) =>
        subnets.find(({ availabilityZone }) => availabilityZone === zone),
      );
      const gateway = (outside as PublicSubnet).addNatGateway();
      (inside as Subnet).addDefaultNatRoute(gateway.ref);
    }
  }
}

/** Name of the zone of a subnet, in this account. */
export function zoneName(subnet: ISubnet): string {
  const resource = subnet.node.defaultChild;
  const placed = CfnSubnet.isCfnSubnet(resource) && resource.availabilityZoneId !== undefined;
  return placed ? resource.attrAvailabilityZone : subnet.availabilityZone;
}

/** `Vpc` knows names of zones alone, and a name is another zone in every account. */
function placeById(subnet: ISubnet, zone: string): void {
  const resource = subnet.node.defaultChild as CfnSubnet;
  resource.availabilityZone = undefined;
  resource.availabilityZoneId = zone;
  (subnet as { availabilityZone: string }).availabilityZone = zone; // by which it is found
}
