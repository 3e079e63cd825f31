/** The steps of a canary in a stack: they are before the main group changes. */
import type { CfnResource, CustomResource } from 'aws-cdk-lib';
import type { CfnAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct, IDependable } from 'constructs';
import { CANARY_STATE, type CanarySettings, type Judged } from '../../model/stage/deployment';
import { canaryRuns, type Rollout } from '../../model/stage/rollout';
import type { SizingPlan } from '../../sizing/plan/plan';
import { acknowledge } from '../findings/acknowledge';
import type { Fleet } from '../fleet/fleet';
import { type Canary, groupArn } from './canary';
import type { Judge } from './judge';
import { judgement } from './judging-function';

export interface StepsProps {
  readonly judge: Pick<Judge, 'function' | 'role'>;
  readonly canary: Canary;
  readonly rollout: Rollout;
  readonly plan: SizingPlan;
  readonly fleet: Fleet;
  /** What the canary is judged by. */
  readonly settings: Judged;
  /** The same as a text that the template has elsewhere, and the models of a fleet likewise. @default - it is in each step */
  readonly told?: string;
  readonly models?: string;
  /** By which requests come to the main group. */
  readonly routes: readonly IDependable[];
}

/**
 * Steps before the main group changes, each as long as a function may run, and as many as the rollout may take; one that is
 * through leaves the others nothing to do.
 *
 * @returns what is needed to hand all requests to the main group
 */
export function canarySteps(scope: Construct, props: StepsProps): IDependable {
  const { judge, canary, rollout, plan, fleet, settings, routes, told, models } = props;
  for (const statement of canary.statements()) judge.role.addToPolicy(statement);
  acknowledge(
    judge.role,
    'AwsSolutions-IAM5[Resource::*]',
    'descriptions and metrics know no resources; what the function changes is named',
  );
  const count = canaryRuns(rollout, plan.bootTimeoutSeconds);
  let before: CustomResource | undefined;
  for (let i = 0; i < count; i++) {
    const Last = i + 1 === count ? 'true' : 'false';
    const From = before?.getAttString(CANARY_STATE);
    const properties = { Task: 'canary', Last, ...(From && { From }), ...(models && { Models: models }) } as const;
    before = judgement(scope, `Canary${i + 1}`, properties, told ?? settings, judge.function);
    before.node.addDependency(canary.group, ...(From ? [] : routes));
  }
  (fleet.group.node.defaultChild as CfnAutoScalingGroup).addResourceDependency(
    before!.node.defaultChild as CfnResource,
  );
  // of its own, since what comes before the main group must not name it
  return new Policy(scope, 'HandOver', {
    roles: [judge.role],
    statements: [
      new PolicyStatement({ actions: ['autoscaling:SetDesiredCapacity'], resources: [groupArn(scope, fleet.group)] }),
    ],
  });
}

/** The same when the main group is there, so that it can be named. */
export function whenNew(settings: CanarySettings, { group }: Fleet): CanarySettings {
  return { ...settings, main: { ...settings.main, group: group.autoScalingGroupName } };
}
