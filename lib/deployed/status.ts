/** How a deployed stage stands: its stack, its package, why its last deployment failed, which alarms are on, who is told of them. */
import {
  type CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import {
  type CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { ListSubscriptionsByTopicCommand, type SNSClient, type Subscription } from '@aws-sdk/client-sns';
import { SlipwayError } from '../model/error';
import { outputOf, PACKAGE_OUTPUT, type StoredPackage, URL_OUTPUT } from '../model/stage/deployment';
import { STACK_TYPE } from './assembly';
import { type Drift, worstDrift } from './drift';
import { storedPackage } from './packages';
import { protectedRest } from './protected-rest';
import { idsOfType, type StackResource, stackResources, stacksWithin } from './resources';
import { told } from './told';

export interface StageStatus {
  readonly stack: string;
  /** CloudFormation's word, e.g. `UPDATE_ROLLBACK_COMPLETE`. */
  readonly state: string;
  /** What clients call. Absent while a first deployment is not through. */
  readonly url?: string;
  /** When the stack was made, and when it was changed last, ISO 8601. */
  readonly created?: string;
  readonly changed?: string;
  /** Absent while a first deployment is not through. */
  readonly package?: StoredPackage;
  /** What the last deployment failed of. @default - it did not */
  readonly failure?: { readonly at: string; readonly resource: string; readonly reason: string };
  /** Why the next deployment cannot do its work, and what to do. @default - nothing keeps it */
  readonly held?: string;
  /** Alarms that are on, as their mail tells of them. */
  readonly alarms: readonly { readonly name: string; readonly since: string; readonly reason: string }[];
  /** Who is told of alarms. Each is there once, though a stage may have two topics. */
  readonly told: readonly Told[];
  /** What CloudFormation found when it was asked last to look. */
  readonly drift: Drift;
  /** What the stack is made of. */
  readonly resources: readonly StackResource[];
}

/** A subscription of a topic of the stage. */
export interface Told {
  /** An e-mail address; of a web address, which may have a key in it, the scheme and the host. */
  readonly who: string;
  /** Whether it was confirmed: nothing is sent before. */
  readonly confirmed: boolean;
}

export interface StatusClients {
  readonly stacks: Pick<CloudFormationClient, 'send'>;
  readonly alarms: Pick<CloudWatchClient, 'send'>;
  readonly topics: Pick<SNSClient, 'send'>;
}

/** Pages of events, of a hundred each; a deployment of one endpoint has fewer. */
const MOST_PAGES = 10;

/** CloudWatch takes so many names in one request, and then answers in one page. */
const MOST_ALARMS = 100;

/** What CloudFormation says of resources that did not fail themselves. */
const CANCELLED = /^Resource (creation|update) cancelled$/;

/**
 * @param model whose package is told, of a stack that has several. @default - it has one
 * @throws SlipwayError E_AWS when AWS refuses, or the stack is not there
 */
export async function stageStatus(stack: string, clients: StatusClients, model?: string): Promise<StageStatus> {
  const described = await told(
    `the stack ${stack}`,
    clients.stacks.send(new DescribeStacksCommand({ StackName: stack })),
  );
  const found = described.Stacks?.[0];
  const state = found?.StackStatus;
  if (found === undefined || state === undefined) throw new SlipwayError('E_AWS', `there is no stack ${stack}`);
  const outputNamed = (key: string) =>
    found.Outputs?.find(({ OutputKey }) => OutputKey === outputOf(key, model))?.OutputValue;
  const [output, url] = [outputNamed(PACKAGE_OUTPUT), outputNamed(URL_OUTPUT)];
  const changed = found.LastUpdatedTime ?? found.CreationTime;
  const failure = /ROLLBACK|FAILED/.test(state) ? await failureOf(stack, clients) : undefined;
  const held = protectedRest(stack, found);
  const resources = await stackResources(stack, clients.stacks);
  return {
    stack,
    state,
    ...(url !== undefined && { url }),
    ...(found.CreationTime && { created: found.CreationTime.toISOString() }),
    ...(changed && { changed: changed.toISOString() }),
    ...(output !== undefined && { package: storedPackage(output, stack) }),
    ...(failure && { failure }),
    ...(held !== undefined && { held }),
    alarms: await alarmsOf(stack, resources, clients),
    told: await toldOf(stack, resources, clients),
    drift: await lastDriftOf(stack, found, resources, clients),
    resources,
  };
}

/** Also of the stacks within it, which CloudFormation looks at one by one. */
async function lastDriftOf(
  stack: string,
  found: Stack,
  resources: readonly StackResource[],
  { stacks }: StatusClients,
): Promise<Drift> {
  const asked = stacksWithin(resources).map((StackName) => stacks.send(new DescribeStacksCommand({ StackName })));
  const within = await told(`the stack ${stack}`, Promise.all(asked));
  return worstDrift([found, ...within.flatMap(({ Stacks = [] }) => Stacks)].map(lastDrift));
}

function lastDrift({ DriftInformation }: Stack): Drift {
  const { StackDriftStatus, LastCheckTimestamp } = DriftInformation ?? {};
  return {
    state: StackDriftStatus ?? 'NOT_CHECKED',
    ...(LastCheckTimestamp && { at: LastCheckTimestamp.toISOString() }),
  };
}

/** The first event of the last deployment that tells of a failure: the others follow from it. */
async function failureOf(stack: string, clients: StatusClients): Promise<StageStatus['failure']> {
  const { stacks } = clients;
  let first: StackEvent | undefined;
  let NextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const asked = new DescribeStackEventsCommand({ StackName: stack, ...(NextToken && { NextToken }) });
    const answer = await told(`the stack ${stack}`, stacks.send(asked));
    for (const event of answer.StackEvents ?? []) {
      const { ResourceStatus = '', ResourceStatusReason: reason = '' } = event;
      if (isOfStack(event, stack)) {
        if (/^(CREATE|UPDATE)_IN_PROGRESS$/.test(ResourceStatus)) return deepest(first, clients);
      } else if (/^(CREATE|UPDATE)_FAILED$/.test(ResourceStatus) && !CANCELLED.test(reason)) first = event;
    }
    NextToken = answer.NextToken;
    if (NextToken === undefined) break;
  }
  return deepest(first, clients);
}

/** Whether an event is of the stack itself, and not of what it is made of. */
const isOfStack = ({ ResourceType, LogicalResourceId, PhysicalResourceId, StackId }: StackEvent, stack: string) =>
  ResourceType === STACK_TYPE &&
  (LogicalResourceId === stack || (StackId !== undefined && PhysicalResourceId === StackId));

/** Of a stack within the stack the event says no more than that it failed: what did so is in the events of that one. */
async function deepest(event: StackEvent | undefined, clients: StatusClients): Promise<StageStatus['failure']> {
  const { ResourceType, PhysicalResourceId } = event ?? {};
  const within =
    ResourceType === STACK_TYPE && PhysicalResourceId ? await failureOf(PhysicalResourceId, clients) : undefined;
  return within ?? failureText(event);
}

function failureText(event: StackEvent | undefined): StageStatus['failure'] {
  if (!event) return undefined;
  const { Timestamp, LogicalResourceId = '', ResourceStatusReason = '' } = event;
  return { at: Timestamp?.toISOString() ?? '', resource: LogicalResourceId, reason: ResourceStatusReason };
}

async function alarmsOf(
  stack: string,
  resources: readonly StackResource[],
  clients: StatusClients,
): Promise<StageStatus['alarms']> {
  // the physical id of an alarm is its name
  const names = idsOfType(resources, /^AWS::CloudWatch::(Composite)?Alarm$/);
  const on: (CompositeAlarm | MetricAlarm)[] = [];
  for (let first = 0; first < names.length; first += MOST_ALARMS) {
    const asked = new DescribeAlarmsCommand({
      AlarmNames: names.slice(first, first + MOST_ALARMS),
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      StateValue: 'ALARM',
      MaxRecords: MOST_ALARMS,
    });
    const { MetricAlarms = [], CompositeAlarms = [] } = await told(
      `the alarms of ${stack}`,
      clients.alarms.send(asked),
    );
    on.push(...CompositeAlarms, ...MetricAlarms);
  }
  return on.map(({ AlarmName: name = '', StateReason: reason = '', StateUpdatedTimestamp: since }) => ({
    name,
    since: since?.toISOString() ?? '',
    reason,
  }));
}

/** What SNS has for the ARN of a subscription that nobody has confirmed. */
const PENDING = 'PendingConfirmation';

async function toldOf(stack: string, resources: readonly StackResource[], { topics }: StatusClients): Promise<Told[]> {
  const found = new Map<string, Told>();
  // the physical id of a topic is its ARN
  for (const TopicArn of idsOfType(resources, /^AWS::SNS::Topic$/)) {
    let NextToken: string | undefined;
    do {
      const asked = new ListSubscriptionsByTopicCommand({ TopicArn, ...(NextToken && { NextToken }) });
      const answer = await told(`who is told of the alarms of ${stack}`, topics.send(asked));
      for (const subscription of answer.Subscriptions ?? []) {
        const who = shown(subscription);
        const confirmed = subscription.SubscriptionArn !== PENDING && (found.get(who)?.confirmed ?? true);
        found.set(who, { who, confirmed });
      }
      NextToken = answer.NextToken;
    } while (NextToken !== undefined);
  }
  return [...found.values()];
}

function shown({ Protocol = '', Endpoint = '' }: Subscription): string {
  return Protocol.startsWith('http') && URL.canParse(Endpoint) ? new URL(Endpoint).origin : Endpoint;
}
