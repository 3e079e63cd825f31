/** What the creation of a stack waits for: a first instance that is ready. */
import { type CfnResource, CfnWaitCondition, CfnWaitConditionHandle } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/**
 * A wait condition, and not a creation policy: its signal goes to S3, where the files come from anyway, and carries the reason
 * of a failure into the events of the stack.
 *
 * CloudFormation refuses any change of a wait condition. So it counts one signal however many instances there are, and another
 * patience has another pair of resources: it comes with another boot script, so that new instances signal to the new pair.
 * Later deployments, and each further instance, are watched by the instance refresh and the load balancer.
 */
export class CreationGate extends Construct {
  /** Pre-signed, where an instance puts its signal. */
  readonly signalUrl: string;
  private readonly handle: CfnWaitConditionHandle;

  constructor(
    scope: Construct,
    id: string,
    private readonly seconds: number,
  ) {
    super(scope, id);
    this.handle = new CfnWaitConditionHandle(this, `Handle${seconds}`);
    this.signalUrl = this.handle.ref;
  }

  /** Begin to wait when this has been made. @returns what the rest of a stack can wait for in its turn */
  waitAfter(instances: CfnResource): CfnWaitCondition {
    const condition = new CfnWaitCondition(this, `Ready${this.seconds}`, {
      handle: this.signalUrl,
      timeout: String(this.seconds),
      count: 1,
    });
    condition.addResourceDependency(instances);
    return condition;
  }
}
