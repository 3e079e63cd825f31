/** A parameter of SSM Parameter Store. */
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { SlipwayError } from '../../lib/model/error';

/**
 * @returns its value, decrypted
 * @throws SlipwayError E_AWS when it cannot be read
 */
export async function readParameter(name: string): Promise<string> {
  const asked = new GetParameterCommand({ Name: name, WithDecryption: true });
  const { Parameter } = await new SSMClient({}).send(asked).catch((cause: Error) => {
    throw new SlipwayError('E_AWS', `the parameter ${name} cannot be read: ${cause.message || cause.name}`, { cause });
  });
  const value = Parameter?.Value?.trim();
  if (!value) throw new SlipwayError('E_AWS', `the parameter ${name} is empty`);
  return value;
}
