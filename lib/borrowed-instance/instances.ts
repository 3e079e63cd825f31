/** Instances for the time of a measurement: nobody can reach them, they reach S3, and they terminate by themselves. */
import {
  AuthorizeSecurityGroupEgressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  RevokeSecurityGroupEgressCommand,
  RunInstancesCommand,
  type Subnet,
  type Tag,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { SlipwayError } from '../model/error';
import type { InstanceType } from '../sizing';

export type Ec2 = Pick<EC2Client, 'send'>;

const NEEDED =
  'ec2:DescribeSubnets, ec2:DescribeImages, ec2:CreateSecurityGroup, ec2:RevokeSecurityGroupEgress, ' +
  'ec2:AuthorizeSecurityGroupEgress, ec2:DeleteSecurityGroup, ec2:RunInstances, ec2:CreateTags, ec2:DescribeInstances, ' +
  'ec2:TerminateInstances and ssm:GetParameter';

/** What AWS refuses, as an error of ours. */
export function awsError(error: unknown, what: string): SlipwayError {
  if (SlipwayError.is(error)) return error;
  const { name, message } = error as Error;
  const first = message.split('\n')[0];
  const hint = /CredentialsProvider|TokenProvider/.test(name)
    ? 'sign in, e.g. with "aws sso login", and set AWS_PROFILE'
    : /Unauthorized|AccessDenied|AuthFailure|Expired|InvalidClientTokenId|UnrecognizedClient/.test(name)
      ? `it takes ${NEEDED}`
      : 'try again';
  return new SlipwayError('E_AWS', `${what}: ${name}: ${first}; ${hint}`, { cause: error });
}

const tagged = (type: 'instance' | 'volume' | 'network-interface' | 'security-group', tags: readonly Tag[]) => ({
  ResourceType: type,
  Tags: [...tags],
});

/** Subnets that give instances a way out: those named, or of the default network. */
export async function subnetsFor(ec2: Ec2, named: string | undefined): Promise<Subnet[]> {
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand(
      named === undefined ? { Filters: [{ Name: 'default-for-az', Values: ['true'] }] } : { SubnetIds: [named] },
    ),
  );
  if (Subnets.length > 0) return Subnets;
  throw new SlipwayError(
    'E_AWS',
    'the account has no default network in the region; name a subnet with a way to the internet (--subnet subnet-...)',
  );
}

/** A group that lets nothing in, and HTTPS out. @returns its id */
export async function createSecurityGroup(ec2: Ec2, vpc: string, name: string, tags: readonly Tag[]): Promise<string> {
  const { GroupId: id } = await ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: name,
      Description: 'slipway profile: nothing in, HTTPS out',
      VpcId: vpc,
      TagSpecifications: [tagged('security-group', tags)],
    }),
  );
  return id!;
}

const ANYWHERE = [{ CidrIp: '0.0.0.0/0' }];

export async function closeSecurityGroup(ec2: Ec2, id: string): Promise<void> {
  await ec2.send(
    new RevokeSecurityGroupEgressCommand({ GroupId: id, IpPermissions: [{ IpProtocol: '-1', IpRanges: ANYWHERE }] }),
  );
  const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: ANYWHERE };
  await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: id, IpPermissions: [https] }));
}

/** Not at once when its instances are on their way out. */
export async function deleteSecurityGroup(ec2: Ec2, id: string): Promise<void> {
  await ec2.send(new DeleteSecurityGroupCommand({ GroupId: id }));
}

export interface Launch {
  readonly type: InstanceType;
  readonly image: string;
  readonly subnets: readonly Subnet[];
  readonly securityGroup: string;
  readonly userData: string;
  readonly volumeGiB: number;
  readonly tags: readonly Tag[];
  /** The same for one launch that is tried again: no second instance is made. */
  readonly token: string;
}

/** What says that another zone may have the type. */
const ELSEWHERE = /InsufficientInstanceCapacity|Unsupported|InsufficientFreeAddressesInSubnet/;

/** Zones that offer the type first, one after the other. @returns the id of the instance */
export async function launch(ec2: Ec2, of: Launch): Promise<string> {
  const offered = of.subnets.filter(({ AvailabilityZoneId: zone }) => of.type.zones.includes(zone ?? ''));
  const subnets = offered.length > 0 ? offered : of.subnets;
  for (const [i, { SubnetId }] of subnets.entries()) {
    try {
      const { Instances = [] } = await ec2.send(new RunInstancesCommand(input(of, SubnetId!, i)));
      return Instances[0]!.InstanceId!;
    } catch (error) {
      if (!ELSEWHERE.test((error as Error).name) || i === subnets.length - 1) throw error;
    }
  }
  throw new SlipwayError('E_INTERNAL', 'there is no subnet');
}

function input({ type, image, securityGroup, userData, volumeGiB, tags, token }: Launch, subnet: string, i: number) {
  return {
    ImageId: image,
    InstanceType: type.name as never,
    MinCount: 1,
    MaxCount: 1,
    ClientToken: `${token}-${i}`,
    InstanceInitiatedShutdownBehavior: 'terminate' as const,
    UserData: Buffer.from(userData).toString('base64'),
    MetadataOptions: { HttpTokens: 'required' as const, HttpPutResponseHopLimit: 1 },
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        SubnetId: subnet,
        Groups: [securityGroup],
        AssociatePublicIpAddress: true, // its way to S3, where a subnet has no other
        DeleteOnTermination: true,
      },
    ],
    BlockDeviceMappings: [
      {
        DeviceName: '/dev/xvda',
        Ebs: { VolumeSize: volumeGiB, VolumeType: 'gp3' as const, Encrypted: true, DeleteOnTermination: true },
      },
    ],
    TagSpecifications: [tagged('instance', tags), tagged('volume', tags), tagged('network-interface', tags)],
  };
}

/** `pending`, `running`, `shutting-down`, `terminated` ... by id. */
export async function statesOf(ec2: Ec2, ids: readonly string[]): Promise<Map<string, string>> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [...ids] }));
  const all = Reservations.flatMap(({ Instances = [] }) => Instances);
  return new Map(all.map(({ InstanceId, State }) => [InstanceId!, State?.Name ?? 'unknown']));
}

export async function terminate(ec2: Ec2, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await ec2.send(new TerminateInstancesCommand({ InstanceIds: [...ids] }));
}
