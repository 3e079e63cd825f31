/** How the instances of a group are bought. */
import {
  type AutoScalingGroupProps,
  OnDemandAllocationStrategy,
  SpotAllocationStrategy,
} from 'aws-cdk-lib/aws-autoscaling';
import { InstanceType, type LaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import type { SizingPlan } from '../../sizing/plan/plan';

/**
 * On demand, or some of them as Spot: then of all types that are worth as much, since fewer are taken back together. Those on
 * demand are of the first that there is, the plan's choice, at whose price they are billed. An instance that is at risk is
 * replaced before it is taken back.
 */
export function launched(
  { purchase, serviceLevel }: Pick<SizingPlan, 'purchase' | 'serviceLevel'>,
  launchTemplate: LaunchTemplate,
): Pick<AutoScalingGroupProps, 'launchTemplate' | 'mixedInstancesPolicy' | 'capacityRebalance'> {
  if (!purchase) return { launchTemplate };
  const { onDemandBase, spotPercent } = serviceLevel.purchase!;
  return {
    capacityRebalance: true,
    mixedInstancesPolicy: {
      launchTemplate,
      launchTemplateOverrides: purchase.types.map(({ instanceType }) => ({
        instanceType: new InstanceType(instanceType),
      })),
      instancesDistribution: {
        onDemandAllocationStrategy: OnDemandAllocationStrategy.PRIORITIZED,
        onDemandBaseCapacity: onDemandBase,
        onDemandPercentageAboveBaseCapacity: 100 - spotPercent,
        spotAllocationStrategy: SpotAllocationStrategy.PRICE_CAPACITY_OPTIMIZED,
      },
    },
  };
}
