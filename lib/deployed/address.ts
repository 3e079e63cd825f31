/** What clients of a deployed stage call, as its stack tells. */
import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { withRemedy } from '../aws/remedies';
import { SlipwayError } from '../model/error';
import { URL_OUTPUT } from '../model/stage/deployment';

/** @throws SlipwayError E_AWS when AWS refuses, or the stack is not there */
export async function deployedUrl(stack: string, client: Pick<CloudFormationClient, 'send'>): Promise<string> {
  const { Stacks: [found] = [] } = await client
    .send(new DescribeStacksCommand({ StackName: stack }))
    .catch((cause: Error) => {
      const text = `the address is one of AWS's, and the stack ${stack} cannot be read for it: ${withRemedy(cause.message || cause.name, cause.name)}; or name the URL`;
      throw new SlipwayError('E_AWS', text, { cause });
    });
  const url = found?.Outputs?.find(({ OutputKey }) => OutputKey === URL_OUTPUT)?.OutputValue;
  if (url !== undefined) return url;
  throw new SlipwayError('E_AWS', `the stack ${stack} does not tell an address: its first deployment is not through`);
}
