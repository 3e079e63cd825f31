/**
 * What keeps an endpoint that came to be from being taken away by mistake: deletion protection of its load balancer, and a
 * policy of its stack against the replacement of what clients or data depend on. Neither can be in the template: there it
 * would turn the rollback of a failed first deployment into a stack that cannot be removed.
 */
import { type CloudFormationClient, SetStackPolicyCommand } from '@aws-sdk/client-cloudformation';
import {
  type ElasticLoadBalancingV2Client,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DELETION_PROTECTION, type Protected, STACK_POLICY } from '../../lib/model/stage/deployment';
import { type Attributes, reasonOf, type StackEvent } from './custom-resource';

export interface ProtectionClients {
  readonly balancer: Pick<ElasticLoadBalancingV2Client, 'send'>;
  readonly stacks: Pick<CloudFormationClient, 'send'>;
}

/** A stack that is deleted asks nobody about replacements, so that its policy stays as it is. */
export async function protect(
  { RequestType, ResourceProperties, StackId }: StackEvent,
  { balancer, stacks }: ProtectionClients,
  write: (line: string) => void,
): Promise<Attributes> {
  const { loadBalancer, on, kept } = JSON.parse(ResourceProperties.Settings) as Protected;
  const going = RequestType === 'Delete';
  if (loadBalancer !== undefined) {
    const asked = new ModifyLoadBalancerAttributesCommand({
      LoadBalancerArn: loadBalancer,
      Attributes: [{ Key: DELETION_PROTECTION, Value: String(on && !going) }],
    });
    await balancer.send(asked).catch((error: Error) => {
      if (!going || error.name !== 'LoadBalancerNotFoundException') throw error;
    });
  }
  if (going) return {};
  try {
    await stacks.send(new SetStackPolicyCommand({ StackName: StackId, StackPolicyBody: stackPolicy(on ? kept : []) }));
    return { [STACK_POLICY]: on ? 'set' : 'open' };
  } catch (error) {
    // whether a stack takes one in the middle of an update is not written anywhere: the deployment does not depend on it
    const reason = reasonOf(error);
    write(`the policy of the stack was not set: ${reason}`);
    return { [STACK_POLICY]: `not set: ${reason}` };
  }
}

/** Everything may be changed; these resources are neither replaced nor removed. */
export function stackPolicy(kept: readonly string[]): string {
  const anything = { Effect: 'Allow', Principal: '*', Action: 'Update:*', Resource: '*' };
  const refused = {
    Effect: 'Deny',
    Principal: '*',
    Action: ['Update:Replace', 'Update:Delete'],
    Resource: kept.map((id) => `LogicalResourceId/${id}`),
  };
  return JSON.stringify({ Statement: kept.length > 0 ? [anything, refused] : [anything] });
}
