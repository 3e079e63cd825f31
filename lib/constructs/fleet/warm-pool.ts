/** Instances that are stopped while a group does not need them. */

import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type AutoScalingGroup, CfnLifecycleHook, CfnWarmPool } from 'aws-cdk-lib/aws-autoscaling';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { LOG_DAYS } from '../../sizing/plan/endpoint-parts';
import type { SizingPlan } from '../../sizing/plan/plan';
import { acknowledge } from '../findings/acknowledge';
import { acknowledgePart } from '../findings/acknowledgements';

/** Lets an instance go on that waits on its way into service: it is asked for nothing there. */
export const LET_GO = `const { AutoScalingClient, CompleteLifecycleActionCommand } = require('@aws-sdk/client-auto-scaling');
const client = new AutoScalingClient({});
exports.handler = ({ detail }) =>
  client.send(
    new CompleteLifecycleActionCommand({
      AutoScalingGroupName: detail.AutoScalingGroupName,
      LifecycleHookName: detail.LifecycleHookName,
      LifecycleActionToken: detail.LifecycleActionToken,
      LifecycleActionResult: 'CONTINUE',
    }),
  );
`;

export interface WarmPoolProps {
  readonly group: AutoScalingGroup;
  readonly plan: Pick<SizingPlan, 'bootTimeoutSeconds'> & { readonly warmPool: NonNullable<SizingPlan['warmPool']> };
  /** Of the log of the function. @default - that of the service */
  readonly key?: IKey | undefined;
}

/**
 * EC2 Auto Scaling stops an instance of a pool as soon as it has been launched, and does not wait for its boot. A hook holds
 * it for as long as a boot may take. Hooks are of instances on their way into service, too, who would wait as long: of these
 * EventBridge tells a function, which lets them go. No instance calls EC2 Auto Scaling, to which most networks have no way.
 *
 * An instance that is no longer needed goes back to the pool with all that it has fetched. The instance refresh of a deployment
 * replaces those of the pool as well (EC2 Auto Scaling API, InstanceRefreshProgressDetails).
 */
export class WarmPool extends Construct {
  constructor(scope: Construct, id: string, { group, plan, key }: WarmPoolProps) {
    super(scope, id);
    acknowledgePart(this, 'warm pool');
    if (!key) acknowledgePart(this, 'log of the warm pool');
    const autoScalingGroupName = group.autoScalingGroupName;
    const letGo = new Rule(this, 'IntoService', {
      description: 'Instances of a Slipway endpoint on their way into service',
      eventPattern: {
        source: ['aws.autoscaling'],
        detailType: ['EC2 Instance-launch Lifecycle Action'],
        detail: { AutoScalingGroupName: [autoScalingGroupName], Destination: ['AutoScalingGroup'] },
      },
      targets: [new FunctionTarget(this.function(group, key))],
    });
    const hook = new CfnLifecycleHook(this, 'Boot', {
      autoScalingGroupName,
      lifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      heartbeatTimeout: plan.bootTimeoutSeconds,
      defaultResult: 'CONTINUE',
    });
    hook.node.addDependency(letGo);
    const pool = new CfnWarmPool(this, 'Pool', {
      autoScalingGroupName,
      poolState: 'Stopped',
      minSize: 0,
      maxGroupPreparedCapacity: plan.warmPool.prepared,
      instanceReusePolicy: { reuseOnScaleIn: true },
    });
    pool.addResourceDependency(hook);
  }

  private function(group: AutoScalingGroup, key: IKey | undefined): LambdaFunction {
    const logGroup = new LogGroup(this, 'Logs', {
      retention: LOG_DAYS.warmPool,
      ...(key && { encryptionKey: key }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const description = 'Lets instances of a Slipway warm pool into service';
    const role = new Role(this, 'Role', { description, assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    acknowledge(
      role,
      `AwsSolutions-IAM5[Resource::${asFound(Stack.of(this).resolve(group.autoScalingGroupArn))}]`,
      'the ARN of a group has an id that only AWS knows, and its name, which is not left open',
    );
    for (const [actions, resource] of [
      [['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn],
      [['autoscaling:CompleteLifecycleAction'], group.autoScalingGroupArn],
    ] as const) {
      role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
    }
    return new LambdaFunction(this, 'Function', {
      description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromInline(LET_GO),
      timeout: Duration.seconds(30),
      logGroup,
      role,
    });
  }
}

type Joined = { readonly 'Fn::Join': readonly [string, readonly (string | { readonly Ref: string })[]] };

/** A text of a template as cdk-nag names it in a finding. */
function asFound(text: string | Joined): string {
  if (typeof text === 'string') return text;
  return text['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('');
}
