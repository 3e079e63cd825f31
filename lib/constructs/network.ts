/** A network without a way out to the internet: instances reach S3, CloudFormation and CloudWatch, and nothing else. */
import { Validations } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** The load balancer needs two zones, also when the fleet is in one. */
const LEAST_ZONES = 2;

/** Address space is kept for so many zones, so that another zone later moves no subnet. */
const MOST_ZONES = 3;

/** Services that an instance calls: the boot signal, metrics, logs. S3 has a gateway, which is free. */
const SERVICES = {
  CloudFormation: InterfaceVpcEndpointAwsService.CLOUDFORMATION,
  Monitoring: InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
};

export interface NetworkProps {
  /** Availability zones of the fleet, 1 to 3. */
  readonly zones: number;
  /** Addresses of the network, a literal such as `10.0.0.0/16`. @default '10.0.0.0/16' */
  readonly cidr?: string;
}

export class Network extends Construct {
  readonly vpc: IVpc;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { zones, cidr = '10.0.0.0/16' } = props;
    const maxAzs = Math.max(zones, LEAST_ZONES);
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(cidr),
      maxAzs,
      reservedAzs: Math.max(MOST_ZONES - maxAzs, 0),
      natGateways: 0,
      // closing the default security group takes a custom resource; nothing uses the group
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'Private', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
      ],
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
      flowLogs: {
        Rejected: {
          trafficType: FlowLogTrafficType.REJECT,
          destination: FlowLogDestination.toCloudWatchLogs(
            new LogGroup(this, 'FlowLogs', { retention: RetentionDays.ONE_MONTH }),
          ),
        },
      },
    });

    const securityGroup = new SecurityGroup(this, 'ServicesSecurityGroup', {
      vpc: this.vpc,
      description: 'AWS services that the instances call',
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(Peer.ipv4(cidr), Port.HTTPS, 'from the network');
    // an endpoint in each zone of the fleet: the loss of a zone must not take the services of another
    const subnets = { subnets: this.vpc.isolatedSubnets.slice(0, zones) };
    for (const [name, service] of Object.entries(SERVICES)) {
      new InterfaceVpcEndpoint(this, name, {
        vpc: this.vpc,
        service,
        subnets,
        securityGroups: [securityGroup],
        open: false,
      });
    }
    Validations.of(this.vpc).acknowledge({
      id: 'AwsSolutions-VPC7',
      reason: 'flow logs are on, for rejected traffic: accepted requests are in the access logs of the load balancer',
    });
  }
}
