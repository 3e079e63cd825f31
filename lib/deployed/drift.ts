/** What of a deployed stack somebody has changed beside CloudFormation. */
import {
  type CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
} from '@aws-sdk/client-cloudformation';
import { SlipwayError } from '../model/error';
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

/** Between two questions whether it is done. A stack of sixty resources takes about a minute. */
const LOOK_MS = 3000;
const MOST_LOOKS = 200;

/**
 * Have CloudFormation compare every resource with the template.
 *
 * @throws SlipwayError E_AWS when AWS refuses, or has not done it after ten minutes
 */
export async function detectDrift(
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
