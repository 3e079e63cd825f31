/** What of a deployed stack somebody has changed beside CloudFormation. */
import {
  type CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
} from '@aws-sdk/client-cloudformation';
import { SlipwayError } from '../model/error';
import { stackResources, stacksWithin } from './resources';
import { told } from './told';

export interface Drift {
  /** CloudFormation's word: `IN_SYNC`, `DRIFTED`; `NOT_CHECKED` where nobody has asked it to look. */
  readonly state: string;
  /** When it looked last, ISO 8601. */
  readonly at?: string;
  /** Resources that differ from the template. @default - not asked for */
  readonly resources?: readonly DriftedResource[];
}

export interface DriftedResource {
  readonly resource: string;
  readonly type: string;
  /** `MODIFIED` or `DELETED`. */
  readonly state: string;
  /** Paths of the properties that differ, e.g. `/MinSize`. */
  readonly properties: readonly string[];
}

/** CloudFormation's words, the one that a person has to know of first. */
const WORST_FIRST = ['DRIFTED', 'UNKNOWN', 'NOT_CHECKED', 'IN_SYNC'];

/** Of several stacks as one. @param drifts at least one */
export function worstDrift(drifts: readonly Drift[]): Drift {
  const rank = ({ state }: Drift) => WORST_FIRST.indexOf(state);
  const [worst] = drifts.toSorted((a, b) => rank(a) - rank(b)) as [Drift];
  const resources = drifts.flatMap((drift) => drift.resources ?? []);
  return { ...worst, ...(drifts.some((drift) => drift.resources) && { resources }) };
}

/** Between two questions whether it is done. A stack of sixty resources takes about a minute. */
const LOOK_MS = 3000;
const MOST_LOOKS = 200;

/**
 * Have CloudFormation compare every resource with the template, also of the stacks within: that of a stack leaves them out.
 *
 * @throws SlipwayError E_AWS when AWS refuses, or has not done it after ten minutes
 */
export async function detectDrift(
  stack: string,
  stacks: Pick<CloudFormationClient, 'send'>,
  wait: (ms: number) => Promise<void>,
): Promise<Drift> {
  const found = [await ownDrift(stack, stacks, wait)];
  for (const within of stacksWithin(await stackResources(stack, stacks))) {
    found.push(await ownDrift(within, stacks, wait));
  }
  return worstDrift(found);
}

async function ownDrift(
  stack: string,
  stacks: Pick<CloudFormationClient, 'send'>,
  wait: (ms: number) => Promise<void>,
): Promise<Drift> {
  const what = `the drift of ${stack}`;
  const begun = await told(what, stacks.send(new DetectStackDriftCommand({ StackName: stack })));
  const asked = new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId: begun.StackDriftDetectionId });
  for (let look = 0; look < MOST_LOOKS; look++) {
    const answer = await told(what, stacks.send(asked));
    const { DetectionStatus, DetectionStatusReason = '', StackDriftStatus = 'UNKNOWN', Timestamp } = answer;
    if (DetectionStatus === 'DETECTION_FAILED') {
      throw new SlipwayError('E_AWS', `${what} cannot be read: ${DetectionStatusReason || 'CloudFormation failed'}`);
    }
    if (DetectionStatus === 'DETECTION_COMPLETE') {
      const resources = await driftedResources(stack, stacks);
      return { state: StackDriftStatus, ...(Timestamp && { at: Timestamp.toISOString() }), resources };
    }
    await wait(LOOK_MS);
  }
  throw new SlipwayError('E_AWS', `${what} is not known after ten minutes; ask again`);
}

async function driftedResources(stack: string, stacks: Pick<CloudFormationClient, 'send'>): Promise<DriftedResource[]> {
  const found: DriftedResource[] = [];
  let NextToken: string | undefined;
  do {
    const asked = new DescribeStackResourceDriftsCommand({
      StackName: stack,
      StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'],
      ...(NextToken && { NextToken }),
    });
    const answer = await told(`the drift of ${stack}`, stacks.send(asked));
    for (const drift of answer.StackResourceDrifts ?? []) {
      found.push({
        resource: drift.LogicalResourceId ?? '',
        type: drift.ResourceType ?? '',
        state: drift.StackResourceDriftStatus ?? '',
        properties: (drift.PropertyDifferences ?? []).flatMap(({ PropertyPath }) => PropertyPath ?? []),
      });
    }
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  return found;
}
