/** What changes a group over the week. */
import { type AutoScalingGroup, CfnScheduledAction } from 'aws-cdk-lib/aws-autoscaling';
import type { PlannedChange } from '../../sizing/plan/plan';
import { type Schedule, WEEKDAYS, type Weekday } from '../../sizing/service-level/schedule';

/** Sunday is 0. */
const cronDay = (day: Weekday) => (WEEKDAYS.indexOf(day) + 1) % WEEKDAYS.length;

/**
 * A growing group gets another minimum, and keeps what it has beyond it; a shrinking one goes down to its new minimum at once,
 * from which the scaling policy may raise it. One that is off cannot grow, but where a request wakes it.
 *
 * An update of the group resets it to the template, which has the peak: so a deployment to an endpoint that is off wakes it, and
 * can be judged. The next change puts it to sleep again.
 *
 * @param most instances that the group may have while it is not off
 */
export function scheduleGroup(
  group: AutoScalingGroup,
  changes: readonly PlannedChange[],
  { timeZone, wake }: Schedule,
  most: number,
): void {
  for (const { days, at, before, instances } of changes) {
    const [hour, minute] = at.split(':').map(Number);
    const everyDay = days.length === WEEKDAYS.length;
    new CfnScheduledAction(
      group,
      `At${at.replace(':', '')}${everyDay ? '' : days.join('')}To${instances}From${before}`,
      {
        autoScalingGroupName: group.autoScalingGroupName,
        timeZone,
        recurrence: `${minute} ${hour} * * ${everyDay ? '*' : days.map(cronDay).sort().join(',')}`,
        minSize: instances,
        maxSize: instances === 0 && !wake ? 0 : most,
        ...(instances < before && { desiredCapacity: instances }),
      },
    );
  }
}
