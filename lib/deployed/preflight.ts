/**
 * What of a deployment CloudFormation would refuse in the middle, or would do to the harm of clients: templates that are to be
 * deployed, beside those that are. Which properties are replaced by a change: CloudFormation template reference, "Update
 * requires" of each.
 */
import {
  type CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { SlipwayError } from '../model/error';
import { isRecord } from '../model/formats/json';
import type { AssembledStack, StackTemplate } from './assembly';
import { isNeverMade, protectedRest } from './protected-rest';

/** A resource that a change of these properties replaces. */
interface Lasting {
  readonly what: string;
  readonly properties: readonly string[];
  /** What comes of it, and the way to do it. */
  readonly why: string;
  /** Whether it is kept from being removed, too. */
  readonly kept?: true;
}

const BESIDE =
  'Add a stage beside it with another domain.name, deploy that, move the clients, then remove the stacks of this one';

const UNPROTECT = `Deploy "protect: false" first if this is meant`;

const LASTING: Readonly<Record<string, Lasting>> = {
  'AWS::EC2::VPC': {
    what: 'the network',
    properties: ['CidrBlock'],
    why: `what stands in a network keeps it, so that CloudFormation refuses this. ${BESIDE}`,
    kept: true,
  },
  'AWS::EC2::Subnet': {
    what: 'a subnet',
    properties: ['AvailabilityZone', 'AvailabilityZoneId', 'CidrBlock', 'VpcId'],
    why: `a subnet that is in use cannot move, so that CloudFormation refuses this. ${BESIDE}`,
    kept: true,
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    what: 'the load balancer',
    properties: ['Name', 'Scheme', 'Type'],
    why: `clients depend on its addresses. ${UNPROTECT}`,
    kept: true,
  },
  'AWS::CloudFront::Distribution': {
    what: 'the distribution',
    properties: [],
    why: `clients call its name, which AWS gives to no other. ${UNPROTECT}`,
    kept: true,
  },
  'AWS::ApiGatewayV2::Api': {
    what: 'the HTTP API',
    properties: ['ProtocolType'],
    why: `clients call its name, which AWS gives to no other. ${UNPROTECT}`,
    kept: true,
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': {
    what: 'the target group',
    properties: ['Name', 'Port', 'Protocol', 'ProtocolVersion', 'TargetType', 'VpcId'],
    why: `the load balancer would send requests to the new one before it has instances. ${BESIDE}`,
  },
  'AWS::S3::Bucket': {
    what: 'the bucket of the access logs',
    properties: ['BucketName'],
    why: `what is in it is evidence. ${UNPROTECT}`,
    kept: true,
  },
  'AWS::Logs::LogGroup': {
    what: 'a log group',
    properties: ['LogGroupName'],
    why: `what is in it is evidence. ${UNPROTECT}`,
  },
  'AWS::Route53::RecordSet': {
    what: 'the record of the name',
    properties: ['Name', 'HostedZoneId', 'HostedZoneName'],
    why: `clients depend on it. ${BESIDE}`,
    kept: true,
  },
};

/** Names of properties of a resource that is replaced, or `removed`. */
export interface Refusal {
  readonly stackName: string;
  readonly logicalId: string;
  readonly text: string;
}

/** @param before as it is deployed, @param after as it is to be */
export function refusals(stackName: string, before: StackTemplate, after: StackTemplate): Refusal[] {
  return Object.entries(before.Resources ?? {}).flatMap(([logicalId, old]): Refusal[] => {
    const lasting = LASTING[old.Type];
    if (!lasting) return [];
    const { what, properties, why, kept } = lasting;
    const now = after.Resources?.[logicalId];
    const said = (how: string) => [{ stackName, logicalId, text: `${what} (${logicalId}) ${how}: ${why}` }];
    if (now?.Type !== old.Type) return kept ? said('would be removed') : [];
    const changed = properties.filter(
      (name) => canonical(now.Properties?.[name]) !== canonical(old.Properties?.[name]),
    );
    if (changed.length === 0) return [];
    return said(`would be replaced, since another ${changed.join(', ')} cannot be given to what is there`);
  });
}

/**
 * What a stack would take away that another one of the stage imports as it is deployed: CloudFormation refuses that.
 *
 * @param deployed by names of stacks, @param after the stack as it is to be
 */
export function takenAway(deployed: ReadonlyMap<string, StackTemplate>, after: AssembledStack): Refusal[] {
  const { stackName, template } = after;
  const exportsOf = (of: StackTemplate | undefined) =>
    Object.entries(of?.Outputs ?? {}).flatMap(([output, { Export }]) =>
      Export === undefined ? [] : [{ output, name: canonical(Export.Name) }],
    );
  const kept = new Set(exportsOf(template).map(({ name }) => name));
  return exportsOf(deployed.get(stackName)).flatMap(({ output, name }): Refusal[] => {
    const users = [...deployed].filter(
      ([other, of]) => other !== stackName && canonical(of).includes(`{"Fn::ImportValue":${name}}`),
    );
    if (kept.has(name) || users.length === 0) return [];
    const names = users.map(([user]) => user).join(', ');
    const text = `what ${names} uses (${output}) would be removed before it is used no more, so that CloudFormation refuses this. Deploy ${names} first, with "cdk deploy --exclusively", then the rest`;
    return [{ stackName, logicalId: output, text }];
  });
}

/** The same text for equal values, whatever the order of keys. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
    ) ?? ''
  );
}

/**
 * Look at what is deployed of a stage, and say what must not be done to it.
 *
 * @throws SlipwayError E_AWS when AWS does not say what is deployed
 */
export async function preflight(
  stage: string,
  stacks: readonly AssembledStack[],
  client: Pick<CloudFormationClient, 'send'>,
): Promise<Refusal[]> {
  const found: Refusal[] = [];
  const missing: AssembledStack[] = [];
  const running = new Map<string, StackTemplate>();
  for (const stack of stacks) {
    const rest = await restOf(stack.stackName, client);
    if (rest?.text !== undefined) found.push({ stackName: stack.stackName, logicalId: '', text: rest.text });
    const deployed = rest ? undefined : await deployedTemplate(stack.stackName, client);
    if (deployed) {
      running.set(stack.stackName, deployed);
      found.push(...refusals(stack.stackName, deployed, stack.template));
    } else missing.push(stack);
  }
  for (const { stackName } of missing) found.push(...(await otherKind(stackName, client)));
  for (const stack of stacks) found.push(...takenAway(running, stack));
  // a stage that is deployed under other names stays there, runs and costs on
  if (missing.length < stacks.length) return found;
  const served = new Set(missing.flatMap(({ template }) => modelOf(template.Description) ?? []));
  const names = new Set(stacks.map(({ stackName }) => stackName));
  for (const { StackName = '', Description, Tags = [] } of await allStacks(client)) {
    const ours = Tags.some(({ Key, Value }) => Key === 'slipway:stage' && Value === stage);
    if (!ours || names.has(StackName) || !served.has(modelOf(Description) ?? '')) continue;
    const text = `the stage ${stage} is deployed under another name: this would make new stacks, and the old ones run and cost on. Deploy with --accept if that is meant, move the clients, then remove the old ones`;
    found.push({ stackName: StackName, logicalId: '', text });
  }
  return found;
}

/** What is left of a first deployment that failed, which the next one replaces; undefined where there is no such thing. */
async function restOf(
  stackName: string,
  client: Pick<CloudFormationClient, 'send'>,
): Promise<{ readonly text?: string } | undefined> {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    return stack && isNeverMade(stack.StackStatus) ? { text: protectedRest(stackName, stack) } : undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw unread(`the stack ${stackName}`, error);
  }
}

/** Endings of what serves a name: one model, or a front door of several. */
const KINDS = [
  ['-front-door', '-endpoint', 'one model'],
  ['-endpoint', '-front-door', 'several models'],
] as const;

/** One model becomes several, or the other way round: both would have the record of the name. */
async function otherKind(stackName: string, client: Pick<CloudFormationClient, 'send'>): Promise<Refusal[]> {
  for (const [ending, other, what] of KINDS) {
    if (!stackName.endsWith(ending)) continue;
    const beside = `${stackName.slice(0, -ending.length)}${other}`;
    if (!(await deployedTemplate(beside, client))) continue;
    const text = `${what} of this name is deployed as ${beside}, which has its record, so that CloudFormation refuses this. ${BESIDE}`;
    return [{ stackName, logicalId: '', text }];
  }
  return [];
}

/** Descriptions of endpoints read `credit.example.com: credit-risk on 2 x t4g.micro`. */
const modelOf = (description = '') => /: (.+) on \d+ x \S+$/.exec(description)?.[1];

async function deployedTemplate(
  stackName: string,
  client: Pick<CloudFormationClient, 'send'>,
): Promise<StackTemplate | undefined> {
  let body: string | undefined;
  try {
    const asked = new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' });
    body = (await client.send(asked)).TemplateBody;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw unread(`the template of the stack ${stackName}`, error);
  }
  try {
    return JSON.parse(body ?? '') as StackTemplate;
  } catch {
    throw new SlipwayError('E_AWS', `the template of the stack ${stackName} is not JSON, as "cdk deploy" writes it`);
  }
}

const isAbsent = (error: unknown) =>
  (error as Error).name === 'ValidationError' && (error as Error).message.includes('does not exist');

async function allStacks(client: Pick<CloudFormationClient, 'send'>): Promise<Stack[]> {
  const stacks: Stack[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeStacksCommand({ NextToken })).catch((error: unknown) => {
      throw unread('the stacks of the account', error);
    });
    stacks.push(...(page.Stacks ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return stacks;
}

function unread(what: string, cause: unknown): SlipwayError {
  const { message, name } = cause as Error;
  return new SlipwayError('E_AWS', `${what} cannot be read: ${message || name}`, { cause });
}
