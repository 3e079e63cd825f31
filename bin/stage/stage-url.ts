import type { StageConfig } from '../../lib/config/config';
import { endpointName } from '../../lib/config/model-place';
import { endpointStack } from '../../lib/config/stack-names';
import { edgeOf } from '../../lib/sizing/service-level/front-door';
import { awsClients } from './aws-clients';

/**
 * `https://` and the name that clients of a stage call: that of slipway.yaml, or what AWS gave the endpoint when it was deployed
 * first, for which its stack is asked with your credentials.
 *
 * @throws SlipwayError E_AWS when AWS refuses, or the stack is not there
 */
export async function stageUrl(stage: StageConfig): Promise<string> {
  if (edgeOf(stage.serviceLevel) === undefined) return `https://${endpointName(stage)}`;
  const { deployedUrl } = require('../../lib/deployed/address') as typeof import('../../lib/deployed/address');
  return deployedUrl(endpointStack(stage), awsClients(stage.region).stacks());
}
