/**
 * A second group beside the main one, of no instances and no requests but while a new package is tried. It stands behind the
 * same listener; the function that judges raises and withdraws it (`lambda/verification/canary.ts`).
 */
import { ArnFormat, Duration, Fn, Stack } from 'aws-cdk-lib';
import { AdditionalHealthCheckType, AutoScalingGroup, HealthChecks } from 'aws-cdk-lib/aws-autoscaling';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListenerRule,
  type ApplicationTargetGroup,
  type CfnListenerRule,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type CanarySettings, VARIANT_HEADER } from '../../model/stage/deployment';
import { type Rollout, rolloutInstances } from '../../model/stage/rollout';
import { type SignIn, signInApiAction } from '../../model/stage/sign-in';
import { jwtAction, type VerifyJwt } from '../../model/stage/verify-jwt';
import type { SizingPlan } from '../../sizing/plan/plan';
import { acknowledge } from '../findings/acknowledge';
import type { Fleet } from '../fleet/fleet';
import { forwarded } from '../front-door/actions';
import { type Door, fullName } from '../front-door/door';

export interface CanaryProps {
  readonly rollout: Rollout;
  readonly plan: SizingPlan;
  readonly vpc: IVpc;
  /** Those of the fleet. */
  readonly subnets: SubnetSelection;
  readonly fleet: Fleet;
  readonly frontDoor: Door;
  /** The models of a fleet by their names, `frontDoor` being that of the first. @default - there is one model */
  readonly models?: ReadonlyMap<string, Door> | undefined;
  /** Tokens that the load balancer checks. @default - none */
  readonly verifyJwt?: VerifyJwt | undefined;
  /** How people sign in for all paths. @default - they do not */
  readonly signIn?: SignIn | undefined;
  /** That tells of a withdrawal. */
  readonly alarm: Alarm;
}

/** What divides the requests of a model between both groups. */
interface Divided extends Pick<CanarySettings, 'main' | 'canary'> {
  readonly targetGroup: ApplicationTargetGroup;
  readonly divides: ReturnType<Door['divide']>;
}

const sideOf = ({ targetGroupArn, targetGroupFullName }: ApplicationTargetGroup) => ({
  targetGroup: targetGroupArn,
  targetGroupName: targetGroupFullName,
});

export class Canary extends Construct {
  readonly group: AutoScalingGroup;
  readonly targetGroup: ApplicationTargetGroup;
  readonly settings: CanarySettings;
  /** The models, in the order in which they are given. */
  readonly models: readonly Divided[];
  private readonly alarm: Alarm;
  private readonly signIn: SignIn | undefined;

  constructor(scope: Construct, id: string, props: CanaryProps) {
    super(scope, id);
    const { rollout, plan, fleet, frontDoor } = props;
    const grace = Duration.seconds(plan.healthCheckGraceSeconds);
    this.group = new AutoScalingGroup(this, 'Group', {
      vpc: props.vpc,
      vpcSubnets: props.subnets,
      launchTemplate: fleet.launchTemplate,
      minCapacity: 0,
      desiredCapacity: 0, // whatever a deployment that broke off has left
      maxCapacity: rolloutInstances(rollout, Math.max(plan.instances.minimum, plan.instances.maximum)),
      healthChecks: HealthChecks.withAdditionalChecks({
        additionalTypes: [AdditionalHealthCheckType.ELB],
        gracePeriod: grace,
      }),
      defaultInstanceWarmup: grace,
    });
    this.group.node.addDependency(fleet.role);
    acknowledge(
      this.group,
      '@aws-cdk/aws-autoscaling:desiredCapacitySet',
      'a deployment begins and ends without a canary',
    );
    acknowledge(
      this.group,
      'AwsSolutions-AS3',
      'launches and terminations are the steps of a rollout; what needs a person, a withdrawal, has an alarm',
    );
    // beside the rule by which golden rows alone reach it: nobody outside can guess the id of the stack
    const variant = Fn.select(2, Fn.split('/', Stack.of(this).stackId));
    this.signIn = props.signIn;
    this.models = props.models
      ? [...props.models].map(([name, door]) => this.behind(new Construct(this, name), door, variant, props))
      : [this.behind(this, frontDoor, variant, props)];
    const [{ targetGroup, divides, main, canary }] = this.models as readonly [Divided, ...Divided[]];
    this.targetGroup = targetGroup;

    this.alarm = props.alarm;
    this.settings = {
      shares: rollout.shares,
      holdSeconds: rollout.holdSeconds,
      bootSeconds: plan.bootTimeoutSeconds,
      ...divides,
      ...(props.verifyJwt && { before: jwtAction(props.verifyJwt) }),
      ...(props.signIn && { before: signInApiAction(props.signIn) }),
      variant,
      loadBalancer: fullName(frontDoor.loadBalancer),
      main,
      canary: { ...canary, group: this.group.autoScalingGroupName },
      alarm: props.alarm.alarmName,
      ...(rollout.mostChanged !== undefined && { mostChanged: rollout.mostChanged }),
    };
  }

  /** Behind the door of a model: a target group of its own, which only golden rows reach while its weight is 0. */
  private behind(scope: Construct, door: Door, variant: string, props: CanaryProps): Divided {
    const { trial } = door;
    const targetGroup = door.newTargetGroup(scope, 'Targets');
    const rule = new ApplicationListenerRule(trial.scope ?? scope, trial.id ?? 'Variant', {
      listener: door.listener,
      priority: trial.priority,
      conditions: [...trial.conditions, ListenerCondition.httpHeader(VARIANT_HEADER, [variant])],
      action: ListenerAction.forward([targetGroup]),
    });
    if (props.verifyJwt || props.signIn) {
      const all = [{ targetGroupArn: targetGroup.targetGroupArn, weight: 1 }];
      forwarded(rule.node.defaultChild as CfnListenerRule, all, props.verifyJwt, props.signIn);
    }
    const divides = door.divide([
      { targetGroupArn: door.targetGroup.targetGroupArn, weight: 100 },
      { targetGroupArn: targetGroup.targetGroupArn, weight: 0 },
    ]);
    targetGroup.addTarget(this.group);
    this.group.node.addDependency(rule);
    return { targetGroup, divides, main: sideOf(door.targetGroup), canary: sideOf(targetGroup) };
  }

  /** What the function has to do with it. */
  statements(): PolicyStatement[] {
    const rules = this.models.flatMap(({ divides }) => ('rule' in divides ? [divides.rule] : []));
    const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources });
    return [
      rules.length === 0
        ? allow(['elasticloadbalancing:ModifyListener'], this.settings.listener!)
        : allow(['elasticloadbalancing:ModifyRule'], ...rules),
      // asked of who names a user pool to a load balancer (Elastic Load Balancing, authenticate users)
      ...(this.signIn?.cognito ? [allow(['cognito-idp:DescribeUserPoolClient'], this.signIn.cognito.userPool)] : []),
      allow(['autoscaling:SetDesiredCapacity'], groupArn(this, this.group)),
      allow(['cloudwatch:SetAlarmState'], this.alarm.alarmArn),
      // which know no resources
      allow(
        [
          'autoscaling:DescribeAutoScalingGroups',
          'elasticloadbalancing:DescribeTargetHealth',
          'cloudwatch:GetMetricData',
        ],
        '*',
      ),
    ];
  }
}

/** Its middle part is an id that only AWS knows. */
export function groupArn(scope: Construct, group: AutoScalingGroup): string {
  return Stack.of(scope).formatArn({
    service: 'autoscaling',
    resource: 'autoScalingGroup',
    resourceName: `*:autoScalingGroupName/${group.autoScalingGroupName}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
