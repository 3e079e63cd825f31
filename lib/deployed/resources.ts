/** What a deployed stack is made of. */
import { type CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { STACK_TYPE } from './assembly';
import { told } from './told';

export interface StackResource {
  readonly type: string;
  readonly logicalId: string;
  readonly physicalId: string;
  /** Whether it has been deleted, as all is of a first deployment that failed. @default false */
  readonly gone?: boolean;
}

/**
 * Also what a stack has left behind, such as logs, what is gone, and what stacks within it are made of.
 *
 * @throws SlipwayError E_AWS when AWS refuses, or the stack is not there
 */
export async function stackResources(
  stack: string,
  stacks: Pick<CloudFormationClient, 'send'>,
): Promise<StackResource[]> {
  const own = await ownResources(stack, stacks);
  const within = await Promise.all(stacksWithin(own).map((id) => ownResources(id, stacks)));
  return [...own, ...within.flat()];
}

async function ownResources(stack: string, stacks: Pick<CloudFormationClient, 'send'>): Promise<StackResource[]> {
  const resources: StackResource[] = [];
  let NextToken: string | undefined;
  do {
    const page = stacks.send(new ListStackResourcesCommand({ StackName: stack, NextToken }));
    const answer = await told(`the stack ${stack}`, page);
    for (const {
      ResourceType: type = '',
      LogicalResourceId: logicalId = '',
      PhysicalResourceId,
      ResourceStatus,
    } of answer.StackResourceSummaries ?? []) {
      const gone = ResourceStatus === 'DELETE_COMPLETE';
      if (!PhysicalResourceId || (type === STACK_TYPE && gone)) continue;
      resources.push({ type, logicalId, physicalId: PhysicalResourceId, ...(gone && { gone }) });
    }
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  return resources;
}

/** ARNs of the stacks within a stack. */
export const stacksWithin = (resources: readonly StackResource[]): string[] =>
  resources.filter(({ type }) => type === STACK_TYPE).map(({ physicalId }) => physicalId);

/** Physical ids of what is there: the name of an alarm, the ARN of a topic or of a target group. */
export const idsOfType = (resources: readonly StackResource[], types: RegExp): string[] =>
  resources.filter(({ type, gone }) => !gone && types.test(type)).map(({ physicalId }) => physicalId);
