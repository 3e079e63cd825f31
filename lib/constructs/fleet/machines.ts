/** What instances have whatever they do for an endpoint: a role, a security group, logs, and how they are launched. */
import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  BlockDeviceVolume,
  CfnSecurityGroupEgress,
  type Connections,
  EbsDeviceVolumeType,
  type IConnectable,
  type IMachineImage,
  InstanceType,
  type IPeer,
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
  type UserData,
} from 'aws-cdk-lib/aws-ec2';
import { type IGrantable, type IPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct, type IDependable } from 'constructs';
import { PRIVATE_RANGES } from '../../aws/addresses';
import { s3PrefixList } from '../../aws/s3-prefix-lists';
import { LOG_DAYS } from '../../sizing/plan/endpoint-parts';
import type { SizingPlan } from '../../sizing/plan/plan';
import { acknowledgePart } from '../findings/acknowledgements';
import type { LaunchOptions } from './launch';

/** Root device of Amazon Linux 2023. */
const ROOT_DEVICE = '/dev/xvda';

export interface MachinesOptions {
  /**
   * Where instances may go on 443 besides the interface endpoints of their network: ranges of IPv4 addresses, and ids of
   * prefix lists, of which they need that of S3.
   * @default - in a network of their own to S3 and the endpoints, in another wherever their subnets have a route
   */
  readonly allowTo?: readonly string[];
  /**
   * Whether people whom the account lets may open a shell on instances, by Session Manager: no port is opened for it.
   * @default false
   */
  readonly sessionManager?: boolean;
  /** Security group of the interface endpoints in the network that is given. @default - not known */
  readonly services?: ISecurityGroup;
}

export interface MachinesProps extends MachinesOptions {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  /** An Amazon Linux 2023 of the architecture of the plan. */
  readonly machineImage: IMachineImage;
  readonly plan: Pick<SizingPlan, 'choice' | 'volumeGiB' | 'serviceLevel'>;
  /** What they are, as the console shows it. */
  readonly who: string;
  /** Encrypts logs and volumes. @default - keys of the services */
  readonly key?: IKey;
  /** What becomes of the logs when the stack goes. */
  readonly logsStay: RemovalPolicy;
}

export class Machines extends Construct implements IConnectable, IGrantable {
  readonly role: Role;
  readonly securityGroup: SecurityGroup;
  readonly connections: Connections;
  readonly grantPrincipal: IPrincipal;
  /** Logs of the handler and of the boot, one pair of streams an instance. */
  readonly logGroup: LogGroup;
  /** Permissions, and rules by which instances get out: one that boots before they exist fails its boot. */
  protected readonly needed: readonly IDependable[];

  constructor(scope: Construct, id: string, props: MachinesProps) {
    super(scope, id);
    const { vpc, who } = props;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: LOG_DAYS.fleet,
      ...(props.key && { encryptionKey: props.key }),
      removalPolicy: props.logsStay,
    });
    this.role = new Role(this, 'Role', {
      description: who,
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
    });
    this.grantPrincipal = this.role;
    if (!props.key) acknowledgePart(this.logGroup, 'logs');
    acknowledgePart(this.role, 'role of the instances');
    this.allowReporting();
    if (props.sessionManager) this.allowSessions();

    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: who,
      allowAllOutbound: false,
    });
    this.allowOut(props);
    this.connections = this.securityGroup.connections;
    this.needed = [
      this.role,
      ...this.securityGroup.node.findAll().filter(CfnSecurityGroupEgress.isCfnSecurityGroupEgress),
    ];
  }

  protected launch(props: Omit<MachinesProps, 'who' | 'logsStay'>, userData: UserData): LaunchOptions {
    const { vpc, subnets, plan, machineImage, key } = props;
    return {
      vpc,
      subnets,
      userData,
      machineImage,
      instanceType: new InstanceType(plan.choice.instanceType),
      role: this.role,
      securityGroup: this.securityGroup,
      blockDevices: [
        {
          deviceName: ROOT_DEVICE,
          volume: BlockDeviceVolume.ebs(plan.volumeGiB, {
            volumeType: EbsDeviceVolumeType.GP3,
            encrypted: true,
            ...(key && { kmsKey: key }),
            deleteOnTermination: true,
          }),
        },
      ],
    };
  }

  /**
   * A network of ours has no route over IPv4 but to S3 and to the interface endpoints, and these have policies, unless a NAT
   * gateway is chosen. So a rule for everywhere opens nothing more in a region whose prefix list of S3 is not known.
   */
  private allowOut({ allowTo, services, plan: { serviceLevel } }: MachinesProps): void {
    const { egress = 'endpoints' } = serviceLevel;
    const https = (peer: IPeer, what: string) => this.securityGroup.addEgressRule(peer, Port.HTTPS, what);
    const ours = services && (egress === 'endpoints' || egress === 'ipv6');
    const s3 = ours ? s3PrefixList(Stack.of(this).region) : undefined;
    const places = allowTo ?? (s3 && [s3]);
    if (services && places && egress === 'endpoints') https(services, 'CloudWatch');
    for (const place of places ?? []) {
      https(place.startsWith('pl-') ? Peer.prefixList(place) : Peer.ipv4(place), place === s3 ? 'S3' : 'allowTo');
    }
    if (!places) https(Peer.anyIpv4(), 'S3 and CloudWatch');
    if (egress === 'ipv6') https(Peer.anyIpv6(), 'CloudWatch');
    if (services) return; // its names are answered by Amazon's resolver, which no rule keeps from anybody
    for (const range of PRIVATE_RANGES) {
      this.securityGroup.addEgressRule(Peer.ipv4(range), Port.DNS_UDP, 'name servers of the network');
      this.securityGroup.addEgressRule(Peer.ipv4(range), Port.DNS_TCP, 'name servers of the network');
    }
  }

  /** The least that the agent takes (Systems Manager user guide, "Create a custom IAM role for Session Manager"). */
  private allowSessions(): void {
    const channels = ['Create', 'Open'].flatMap((verb) => ['Control', 'Data'].map((kind) => `${verb}${kind}Channel`));
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['ssm:UpdateInstanceInformation', ...channels.map((action) => `ssmmessages:${action}`)],
        resources: ['*'], // which know none
      }),
    );
    acknowledgePart(this.role, 'sessions');
  }

  /** Logs, in which metrics are, too; limited to what is the stack's own. */
  private allowReporting(): void {
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
  }
}
