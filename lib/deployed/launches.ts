/** What EC2 refused to launch: a stack whose instances never come says no more than that its time is over. */
import { type AutoScalingClient, DescribeScalingActivitiesCommand } from '@aws-sdk/client-auto-scaling';
import { GROUP } from './instances';
import type { StackResource } from './resources';
import { told } from './told';

export interface FailedLaunch {
  /** ISO 8601; of the last with this reason. */
  readonly at: string;
  /** In the words of EC2. */
  readonly reason: string;
}

/** Of the newest activities of a group: those of a deployment are among them. */
const ACTIVITIES = 50;

/** Reasons that are told. */
const TOLD = 3;

/**
 * Also of groups that are gone: autoscaling keeps their activities for six weeks (EC2 Auto Scaling API, DescribeScalingActivities).
 *
 * @param since ISO 8601; what failed before is over. @default - all that is kept
 * @returns each reason once, the newest first
 * @throws SlipwayError E_AWS when AWS refuses
 */
export async function failedLaunches(
  stack: string,
  resources: readonly StackResource[],
  client: Pick<AutoScalingClient, 'send'>,
  since?: string,
): Promise<FailedLaunch[]> {
  const groups = resources.filter(({ type }) => type === GROUP);
  const asked = groups.map(({ physicalId: AutoScalingGroupName }) =>
    client.send(
      new DescribeScalingActivitiesCommand({
        AutoScalingGroupName,
        IncludeDeletedGroups: true,
        MaxRecords: ACTIVITIES,
      }),
    ),
  );
  const answers = await told(`what the groups of ${stack} launched`, Promise.all(asked));
  const newest = new Map<string, string>();
  for (const { StatusCode, StatusMessage: reason, StartTime } of answers.flatMap(({ Activities = [] }) => Activities)) {
    const at = StartTime?.toISOString() ?? '';
    if (StatusCode !== 'Failed' || !reason || (since !== undefined && at < since)) continue;
    if (at > (newest.get(reason) ?? '')) newest.set(reason, at);
  }
  return [...newest]
    .map(([reason, at]) => ({ at, reason }))
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, TOLD);
}
