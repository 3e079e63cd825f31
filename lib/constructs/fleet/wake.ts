/** A group that is off, woken by a request. */
import { Duration } from 'aws-cdk-lib';
import { type AutoScalingGroup, CfnScalingPolicy } from 'aws-cdk-lib/aws-autoscaling';
import { Alarm, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

/**
 * The load balancer answers 503 where there is no instance, and counts that. The alarm is on when it did so while no instance
 * is wanted, and then the group wants as many as the least that it has while it is not off. It stays awake until the schedule
 * puts it to sleep again.
 *
 * @param loadBalancer as CloudWatch names it
 */
export function wakeByRequests(group: AutoScalingGroup, loadBalancer: string, instances: number): void {
  const policy = new CfnScalingPolicy(group, 'Wake', {
    autoScalingGroupName: group.autoScalingGroupName,
    policyType: 'SimpleScaling',
    adjustmentType: 'ExactCapacity',
    scalingAdjustment: instances,
  });
  const period = Duration.minutes(1);
  const refused = new Metric({
    namespace: 'AWS/ApplicationELB',
    metricName: 'HTTPCode_ELB_503_Count',
    dimensionsMap: { LoadBalancer: loadBalancer },
    statistic: 'Sum',
    period,
  });
  const wanted = new Metric({
    namespace: 'AWS/AutoScaling',
    metricName: 'GroupDesiredCapacity',
    dimensionsMap: { AutoScalingGroupName: group.autoScalingGroupName },
    statistic: 'Maximum',
    period,
  });
  const alarm = new Alarm(group, 'Asked', {
    alarmDescription: 'A request came while the endpoint was off. It wakes it; there is nothing to do.',
    metric: new MathExpression({
      expression: 'IF(wanted < 1, FILL(refused, 0), 0)',
      usingMetrics: { refused, wanted },
      label: 'requests while it is off',
      period,
    }),
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction({ bind: () => ({ alarmActionArn: policy.ref }) });
}
