/** Instances by a forecast, ahead of the scaling by target, which follows what is. */
import { type AutoScalingGroup, CfnScalingPolicy } from 'aws-cdk-lib/aws-autoscaling';
import type { SizingPlan } from '../../sizing/plan/plan';
import type { Predictive } from '../../sizing/service-level/service-level';

/** EC2 Auto Scaling API, PredictiveScalingConfiguration. */
const LONGEST_BUFFER_SECONDS = 3600;

const MODES: Readonly<Record<Predictive, string>> = { scale: 'ForecastAndScale', forecastOnly: 'ForecastOnly' };

/**
 * It only adds instances, and no more than the group may have. Each gets what it is to have to do: the target of the group.
 *
 * @param metric what the group is scaled by, in all and for an instance
 */
export function forecast(
  group: AutoScalingGroup,
  { serviceLevel: { predictive }, daily }: Pick<SizingPlan, 'serviceLevel' | 'daily'>,
  targetValue: number,
  metric: CfnScalingPolicy.PredictiveScalingPredefinedMetricPairProperty,
): void {
  if (!predictive) return;
  new CfnScalingPolicy(group, 'Forecast', {
    autoScalingGroupName: group.autoScalingGroupName,
    policyType: 'PredictiveScaling',
    predictiveScalingConfiguration: {
      mode: MODES[predictive],
      schedulingBufferTime: Math.min(LONGEST_BUFFER_SECONDS, daily!.growSeconds),
      metricSpecifications: [{ targetValue, predefinedMetricPairSpecification: metric }],
    },
  });
}
