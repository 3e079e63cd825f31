/**
 * What AWS takes of each value that a user writes and a template carries, so that a value which AWS would refuse in the middle
 * of a deployment is refused at synthesis. docs/reference/configuration.md has the same table; a test keeps the two equal.
 */
import { OWN_KEY } from '../model/stage/encryption';
import { isOrigin, ORIGIN } from '../model/stage/origins';
import { isIpv6, isPrivate, parseIpv6Range, parseRange } from './addresses';
import { regionOfZone, regionProblem } from './regions';

/** A network is made of three zones with a public subnet of /24 and a private one of /20 each. */
const SMALLEST_NETWORK = 18;
const LARGEST_NETWORK = 16;

function networkProblem(text: string): string | undefined {
  const range = parseRange(text);
  if (!range) return 'must be a range of IPv4 addresses that begins on its boundary, e.g. 10.1.0.0/16';
  if (range.prefix < LARGEST_NETWORK || range.prefix > SMALLEST_NETWORK) {
    return `must be from /${LARGEST_NETWORK} to /${SMALLEST_NETWORK}, so that the subnets of three zones fit, is /${range.prefix}`;
  }
  return isPrivate(range)
    ? undefined
    : 'must be of private addresses: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10';
}

const rangeOrList = (key: string) => (text: string) => {
  if (/^pl-[0-9a-f]{8}([0-9a-f]{9})?$/.test(text)) return undefined;
  const range = parseRange(text);
  if (!range) {
    return 'must be a range of IPv4 addresses that begins on its boundary, e.g. 203.0.113.0/24, or the id of a prefix list';
  }
  return range.prefix === 0 ? `must not be everybody: leave ${key} out for that` : undefined;
};

function callerForm(text: string): string | undefined {
  if (!isIpv6(text)) return rangeOrList('allowFrom')(text);
  const prefix = parseIpv6Range(text);
  if (prefix === undefined) {
    return 'must be a range of IPv6 addresses that begins on its boundary, e.g. 2001:db8::/32';
  }
  return prefix === 0 ? 'must not be everybody: leave allowFrom out for that' : undefined;
}

export interface Limit {
  /** The keys of slipway.yaml that it is for. */
  readonly keys: string;
  /** Where the value goes. */
  readonly written: string;
  /** What is taken. */
  readonly takes: string;
  /** Who says so. */
  readonly source: string;
}

export interface TextLimit extends Limit {
  /** What is wrong with a text, as a phrase that begins with "must", "is" or "has"; undefined when it is taken. */
  readonly problem: (text: string) => string | undefined;
}

/** EC2 gives an id eight digits, where it is from before 2018, or seventeen. */
const id = (kind: string) => new RegExp(`^${kind}-([0-9a-f]{8}|[0-9a-f]{17})$`);
const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const PARTITION = 'aws[a-z-]*';
const KEY_ARN = new RegExp(`^arn:${PARTITION}:kms:[a-z0-9-]+:\\d{12}:key/(${UUID}|mrk-[0-9a-f]{32})$`);

const matches = (pattern: RegExp, problem: string) => (text: string) => (pattern.test(text) ? undefined : problem);

/** The first problem of several. */
const first =
  (...checks: readonly ((text: string) => string | undefined)[]) =>
  (text: string) => {
    for (const check of checks) {
      const problem = check(text);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };

const atMost = (most: number, unit: string) => (text: string) =>
  text.length <= most ? undefined : `must be at most ${most} ${unit}, has ${text.length}`;

/** A host name: labels of up to 63 letters, digits and hyphens; a top level of letters alone. */
const HOST_NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const LONGEST_HOST_NAME = 253;

/** SSM takes 1011 with the ARN that precedes the name; the longest of those has 65. */
const LONGEST_PARAMETER = 940;
const MOST_PARAMETER_LEVELS = 15;

function parameterProblem(name: string): string | undefined {
  if (!/^\/[\w.-]+(\/[\w.-]+)*$/.test(name)) {
    return 'must be the name of an SSM parameter, letters, digits and _ . - between slashes, e.g. /slipway/prod/keys';
  }
  if (/^\/(aws|ssm)/i.test(name)) return 'must not begin with /aws or /ssm: SSM keeps these names for itself';
  const levels = name.split('/').length - 1;
  if (levels > MOST_PARAMETER_LEVELS) return `must have at most ${MOST_PARAMETER_LEVELS} levels, has ${levels}`;
  return atMost(LONGEST_PARAMETER, 'characters')(name);
}

/** What is written into a unit and a shell script stands on one line. */
function onOneLine(text: string): string | undefined {
  const found = /[\p{Cc}\p{Cs}\u2028\u2029]/u.exec(text);
  if (!found) return undefined;
  const code = found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return `must have no control characters, has U+${code}`;
}

/** Longest of the texts that stand in the boot script: more is a mistake. */
const LONGEST_CLAIM = 512;
const LONGEST_SCOPE = 128;

/** SNS says no number; a browser's bound. */
const LONGEST_ADDRESS = 2048;

const USER_GUIDE = 'EC2 user guide, resource ids';

/** Origins of an endpoint; they stand in the boot script. */
export const MOST_ORIGINS = 20;

/** What all services take. */
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const TAG_CHARACTERS = 'must have letters, digits, blanks and _ . : / = + - @ alone';

export const LIMITS = {
  account: {
    keys: '`account`',
    written: 'environment of the stacks',
    takes: 'twelve digits in quotes, not all of them 0',
    source: 'AWS account management guide, account identifiers',
    problem: first(
      matches(/^\d{12}$/, 'must be twelve digits'),
      matches(/[1-9]/, 'must be the number of an account; there is none of twelve zeros'),
    ),
  },
  region: {
    keys: '`region`',
    written: 'environment of the stacks',
    takes: 'a region of AWS, AWS in China, GovCloud or the European sovereign cloud',
    source: 'region table of aws-cdk-lib',
    problem: regionProblem,
  },
  hostName: {
    keys: '`domain.name`, `domain.zone`, and those of `domain.names`',
    written: '`Certificate.DomainName`, `RecordSet.Name`, dimension `Endpoint` of the metrics, names of the stacks',
    takes:
      'lower-case labels of up to 63 letters, digits and hyphens, 253 in all; where a certificate is made for a name of more than 64, its first name is the nearest parent in the zone that is short enough',
    source: 'RFC 1035; ACM API, RequestCertificate',
    problem: first(
      matches(HOST_NAME, 'must be a host name in lower case, e.g. credit.example.com'),
      atMost(LONGEST_HOST_NAME, 'characters'),
    ),
  },
  endpointName: {
    keys: '`name`',
    written: 'dimension `Endpoint` of the metrics, names of the stacks',
    takes: '2 to 60 lower-case letters, digits and single hyphens, a letter first',
    source: 'CloudFormation API, CreateStack',
    problem: first(
      matches(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'must be lower-case words with hyphens, e.g. credit-dev'),
      (value) => (value.length < 2 || value.length > 60 ? 'must have 2 to 60 characters' : undefined),
    ),
  },
  zoneId: {
    keys: '`domain.zoneId`, `domain.privateZoneId`',
    written: '`RecordSet.HostedZoneId`, `Certificate.DomainValidationOptions`',
    takes: 'Z and capital letters and digits, 32 at most; the same id for the same zone',
    source: 'Route 53 API, ResourceId',
    problem: matches(/^Z[A-Z0-9]{3,31}$/, 'must be the id of a Route 53 hosted zone, e.g. Z0123456789ABCDEFGHIJ'),
  },
  certificate: {
    keys: '`domain.certificate`',
    written: '`Listener.Certificates`',
    takes: 'an ARN of ACM, in the region, the account and the partition of the stage',
    source: 'Elastic Load Balancing guide, HTTPS listeners',
    problem: matches(
      new RegExp(`^arn:${PARTITION}:acm:[a-z0-9-]+:\\d{12}:certificate/${UUID}$`),
      'must be the ARN of an ACM certificate, e.g. arn:aws:acm:eu-west-1:111111111111:certificate/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f',
    ),
  },
  email: {
    keys: '`monitoring.notify`',
    written: '`SNS::Subscription.Endpoint`',
    takes: 'addresses of at most 254 characters, each once',
    source: 'RFC 5321; SNS API, Subscribe',
    problem: first(
      matches(/^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[^@\s]+$/, 'must be an e-mail address'),
      (text) =>
        HOST_NAME.test(text.slice(text.lastIndexOf('@') + 1).toLowerCase()) ? undefined : 'must be an e-mail address',
      matches(/^(?!.*\.\.)(?!\.)[^@]*(?<!\.)@/, 'must be an e-mail address'),
      atMost(254, 'characters'),
    ),
  },
  alertAddress: {
    keys: '`monitoring.notify`, https addresses',
    written: '`SNS::Subscription.Endpoint`',
    takes: `an https address without a user and password, at most ${LONGEST_ADDRESS} printable ASCII characters`,
    source: 'SNS API, Subscribe; RFC 3986',
    problem: first(
      matches(
        /^https:\/\/[^\s@/]+\/\S*$/i,
        'must be an https address with a path, e.g. https://events.example.com/enqueue',
      ),
      matches(/^[\x21-\x7e]+$/, 'must have printable ASCII characters alone'),
      atMost(LONGEST_ADDRESS, 'characters'),
    ),
  },
  alertParameter: {
    keys: '`monitoring.notify`, names of parameters',
    written: '`SNS::Subscription.Endpoint`, which CloudFormation reads from it',
    takes: 'as `access.apiKeys`; a parameter of type String that holds an https address',
    source: 'CloudFormation user guide, dynamic references',
    problem: parameterProblem,
  },
  slack: {
    keys: '`monitoring.notify`, `slack.workspace`, `slack.channel`',
    written: '`SlackChannelConfiguration.SlackWorkspaceId`, `SlackChannelId`',
    takes: 'capital letters and digits, 2 to 255, as the address of the channel in a browser has them',
    source: 'CloudFormation reference, AWS::Chatbot',
    problem: matches(
      /^[A-Z0-9]{2,255}$/,
      'must be an id of Slack, e.g. T0123ABCDEF of a workspace or C0123ABCDEF of a channel',
    ),
  },
  teams: {
    keys: '`monitoring.notify`, `teams.tenant`, `teams.team`',
    written: '`MicrosoftTeamsChannelConfiguration.TeamsTenantId`, `TeamId`',
    takes: 'a UUID, as the link to the channel has it',
    source: 'CloudFormation reference, AWS::Chatbot',
    problem: matches(new RegExp(`^${UUID}$`), 'must be a UUID, e.g. 0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f'),
  },
  teamsChannel: {
    keys: '`monitoring.notify`, `teams.channel`',
    written: '`MicrosoftTeamsChannelConfiguration.TeamsChannelId`',
    takes: 'as the link to the channel has it, with %3A and %40, at most 256 characters',
    source: 'CloudFormation reference, AWS::Chatbot',
    problem: first(
      matches(
        /^[\w=+/.,-]*%3[aA][\w=+/.,-]*%40[\w=+/.,-]*$/,
        'must be the id in the link to the channel, e.g. 19%3Aab12%40thread.tacv2',
      ),
      atMost(256, 'characters'),
    ),
  },
  parameter: {
    keys: '`access.apiKeys`, `access.jwt.keySet`',
    written: 'boot script, IAM policy',
    takes:
      'a name that begins with a slash, not with /aws or /ssm; letters, digits and _ . - in at most 15 levels, 940 in all',
    source: 'SSM API, PutParameter',
    problem: parameterProblem,
  },
  origin: {
    keys: '`access.origins`',
    written: 'environment in the systemd unit, in the boot script',
    takes: 'scheme, host in lower case, and a port that is not the usual one; or `*`',
    source: 'RFC 6454, section 6.2',
    problem: (text: string) => (isOrigin(text) ? undefined : ORIGIN),
  },
  issuer: {
    keys: '`access.jwt.issuer`',
    written: 'environment in the systemd unit, in the boot script',
    takes: `an https URL of at most ${LONGEST_CLAIM} characters, without control characters`,
    source: 'RFC 8414; bound of our own',
    problem: first(
      onOneLine,
      matches(/^https:\/\/\S+$/, 'must be the iss of the tokens, e.g. https://login.example.com/'),
      atMost(LONGEST_CLAIM, 'characters'),
    ),
  },
  audience: {
    keys: '`access.jwt.audience`',
    written: 'environment in the systemd unit, in the boot script',
    takes: `1 to ${LONGEST_CLAIM} characters, no control characters`,
    source: 'RFC 7519; bound of our own',
    problem: first(
      onOneLine,
      matches(/\S/, 'must be the aud of the tokens, e.g. screening'),
      atMost(LONGEST_CLAIM, 'characters'),
    ),
  },
  scope: {
    keys: '`access.jwt.scope`',
    written: 'environment in the systemd unit, in the boot script',
    takes: `one scope of at most ${LONGEST_SCOPE} printable ASCII characters but space, " and \\`,
    source: 'RFC 6749, section 3.3; bound of our own',
    problem: first(
      matches(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be one scope, without spaces, quotes and control characters'),
      atMost(LONGEST_SCOPE, 'characters'),
    ),
  },
  key: {
    keys: '`access.encryptionKey`',
    written: 'IAM policy',
    takes: 'an ARN of a KMS key, in the region and the partition of the stage',
    source: 'KMS developer guide, key ARN',
    problem: matches(
      KEY_ARN,
      'must be the ARN of a KMS key, e.g. arn:aws:kms:eu-west-1:111111111111:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f',
    ),
  },
  encryptionKey: {
    keys: '`encryptionKey`',
    written: '`LogGroup.KmsKeyId`, `LaunchTemplate.KmsKeyId`, `Topic.KmsMasterKeyId`, `Function.Code.SourceKMSKeyArn`',
    takes: 'stage, or an ARN of a KMS key, in the region, the account and the partition of the stage',
    source: 'KMS developer guide, key ARN',
    problem: matches(
      new RegExp(`^${OWN_KEY}$|${KEY_ARN.source}`),
      'must be stage, for a key of its own, or the ARN of a KMS key, e.g. arn:aws:kms:eu-west-1:111111111111:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f',
    ),
  },
  vpc: {
    keys: '`network.vpcId`',
    written: '`SecurityGroup.VpcId`, `TargetGroup.VpcId`',
    takes: 'vpc- and 8 or 17 hexadecimal digits',
    source: USER_GUIDE,
    problem: matches(id('vpc'), 'must be the id of a VPC, e.g. vpc-0123456789abcdef0'),
  },
  subnet: {
    keys: '`network.publicSubnetIds`, `network.privateSubnetIds`',
    written: '`LoadBalancer.Subnets`, `AutoScalingGroup.VPCZoneIdentifier`',
    takes: 'subnet- and 8 or 17 hexadecimal digits; each once, at least two public ones, none both public and private',
    source: `${USER_GUIDE}; Elastic Load Balancing guide, subnets`,
    problem: matches(id('subnet'), 'must be the id of a subnet, e.g. subnet-0123456789abcdef0'),
  },
  zone: {
    keys: '`network.availabilityZones`',
    written: 'order of the subnets',
    takes: 'names of zones of the region, at least two, each once',
    source: 'EC2 user guide, availability zones',
    problem: (text) => (regionOfZone(text) === undefined ? 'must be an availability zone, e.g. eu-west-1a' : undefined),
  },
  networkZone: {
    keys: '`zones`',
    written: '`Subnet.AvailabilityZoneId`',
    takes: 'ids of two or three zones of the region, each once',
    source: 'EC2 user guide, availability zones',
    problem: matches(
      /^[a-z]{2,6}\d-az\d$/,
      'must be the id of an availability zone, which is the same in every account, e.g. euw1-az1',
    ),
  },
  network: {
    keys: '`cidr`',
    written: '`VPC.CidrBlock`',
    takes: `private IPv4 addresses, /${LARGEST_NETWORK} to /${SMALLEST_NETWORK}; only where the network is the endpoint's own`,
    source: 'VPC user guide, VPC CIDR blocks',
    problem: networkProblem,
  },
  caller: {
    keys: '`allowFrom`',
    written: '`SecurityGroupIngress.CidrIp`, `CidrIpv6`, `SourcePrefixListId`',
    takes:
      'ranges of IPv4 addresses and, with `ipAddressType: dualstack`, of IPv6, not all of them, and ids of prefix lists; each once, 25 at most',
    source: 'EC2 user guide, security group rules; VPC quotas, rules per security group',
    problem: callerForm,
  },
  reached: {
    keys: '`allowTo`',
    written: '`SecurityGroupEgress.CidrIp`, `SecurityGroupEgress.DestinationPrefixListId`',
    takes: 'ranges of IPv4 addresses, not all of them, and ids of prefix lists; each once, 25 at most',
    source: 'EC2 user guide, security group rules; VPC quotas, rules per security group',
    problem: rangeOrList('allowTo'),
  },
  scraper: {
    keys: '`monitoring.scrapeFrom`',
    written: '`SecurityGroupIngress.CidrIp`, `SecurityGroupIngress.SourceSecurityGroupId`',
    takes:
      'ranges of IPv4 addresses, not all of them, ids of prefix lists, and of security groups in the network; each once, 25 at most',
    source: 'EC2 user guide, security group rules; VPC quotas, rules per security group',
    problem: (text) => {
      if (/^sg-[0-9a-f]{8}([0-9a-f]{9})?$/.test(text)) return undefined;
      const problem = rangeOrList('monitoring.scrapeFrom')(text);
      return problem?.startsWith('must be a range') ? `${problem}, or of a security group` : problem;
    },
  },
  listener: {
    keys: '`listener.arn`',
    written: '`ListenerRule.ListenerArn`, `ListenerCertificate.ListenerArn`',
    takes:
      'an ARN of a listener of an application load balancer, in the region, the account and the partition of the stage',
    source: 'Elastic Load Balancing API, CreateRule',
    problem: matches(
      new RegExp(
        `^arn:${PARTITION}:elasticloadbalancing:[a-z0-9-]+:\\d{12}:listener/app/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}/[0-9a-f]{16}$`,
      ),
      'must be the ARN of a listener, e.g. arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/shared/0123456789abcdef/fedcba9876543210',
    ),
  },
  securityGroup: {
    keys: '`listener.securityGroup`',
    written: '`SecurityGroupEgress.GroupId`, `SecurityGroupIngress.SourceSecurityGroupId`',
    takes: 'sg- and 8 or 17 hexadecimal digits',
    source: USER_GUIDE,
    problem: matches(id('sg'), 'must be the id of a security group, e.g. sg-0123456789abcdef0'),
  },
  machineImage: {
    keys: '`machineImage`',
    written: '`LaunchTemplate.ImageId`',
    takes: 'ami- and 8 or 17 hexadecimal digits',
    source: USER_GUIDE,
    problem: matches(id('ami'), 'must be the id of an AMI, e.g. ami-0123456789abcdef0'),
  },
  tagKey: {
    keys: 'keys of `tags`',
    written: '`Tags` of every resource that has them, and of the stacks',
    takes:
      '1 to 128 letters, digits, blanks and _ . : / = + - @, none in two ways of writing capitals; not what begins with aws: or slipway:',
    source: 'Tagging AWS resources guide, tag naming limits; IAM API, Tag',
    problem: first(
      matches(TAG_TEXT, TAG_CHARACTERS),
      (key) => (key.trim() === key && key !== '' ? undefined : 'must have text, and no blanks at its ends'),
      atMost(128, 'characters'),
      (key) => (/^aws:/i.test(key) ? 'must not begin with aws: AWS keeps these for itself' : undefined),
      (key) =>
        /^slipway:/i.test(key) ? 'must not begin with slipway: the commands find what is theirs by it' : undefined,
    ),
  },
  tagValue: {
    keys: 'values of `tags`',
    written: '`Tags` of every resource that has them, and of the stacks',
    takes: '1 to 256 letters, digits, blanks and _ . : / = + - @',
    source: 'CloudFormation API, Tag; IAM API, Tag',
    problem: first(
      matches(TAG_TEXT, TAG_CHARACTERS),
      (value) => (value.trim() === '' ? 'must have text: CloudFormation takes no tag without' : undefined),
      atMost(256, 'characters'),
    ),
  },
} as const satisfies Record<string, TextLimit>;

/** AWS takes 50 of a resource; those of Slipway, and the names that the CDK gives, need some. */
export const MOST_TAGS = 40;

/** Bytes of user data, before they are encoded in base64. */
export const MOST_USER_DATA_BYTES = 16_384;

/** Resources in a stack. */
const MOST_RESOURCES = 500;

/** Each address is a resource; the endpoint itself, its network in the same stack included, has fewer than the rest. */
export const MOST_NOTIFIED = MOST_RESOURCES - 100;

/** Of a load balancer beside that of its first name (Elastic Load Balancing quotas, 2026-11). */
export const MOST_CERTIFICATES = 25;

/** Some certificates are left to models with names of their own. */
export const MOST_NAMES = 20;

/** A security group has 60 rules for incoming traffic; each caller has one for 443 and may have one for 80. */
export const MOST_CALLERS = 25;

/** Seconds that the creation of a stack may wait for the signal of an instance. */
export const LONGEST_BOOT_SECONDS = 12 * 3600;

/** Seconds that a deployment may be watched after its last instance. */
export const LONGEST_BAKE_SECONDS = 48 * 3600;

/** Limits of what is put together from several values. */
export const WHOLES: readonly Limit[] = [
  {
    keys: 'name of a stage',
    written: 'id of a stage of the CDK, its selector',
    takes:
      '2 to 20 lower-case letters, digits and hyphens, a letter first; not a word that JavaScript keeps for itself (constructor)',
    source: 'aws-cdk-lib, Stage',
  },
  {
    keys: 'name of a stack',
    written: '`StackName`',
    takes:
      'made from `domain.name`: a letter, then letters, digits and hyphens, 128 at most, another one for each domain name',
    source: 'CloudFormation API, CreateStack',
  },
  {
    keys: 'one `domain.name` in two stages',
    written: '`RecordSet`, `StackName`',
    takes:
      'not in one account and region, whose stack it would be twice, and not in one hosted zone, whose record it would be twice',
    source: 'CloudFormation API, CreateStack; Route 53 guide, record sets',
  },
  {
    keys: 'all of `monitoring.notify`',
    written: '`SNS::Subscription`',
    takes: `${MOST_NOTIFIED} addresses: a stack has at most ${MOST_RESOURCES} resources`,
    source: 'CloudFormation quotas',
  },
  {
    keys: 'all that an instance reads at boot',
    written: '`UserData`',
    takes: `${MOST_USER_DATA_BYTES} bytes before base64; names that only AWS knows are reckoned at their longest`,
    source: 'EC2 user guide, user data',
  },
  {
    keys: 'time of a boot, from the sizing plan',
    written: '`WaitCondition.Timeout`',
    takes: 'twelve hours',
    source: 'CloudFormation template reference, WaitCondition',
  },
  {
    keys: 'time that a deployment is watched, from the sizing plan',
    written: '`UpdatePolicy.AutoScalingInstanceRefresh`',
    takes: 'two days',
    source: 'EC2 Auto Scaling API, RefreshPreferences',
  },
];
